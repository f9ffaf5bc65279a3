-- One row is one parcel in the hands of one holder in one year: the area and grade the land office registered against the
-- tax source (土地使用税条例 §2–4, §9).
with events as (
  select
    grantee_taxpayer as taxpayer, grantee_name as taxpayer_name, grantee_confidence as confidence,
    grantee_subject as subject, left(parcel_number, 19) as parcel, contract_day as day,
    coalesce(delivery_day, contract_day) as held_day, area_square_metres as area, land_grade, land_use,
    coalesce(admin_region, _region) as place_region, _ref
  from land_expropriation_grant_grant
  union all
  select
    transferee_taxpayer, transferee_name, transferee_confidence, transferee_subject, left(parcel_number, 19),
    coalesce(transfer_day, contract_day), coalesce(delivery_day, contract_day, transfer_day), transfer_area_square_metres,
    land_grade, land_use, coalesce(admin_region, _region), _ref
  from land_transfer_transfer
  union all
  select
    coalesce(holder_after_taxpayer, land_user_taxpayer), coalesce(holder_after_name, land_user_name),
    coalesce(holder_after_confidence, land_user_confidence),
    case when holder_after_taxpayer is not null then holder_after_subject else land_user_subject end, left(parcel_number, 19),
    change_day, change_day as held_day, area_after_square_metres, null as land_grade, coalesce(land_use_after, land_use_before),
    coalesce(admin_region, _region), _ref
  from land_change_change
  where area_after_square_metres is not null
  union all
  -- Land taken back: nobody holds it from then on.
  select
    null as taxpayer, null as taxpayer_name, null as confidence, null as subject, left(parcel_number, 19), recovery_day,
    recovery_day as held_day, null as area, null as land_grade, null as land_use,
    coalesce(admin_region, _region), _ref
  from land_expropriation_grant_recovery
  where parcel_number is not null and recovery_day is not null
),
spans as (
  -- From the month after the delivery agreed (none agreed: after the contract) to the month in which the next event falls.
  select
    taxpayer, taxpayer_name, confidence, subject, parcel, day, held_day, area, land_grade, land_use, place_region, _ref,
    cast(date_trunc('month', held_day) + interval '1 month' as date) as starts_on,
    cast(date_trunc('month', case when parcel is not null then lead(day) over (partition by parcel order by day, held_day) end)
      + interval '1 month' - interval '1 day' as date) as ends_on
  from events
),
years as (
  select distinct cast(date_trunc('year', day) as date) as year_from,
    cast(date_trunc('year', day) + interval '1 year' - interval '1 day' as date) as year_to
  from calendar
  where day <= $as_of
),
held as (
  select
    s.taxpayer, s.taxpayer_name, s.confidence, s.subject, s.parcel, s.held_day, s.area, s.land_grade, s.land_use,
    s.place_region, s._ref, greatest(s.starts_on, y.year_from) as held_from, least(coalesce(s.ends_on, y.year_to), y.year_to) as held_to
  from spans s
  join years y on s.starts_on <= y.year_to and (s.ends_on is null or s.ends_on >= y.year_from)
  where s.area is not null and (s.ends_on is null or s.starts_on <= s.ends_on)
  union all
  select
    taxpayer, taxpayer_name, confidence, subject, parcel, held_day, area, land_grade, land_use, place_region, _ref, null, null
  from spans
  where held_day is null and area is not null
),
sources as (
  select
    coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer, left(parcel_number, 19) as parcel, area_square_metres as area,
    coalesce(taxable_area_square_metres, area_square_metres) as taxable_area, land_grade, yuan_per_square_metre,
    coalesce(relief_yuan, 0) as relief_yuan, valid_from, valid_to, _ref
  from tax_source_source
  where source_sort = 'land'
),
overlaps as (
  select
    h._ref as held_ref, h.held_from, s.area, s.taxable_area, s.land_grade, s.yuan_per_square_metre, s.relief_yuan, s._ref,
    s.valid_from,
    (date_part('year', least(h.held_to, coalesce(s.valid_to, h.held_to))) - date_part('year', greatest(h.held_from, s.valid_from))) * 12
      + date_part('month', least(h.held_to, coalesce(s.valid_to, h.held_to))) - date_part('month', greatest(h.held_from, s.valid_from)) + 1
      as months
  from held h
  join sources s on s.taxpayer = h.taxpayer and s.parcel = h.parcel and s.valid_from <= h.held_to
    and (s.valid_to is null or s.valid_to >= h.held_from)
),
sourced as (
  select
    held_ref, held_from, max(area) as area, max(land_grade) as land_grade,
    sum((area - taxable_area) * months) as exempt_area_months,
    sum(taxable_area * yuan_per_square_metre * months / 12) as tax_yuan,
    sum(relief_yuan * months) as relief_yuan,
    count(yuan_per_square_metre) = count(*) and count(area) = count(*) as figures_known,
    string_agg(_ref, ';') as evidence
  from overlaps
  group by held_ref, held_from
)
select
  h.taxpayer, h.taxpayer_name, h.confidence, h.subject,
  h.held_to as event_day,
  cast(null as varchar) as period,
  h.place_region,
  concat_ws(';', h._ref, s.evidence) as evidence,
  case
    -- Land used directly for farm production, and public streets, squares and green (条例 §6).
    when left(h.land_use, 2) in ('01', '02', '03', '04') or h.land_use in ('1104', '1107', '1202') then 'farm_production'
    when h.land_use in ('0810', '1003', '1004', '1006') then 'public_land'
  end as left_out,
  case
    when h.parcel is null then 'missing:parcel_number'
    when h.land_use is null then 'missing:land_use'
    when not s.figures_known then 'missing:source_figures'
  end as not_comparable,
  h.parcel as parcel_number,
  h.held_day,
  h.land_use,
  h.area as area_square_metres,
  coalesce(h.land_grade, s.land_grade) as land_grade,
  date_part('month', h.held_to) - date_part('month', h.held_from) + 1 as months,
  s.area as source_area_square_metres,
  s.land_grade as source_grade,
  coalesce(s.exempt_area_months, 0) as exempt_area_months,
  coalesce(s.tax_yuan, 0) as source_tax_yuan,
  coalesce(s.relief_yuan, 0) as relief_yuan
from held h
left join sourced s on s.held_ref = h._ref and s.held_from = h.held_from
