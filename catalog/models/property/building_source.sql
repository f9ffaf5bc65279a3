-- One row is one building in the hands of one owner in one year, accepted or registered: does a tax source hold it
-- (房产税条例 §1–4, 国税发〔2003〕89号)?
with developers as (
  select developer_taxpayer as taxpayer from real_estate_sales_project_stock where developer_taxpayer is not null
  union
  select developer_taxpayer from real_estate_industry_presale_permit where developer_taxpayer is not null
),
starts as (
  select developer_taxpayer as taxpayer, project_name, max(contract_amount_yuan) as contract_amount_yuan, string_agg(_ref, ';') as evidence
  from building_start_start
  where developer_taxpayer is not null
  group by developer_taxpayer, project_name
),
land as (
  select grantee_taxpayer as taxpayer, project_name, sum(price_yuan) as price_yuan, sum(area_square_metres) as area, string_agg(_ref, ';') as evidence
  from land_expropriation_grant_grant
  where grantee_taxpayer is not null and project_name is not null
  group by grantee_taxpayer, project_name
),
gone as (
  select house_certificate_number, min(demolished_day) as gone_day from (
    select house_certificate_number, demolished_day from property_registration_demolition
    union all
    select house_certificate_number, use_stopped_day from property_registration_dangerous_house where use_stopped_day is not null
  )
  where house_certificate_number is not null
  group by house_certificate_number
),
buildings as (
  -- Built by the owner: from the month after completion.
  select
    a.owner_taxpayer as taxpayer, a.owner_name as taxpayer_name, a.owner_confidence as confidence, a.owner_subject as subject,
    'built' as origin, a.project_name, a.location, cast(null as varchar) as parcel, cast(null as varchar) as certificate,
    a.finish_day as held_day, cast(null as date) as gone_day, a.floor_area_square_metres as floor_area,
    coalesce(a.final_account_yuan, s.contract_amount_yuan) as value_yuan, true as price_includes_tax,
    l.price_yuan as land_price_yuan, l.area as land_area,
    case
      -- A developer's houses are no property in this sense before they are sold, let or used (国税发〔2003〕89号第1条).
      when d.taxpayer is not null then 'for_sale'
      when a.floor_area_square_metres = 0 then 'no_building'
    end as left_out,
    coalesce(a.admin_region, a._region) as place_region,
    concat_ws(';', a._ref, case when a.final_account_yuan is null then s.evidence end, l.evidence) as evidence, a._ref as building
  from construction_acceptance_acceptance a
  left join starts s on s.taxpayer = a.owner_taxpayer and s.project_name = a.project_name
  left join land l on l.taxpayer = a.owner_taxpayer and l.project_name = a.project_name
  left join developers d on d.taxpayer = a.owner_taxpayer
  union all
  -- Bought: second-hand from the month after the certificate; new ones from the month after delivery, of which nobody
  -- reports the day: the certificate follows it.
  select
    t.buyer_taxpayer, t.buyer_name, t.buyer_confidence, t.buyer_subject,
    case when d.taxpayer is not null then 'bought_new' else 'bought' end, null as project_name, t.house_place, t.parcel_number,
    t.house_certificate_number, coalesce(t.certificate_day, t._period_to) as held_day,
    least(g.gone_day, case when t.parcel_number is not null then
      lead(t.certificate_day) over (partition by t.parcel_number order by t.certificate_day) end) as gone_day,
    t.floor_area_square_metres, t.price_yuan, coalesce(t.price_includes_tax, true), 0, null as land_area,
    cast(null as varchar) as left_out,
    coalesce(t.admin_region, t._region), t._ref, t._ref as building
  from property_registration_transfer t
  left join developers d on d.taxpayer = t.seller_taxpayer
  left join gone g on g.house_certificate_number = t.house_certificate_number
),
sources as (
  select
    coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer, parcel_number, certificate_number, address, area_square_metres,
    acquired_on, _ref
  from tax_source_source
  where source_sort = 'building'
),
matched as (
  -- By unit or certificate; what was built has neither yet: by address, floor area (within 1 %) or month of acquisition.
  select b.building, string_agg(distinct s._ref, ';') as evidence
  from buildings b
  join sources s on s.taxpayer = b.taxpayer
  where s.parcel_number = b.parcel or s.certificate_number = b.certificate
    or (b.origin = 'built' and (contains(s.address, b.location) or contains(b.location, s.address)
      or abs(s.area_square_metres - b.floor_area) <= b.floor_area / 100
      or date_trunc('month', s.acquired_on) = date_trunc('month', b.held_day)))
  group by b.building
),
years as (
  select distinct cast(date_trunc('year', day) as date) as year_from,
    cast(date_trunc('year', day) + interval '1 year' - interval '1 day' as date) as year_to
  from calendar
  where day <= $as_of
),
held as (
  select
    b.taxpayer, b.taxpayer_name, b.confidence, b.subject, b.origin, b.project_name, b.location, b.held_day, b.floor_area,
    b.value_yuan, b.price_includes_tax, b.land_price_yuan, b.land_area, b.left_out, b.place_region, b.evidence, b.building,
    greatest(cast(date_trunc('month', b.held_day) + interval '1 month' as date), y.year_from) as held_from,
    least(coalesce(cast(date_trunc('month', b.gone_day) + interval '1 month' - interval '1 day' as date), y.year_to), y.year_to) as held_to
  from buildings b
  join years y on b.held_day < date_trunc('month', y.year_to) and (b.gone_day is null or date_trunc('year', b.gone_day) >= y.year_from)
),
rents as (
  -- Leases of real estate that the owner invoiced while it held the building (goods and service code 304050202).
  select h.building, h.held_from, sum(i.net_amount_yuan) as rent_yuan
  from held h
  join invoice_summary_month i on i.seller_taxpayer = h.taxpayer
    and cast(i.month || '-01' as date) >= h.held_from and cast(i.month || '-01' as date) <= h.held_to
  where starts_with(i.goods_code, '304050202')
  group by h.building, h.held_from
)
select
  h.taxpayer, h.taxpayer_name, h.confidence, h.subject,
  h.held_to as event_day,
  cast(null as varchar) as period,
  h.place_region,
  concat_ws(';', h.evidence, m.evidence) as evidence,
  h.left_out,
  case
    when h.origin = 'built' and h.floor_area is null then 'missing:floor_area_square_metres'
    -- Inherited or given: the value stands elsewhere.
    when h.value_yuan = 0 then 'no_price'
  end as not_comparable,
  h.origin,
  h.project_name,
  h.location,
  h.held_day,
  h.floor_area as floor_area_square_metres,
  h.value_yuan,
  h.price_includes_tax,
  h.land_price_yuan,
  h.land_area as land_area_square_metres,
  coalesce(h.land_area > 0 and h.land_price_yuan is not null, false) as has_land,
  date_part('month', h.held_to) - date_part('month', h.held_from) + 1 as months,
  m.building is not null as has_source,
  coalesce(r.rent_yuan, 0) as rent_yuan,
  coalesce(r.rent_yuan > 0, false) as may_be_let
from held h
left join matched m on m.building = h.building
left join rents r on r.building = h.building and r.held_from = h.held_from
where h.held_from <= h.held_to
