-- One row is the industry of one taxpayer (GB/T 4754, code or name, as written): by the tax registration, else by item 33.
with known as (
  select coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer, 1 as rank, industry
  from tax_registration_taxpayer
  where industry is not null
  union all
  select enterprise_taxpayer, 2 as rank, industry
  from business_opening_opening
  where industry is not null and enterprise_taxpayer is not null
),
ranked as (
  select taxpayer, industry, row_number() over (partition by taxpayer order by rank, industry) as place from known
)
select taxpayer, industry from ranked where place = 1
