-- One row is one transfer of a land-use right or a house: whoever receives it owes deed tax on the price (契税法 §1, §4), before
-- the registration (§10).
with changes as (
  -- Item 14: the register names the transferee.
  select coalesce(holder_after_taxpayer, land_user_taxpayer) as taxpayer, left(parcel_number, 19) as parcel, min(change_day) as change_day
  from land_change_change
  where parcel_number is not null
  group by coalesce(holder_after_taxpayer, land_user_taxpayer), left(parcel_number, 19)
),
deals as (
  select
    coalesce(t.transferee_taxpayer, 'person:' || t.transferee_person) as taxpayer, t.transferee_name as taxpayer_name,
    case when t.transferee_taxpayer is null and t.transferee_person is not null then 'certain' else t.transferee_confidence end as confidence,
    t.transferee_subject as subject, t.transferor_taxpayer as giver, coalesce(t.contract_day, t.transfer_day) as event_day,
    -- 转让时间 is the day of the registration; where nothing is registered yet the day of the contract stands there, and no
    -- certificate.
    coalesce(c.change_day, case when t.transfer_day > t.contract_day or t.land_certificate_number is not null then t.transfer_day end)
      as registered_day,
    'land' as object, concat('land:', left(t.land_use, 2)) as kind, cast(null as varchar) as house_use,
    t.transfer_area_square_metres as area, t.price_yuan, t.price_includes_tax, cast(null as bigint) as household_houses,
    coalesce(t.admin_region, t._region) as place_region, t._ref
  from land_transfer_transfer t
  left join changes c on c.taxpayer = t.transferee_taxpayer and c.parcel = left(t.parcel_number, 19)
    and c.change_day >= coalesce(t.contract_day, t.transfer_day)
  union all
  -- Item 24 is the register itself.
  select
    coalesce(buyer_taxpayer, 'person:' || buyer_person), buyer_name,
    case when buyer_taxpayer is null and buyer_person is not null then 'certain' else buyer_confidence end, buyer_subject,
    seller_taxpayer, coalesce(deal_day, certificate_day), coalesce(certificate_day, _period_to),
    'house', concat('house:', house_use), house_use, floor_area_square_metres, price_yuan, price_includes_tax,
    buyer_household_houses, coalesce(admin_region, _region), _ref
  from property_registration_transfer
),
kinds as (
  -- What the same kind of land or house was sold for in the year, as reported.
  select kind, date_trunc('year', event_day) as year_from, count(*) as deal_count, sum(price_yuan) as price_yuan, sum(area) as area
  from deals
  where price_yuan > 0 and area > 0 and kind is not null
  group by kind, date_trunc('year', event_day)
),
own_payments as (
  select taxpayer, period_from, period_to, paid_on, amount_yuan
  from payments
  where tax_kind = 'deed_tax' and amount_yuan > 0
    and (tax_item is null or contains(tax_item, '转让') or contains(tax_item, '出售') or contains(tax_item, '买卖') or contains(tax_item, '赠与')
      or contains(tax_item, '互换') or contains(tax_item, '交换') or contains(tax_item, '作价') or contains(tax_item, '房'))
),
paid_before as (
  -- Payments of this deal: of its month or a later one, before the registration.
  select d._ref, count(*) as payment_count
  from deals d
  join own_payments p on p.taxpayer = d.taxpayer
  where p.period_to >= date_trunc('month', d.event_day) and p.paid_on <= d.registered_day
  group by d._ref
),
persons as (
  -- Where the payments hold none of natural persons, or none yet, their silence says nothing.
  select cast(date_trunc('year', min(paid_on)) as date) as known_from from own_payments where starts_with(taxpayer, 'person:')
),
reorganised as (
  select distinct former_taxpayer as giver, successor_taxpayer as taxpayer
  from state_enterprise_restructuring_restructuring
  where former_taxpayer is not null and successor_taxpayer is not null
),
headed as (
  select
    d._ref, d.taxpayer, d.event_day, d.registered_day, d.price_yuan,
    coalesce(g.head_name, case when contains(d.taxpayer_name, '公司') then
      concat(split_part(replace(replace(d.taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
  from deals d
  left join registration g on g.taxpayer = d.taxpayer
  where d.subject = 'enterprise'
),
branches as (
  -- Another part of the same enterprise that paid on the day of this deal.
  select
    h._ref, sum(p.amount_yuan) as branch_paid_yuan, min(g.taxpayer_name) as branch_name
  from headed h
  join registration g on g.head_name = h.head_name
  join own_payments p on p.taxpayer = g.taxpayer
  where g.taxpayer <> h.taxpayer and p.period_from <= h.event_day and p.period_to >= h.event_day
  group by h._ref
)
select
  d.taxpayer, d.taxpayer_name, d.confidence, d.subject,
  d.event_day,
  cast(null as varchar) as period,
  d.place_region,
  d._ref as evidence,
  -- Between the two sides of a restructuring deed tax may be relieved (公告2023年第49号).
  case when o.taxpayer is not null then 'reorganisation' end as left_out,
  case
    -- Inheritance and gifts stand with a price of nothing: legal heirs owe nothing, gifts are assessed.
    when d.price_yuan = 0 then 'no_price'
    when starts_with(d.taxpayer, 'person:') and s.known_from is null then 'persons_not_in_payments'
  end as not_comparable,
  -- Under the law nothing is overdue before the registration (契税法 §10); under the regulations ten days after the contract.
  case when d.event_day >= date '2021-09-01' and (d.registered_day is null or d.registered_day >= $as_of) then 'before_registration' end
    as service,
  case when d.event_day >= date '2021-09-01' then d.registered_day end as deadline_day,
  d.object,
  d.house_use,
  d.area as area_square_metres,
  d.price_yuan,
  d.price_includes_tax,
  d.registered_day,
  -- Housing bought before December 2024 on which nothing was declared may follow the newer rule (公告2024年第16号).
  case when $as_of >= date '2024-12-01' then greatest(coalesce(d.registered_day, d.event_day), date '2024-12-01')
    else coalesce(d.registered_day, d.event_day) end as relief_day,
  d.registered_day is not null and p.payment_count is null as registered_unpaid,
  -- The rates for housing are for persons.
  coalesce(d.house_use = 'residential' and d.subject in ('person', 'sole_trader'), false) as housing,
  d.household_houses,
  coalesce(k.deal_count - 1, 0) as reference_deals,
  case when k.area > d.area then (k.price_yuan - d.price_yuan) / (k.area - d.area) * d.area end as reference_yuan,
  coalesce(b.branch_paid_yuan, 0) as branch_paid_yuan,
  b.branch_name
from deals d
left join kinds k on k.kind = d.kind and k.year_from = date_trunc('year', d.event_day) and d.price_yuan > 0 and d.area > 0
left join paid_before p on p._ref = d._ref
left join persons s on s.known_from <= coalesce(d.registered_day, d.event_day)
left join reorganised o on o.taxpayer = d.taxpayer and o.giver = d.giver
left join branches b on b._ref = d._ref
