-- One row is one transfer of a land-use right or a house: whoever receives it owes deed tax on the price (契税法 §1, §4).
with deals as (
  select
    transferee_taxpayer as taxpayer, transferee_name as taxpayer_name, transferee_confidence as confidence,
    transferee_subject as subject, transferor_taxpayer as giver, coalesce(contract_day, transfer_day) as event_day,
    cast(null as date) as certificate_day, 'land' as object, concat('land:', left(land_use, 2)) as kind,
    cast(null as varchar) as house_use, transfer_area_square_metres as area, price_yuan, price_includes_tax,
    coalesce(admin_region, _region) as place_region, _ref
  from land_transfer_transfer
  union all
  select
    buyer_taxpayer, buyer_name, buyer_confidence, buyer_subject, seller_taxpayer, coalesce(deal_day, certificate_day),
    certificate_day, 'house', concat('house:', house_use), house_use, floor_area_square_metres, price_yuan,
    price_includes_tax, coalesce(admin_region, _region), _ref
  from property_registration_transfer
),
kinds as (
  -- What the same kind of land or house was sold for in the year, as reported.
  select kind, date_trunc('year', event_day) as year_from, count(*) as deal_count, sum(price_yuan) as price_yuan, sum(area) as area
  from deals
  where price_yuan > 0 and area > 0 and kind is not null
  group by kind, date_trunc('year', event_day)
),
paid_dates as (
  select taxpayer, min(paid_on) as first_paid_on from payments where tax_kind = 'deed_tax' and amount_yuan > 0 group by taxpayer
),
reorganised as (
  select distinct former_taxpayer as giver, successor_taxpayer as taxpayer
  from state_enterprise_restructuring_restructuring
  where former_taxpayer is not null and successor_taxpayer is not null
)
select
  d.taxpayer, d.taxpayer_name, d.confidence, d.subject,
  d.event_day,
  cast(null as varchar) as period,
  d.place_region,
  d._ref as evidence,
  -- Between the two sides of a restructuring deed tax may be relieved (公告2023年第49号).
  case when o.taxpayer is not null then 'reorganisation' end as left_out,
  -- Inheritance and gifts stand with a price of nothing: legal heirs owe nothing, gifts are assessed.
  case when d.price_yuan = 0 then 'no_price' end as not_comparable,
  -- Under the law it is to be paid before the registration (契税法 §10, §11).
  case when d.event_day >= date '2021-09-01' then d.certificate_day end as deadline_day,
  d.object,
  d.house_use,
  d.area as area_square_metres,
  d.price_yuan,
  d.price_includes_tax,
  d.certificate_day as registered_day,
  coalesce(d.certificate_day, d.event_day) as relief_day,
  d.certificate_day is not null and coalesce(p.first_paid_on > d.certificate_day, true) as registered_unpaid,
  -- The rates for housing are for persons; how many houses the household has, nobody reports.
  coalesce(d.house_use = 'residential' and d.subject in ('person', 'sole_trader'), false) as housing,
  cast(null as int) as household_houses,
  coalesce(k.deal_count - 1, 0) as reference_deals,
  case when k.area > d.area then (k.price_yuan - d.price_yuan) / (k.area - d.area) * d.area end as reference_yuan
from deals d
left join kinds k on k.kind = d.kind and k.year_from = date_trunc('year', d.event_day) and d.price_yuan > 0 and d.area > 0
left join paid_dates p on p.taxpayer = d.taxpayer
left join reorganised o on o.taxpayer = d.taxpayer and o.giver = d.giver
