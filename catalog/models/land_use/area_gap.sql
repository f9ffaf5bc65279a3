-- One row is one parcel in the hands of one holder in one instalment of a year: the area and grade the land office
-- registered against the tax source (土地使用税条例 §2–4, §8, §9).
with approvals as (
  -- What the approval of land says of farmland under a project.
  select land_user_taxpayer as taxpayer, project_name, max(coalesce(approval_day, notice_day)) as approval_day,
    sum(farmland_area_square_metres) as farmland
  from construction_land_approval_approval
  where land_user_taxpayer is not null and project_name is not null
  group by land_user_taxpayer, project_name
),
events as (
  select
    g.grantee_taxpayer as taxpayer, g.grantee_name as taxpayer_name, g.grantee_confidence as confidence,
    g.grantee_subject as subject, left(g.parcel_number, 19) as parcel, g.land_certificate_number as certificate, g.location,
    g.contract_day as day, coalesce(g.delivery_day, g.contract_day) as held_day, g.area_square_metres as area, g.land_grade,
    g.land_use, coalesce(g.admin_region, g._region) as place_region, g._ref,
    -- Requisitioned farmland pays from a year after its approval (条例 §9 第1项); land bought by tender, auction or listing is
    -- none, and land under an agreement is bought too (总局公告2014年第74号). Allotted land of which nobody says what it was
    -- counts as farmland, so that no month is claimed too early.
    case when g.manner = 'allotment' and coalesce(a.farmland, 1) > 0 then coalesce(a.approval_day, g.contract_day) end as requisitioned_on
  from land_expropriation_grant_grant g
  left join approvals a on a.taxpayer = g.grantee_taxpayer and a.project_name = g.project_name
  union all
  select
    transferee_taxpayer, transferee_name, transferee_confidence, transferee_subject, left(parcel_number, 19), land_certificate_number,
    location, coalesce(transfer_day, contract_day), coalesce(delivery_day, contract_day, transfer_day), transfer_area_square_metres,
    land_grade, land_use, coalesce(admin_region, _region), _ref, null as requisitioned_on
  from land_transfer_transfer
  union all
  select
    coalesce(holder_after_taxpayer, land_user_taxpayer), coalesce(holder_after_name, land_user_name),
    coalesce(holder_after_confidence, land_user_confidence),
    case when holder_after_taxpayer is not null then holder_after_subject else land_user_subject end, left(parcel_number, 19),
    land_certificate_number, location, change_day, change_day as held_day, area_after_square_metres, null as land_grade,
    coalesce(land_use_after, land_use_before), coalesce(admin_region, _region), _ref, null as requisitioned_on
  from land_change_change
  where area_after_square_metres is not null
  union all
  -- Land taken back: nobody holds it from then on.
  select
    null as taxpayer, null as taxpayer_name, null as confidence, null as subject, left(parcel_number, 19), null as certificate,
    null as location, recovery_day, recovery_day as held_day, null as area, null as land_grade, null as land_use,
    coalesce(admin_region, _region), _ref, null as requisitioned_on
  from land_expropriation_grant_recovery
  where parcel_number is not null and recovery_day is not null
),
spans as (
  -- From the month after the delivery agreed (none agreed: after the contract) to the month in which the next event falls.
  select
    taxpayer, taxpayer_name, confidence, subject, parcel, day, held_day, area, land_grade, land_use, place_region, _ref,
    upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
      certificate, '（', ''), '）', ''), '(', ''), ')', ''), '〔', ''), '〕', ''), '[', ''), ']', ''), '【', ''), '】', ''),
      ' ', ''), '　', '')) as certificate,
    replace(replace(location, ' ', ''), '　', '') as location,
    requisitioned_on is not null as after_a_year,
    cast(date_trunc('month', greatest(held_day, cast(requisitioned_on + interval '1 year' as date))) + interval '1 month' as date)
      as starts_on,
    cast(date_trunc('month', case when parcel is not null then lead(day) over (partition by parcel order by day, held_day) end)
      + interval '1 month' - interval '1 day' as date) as ends_on
  from events
),
lands as (
  select taxpayer, parcel, certificate, location, area, _ref, starts_on, coalesce(ends_on, date '9999-12-31') as ends_on
  from spans
  where taxpayer is not null and area is not null and starts_on is not null
),
land_sources as (
  select
    taxpayer, parcel, certificate, address, area, taxable_area, land_grade, yuan_per_square_metre, relief_yuan, valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to, source_number, _ref
  from sources
  where source_sort = 'land'
),
direct as (
  -- By parcel, else by certificate; on the same parcel under another name (a branch, the user) where the source began with this
  -- holding.
  select l._ref as held_ref, s._ref as source_ref
  from lands l
  join land_sources s on s.taxpayer = l.taxpayer
  where (s.parcel = l.parcel or s.certificate = l.certificate) and s.valid_from <= l.ends_on and s.valid_to >= l.starts_on
  union all
  select l._ref, s._ref
  from lands l
  join land_sources s on s.parcel = l.parcel
  where s.taxpayer <> l.taxpayer and s.valid_from >= cast(l.starts_on - interval '1 month' as date) and s.valid_from <= l.ends_on
),
loose as (
  -- Sources without a parcel number that no certificate finds.
  select s.taxpayer, s.address, s.area, s.valid_from, s.valid_to, s.source_number, s._ref
  from land_sources s
  left join (select distinct source_ref from direct) d on d.source_ref = s._ref
  where d.source_ref is null and (s.parcel is null or character_length(s.parcel) < 19)
),
likened as (
  -- By address and area (within 1 %): which of the holder's parcels that no source names may it be?
  select
    s._ref as source_ref, l._ref as held_ref, coalesce(l.parcel, l._ref) as parcel,
    case when character_length(s.address) >= 4 and character_length(l.location) >= 4
      and (contains(s.address, l.location) or contains(l.location, s.address)) then 2 else 0 end
      + case when abs(s.area - l.area) <= l.area / 100 then 1 else 0 end as likeness
  from loose s
  join lands l on l.taxpayer = s.taxpayer
  left join (select distinct held_ref from direct) d on d.held_ref = l._ref
  where d.held_ref is null and s.valid_from <= l.ends_on and s.valid_to >= l.starts_on
),
best as (
  select source_ref, held_ref, parcel, rank() over (partition by source_ref order by likeness desc) as place
  from likened
  where likeness > 0
),
told as (
  select source_ref from best where place = 1 group by source_ref having count(distinct parcel) = 1
),
matched as (
  select held_ref, source_ref from direct
  union all
  select b.held_ref, b.source_ref from best b join told t on t.source_ref = b.source_ref where b.place = 1
),
parts as (
  -- The instalments of each year (条例 §8: by the year, paid in parts).
  select
    date_part('year', day) as year, (cast(date_part('month', day) as int) - 1) / (12 / cast($instalments as int)) + 1 as part,
    min(day) as part_from, max(day) as part_to
  from calendar
  group by date_part('year', day), (cast(date_part('month', day) as int) - 1) / (12 / cast($instalments as int)) + 1
  having min(day) <= $as_of
),
periods as (
  select
    part_from, part_to,
    concat(cast(year as varchar), case cast($instalments as int) when 2 then 'H' when 4 then 'Q' end,
      case when cast($instalments as int) > 1 then cast(part as varchar) end) as period
  from parts
),
held as (
  select
    s.taxpayer, s.taxpayer_name, s.confidence, s.subject, s.parcel, s.held_day, s.area, s.land_grade, s.land_use, s.after_a_year,
    s.place_region, s._ref, p.period, p.part_from, greatest(s.starts_on, p.part_from) as held_from,
    least(coalesce(s.ends_on, p.part_to), p.part_to) as held_to
  from spans s
  join periods p on s.starts_on <= p.part_to and (s.ends_on is null or s.ends_on >= p.part_from)
  where s.area is not null and (s.ends_on is null or s.starts_on <= s.ends_on)
  union all
  select
    taxpayer, taxpayer_name, confidence, subject, parcel, held_day, area, land_grade, land_use, after_a_year, place_region, _ref,
    null, null, null, null
  from spans
  where held_day is null and area is not null
),
overlaps as (
  select
    h._ref as held_ref, h.held_from, s.area, s.taxable_area, s.land_grade, s.yuan_per_square_metre, s.relief_yuan, s._ref,
    s.valid_from,
    (date_part('year', least(h.held_to, s.valid_to)) - date_part('year', greatest(h.held_from, s.valid_from))) * 12
      + date_part('month', least(h.held_to, s.valid_to)) - date_part('month', greatest(h.held_from, s.valid_from)) + 1
      as months
  from held h
  join matched m on m.held_ref = h._ref
  join land_sources s on s._ref = m.source_ref
  where s.valid_from <= h.held_to and s.valid_to >= h.held_from
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
),
untold as (
  -- Holders with a source that can't be told apart: only the sums of their areas can be compared.
  select s.taxpayer, p.part_from, string_agg(s._ref, ';') as evidence
  from loose s
  left join told t on t.source_ref = s._ref
  join periods p on s.valid_from <= p.part_to and s.valid_to >= p.part_from
  where t.source_ref is null
  group by s.taxpayer, p.part_from
),
source_totals as (
  select taxpayer, part_from, sum(area) as area
  from (
    select u.taxpayer, u.part_from, s.source_number, max(s.area) as area
    from untold u
    join land_sources s on s.taxpayer = u.taxpayer
    join periods p on p.part_from = u.part_from
    where s.valid_from <= p.part_to and s.valid_to >= p.part_from
    group by u.taxpayer, u.part_from, s.source_number
  )
  group by taxpayer, part_from
),
held_totals as (
  select u.taxpayer, u.part_from, min(u.evidence) as evidence, sum(h.area) as area
  from untold u
  join held h on h.taxpayer = u.taxpayer and h.part_from = u.part_from
  group by u.taxpayer, u.part_from
)
select
  h.taxpayer, h.taxpayer_name, h.confidence, h.subject,
  h.held_to as event_day,
  h.period,
  h.place_region,
  concat_ws(';', h._ref, s.evidence, t.evidence) as evidence,
  case
    -- Land used directly for farm production, and public streets, squares and green (条例 §6).
    when left(h.land_use, 2) in ('01', '02', '03', '04') or h.land_use in ('1104', '1107', '1202') then 'farm_production'
    when h.land_use in ('0810', '1003', '1004', '1006') then 'public_land'
  end as left_out,
  case
    when h.parcel is null then 'missing:parcel_number'
    when h.land_use is null then 'missing:land_use'
    when not s.figures_known then 'missing:source_figures'
    when t.taxpayer is not null and coalesce(s.area, 0) < h.area * 0.99 and not coalesce(w.area >= t.area * 0.99, false)
      then 'source_without_parcel'
  end as not_comparable,
  h.parcel as parcel_number,
  h.held_day,
  h.land_use,
  h.area as area_square_metres,
  coalesce(h.land_grade, s.land_grade) as land_grade,
  date_part('month', h.held_to) - date_part('month', h.held_from) + 1 as months,
  h.after_a_year,
  s.area as source_area_square_metres,
  s.land_grade as source_grade,
  t.taxpayer is not null and coalesce(s.area, 0) < h.area * 0.99 as covered_by_total,
  coalesce(s.exempt_area_months, 0) as exempt_area_months,
  coalesce(s.tax_yuan, 0) as source_tax_yuan,
  coalesce(s.relief_yuan, 0) as relief_yuan
from held h
left join sourced s on s.held_ref = h._ref and s.held_from = h.held_from
left join held_totals t on t.taxpayer = h.taxpayer and t.part_from = h.part_from
left join source_totals w on w.taxpayer = t.taxpayer and w.part_from = t.part_from
