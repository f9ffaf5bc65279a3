-- One row is one taxpayer of whose seat somebody says something: the tax bureau's own registration, the report of work from
-- elsewhere, the housing office's list of builders; `seat_region` is the first of these. The digits of a code say nothing
-- of the seat: they hold the place of the first registration.
with said as (
  -- Who is in our register only because it reported work from elsewhere is not seated here.
  select
    taxpayer,
    case when contains(registration_category, '跨区域') or contains(registration_category, '报验')
      or status = 'report_closed' then true end as from_elsewhere,
    authority as registered, cast(null as varchar) as reported, cast(null as varchar) as listed
  from registration
  union all
  select
    coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc),
    case when coalesce(taxpayer_taxpayer, taxpayer_uscc) <> '' then true end,
    null, home_region, null
  from cross_region_report_report
  union all
  select
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end),
    case when from_outside then true end, null, null, seat_region
  from construction_permit_builder
)
select
  taxpayer,
  coalesce(min(case when from_elsewhere is null then registered end), min(reported), min(listed)) as seat_region,
  min(reported) as reported_region,
  min(listed) as listed_region,
  bool_or(from_elsewhere) as from_elsewhere
from said
where taxpayer is not null
group by taxpayer
