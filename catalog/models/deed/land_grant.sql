-- One row is one grant of state land to a grantee: deed tax is due on the price and the infrastructure fee (契税法 §2, §4), and
-- is to be paid before the registration (§10).
with registered as (
  -- Items 13, 14 and 24 show that the grantee is in the register: it sold the parcel, changed its entry, sold a house on it.
  select taxpayer, parcel, min(registered_day) as registered_day
  from (
    select transferor_taxpayer as taxpayer, left(parcel_number, 19) as parcel, transfer_day as registered_day from land_transfer_transfer
    union all
    select coalesce(holder_after_taxpayer, land_user_taxpayer), left(parcel_number, 19), change_day from land_change_change
    union all
    select seller_taxpayer, left(parcel_number, 19), certificate_day from property_registration_transfer
    union all
    select buyer_taxpayer, left(parcel_number, 19), certificate_day from property_registration_transfer
  )
  where taxpayer is not null and parcel is not null and registered_day is not null
  group by taxpayer, parcel
),
headed as (
  select
    g.grantee_taxpayer as taxpayer, g.grantee_name, g.grantee_confidence, g.grantee_subject, g.manner, g.contract_day, g.contract_number,
    g.parcel_number, g.project_name, g.price_yuan, g.infrastructure_fee_yuan, g.land_use, g.land_certificate_number, g._period_to, g._ref,
    coalesce(g.admin_region, g._region) as place_region,
    -- A certificate in the list itself was there by the end of its period, at the latest; before the delivery nobody registers.
    case
      when r.registered_day >= g.contract_day then r.registered_day
      when g.land_certificate_number is not null then greatest(g.contract_day, g._period_to)
    end as registered_day,
    coalesce(e.head_name, case when contains(g.grantee_name, '公司') then
      concat(split_part(replace(replace(g.grantee_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
  from land_expropriation_grant_grant g
  left join registered r on r.taxpayer = g.grantee_taxpayer and r.parcel = left(g.parcel_number, 19)
  left join registration e on e.taxpayer = g.grantee_taxpayer
),
branches as (
  -- Another part of the same enterprise that paid for the same project.
  select
    h.taxpayer, h.project_name, sum(p.amount_yuan) as branch_paid_yuan, min(g.taxpayer_name) as branch_name,
    string_agg(p.evidence, ';') as evidence
  from (select distinct taxpayer, project_name, head_name from headed where project_name is not null) h
  join registration g on g.head_name = h.head_name
  join payments p on p.taxpayer = g.taxpayer and p.project_name = h.project_name
  where g.taxpayer <> h.taxpayer and p.tax_kind = 'deed_tax'
  group by h.taxpayer, h.project_name
)
select
  h.taxpayer,
  h.grantee_name as taxpayer_name,
  h.grantee_confidence as confidence,
  h.grantee_subject as subject,
  coalesce(h.contract_day, h._period_to) as event_day,
  cast(null as varchar) as period,
  h.place_region,
  concat_ws(';', h._ref, b.evidence) as evidence,
  case
    -- Allotted land has no grant price; leased land and land contributed by the state pass by other documents.
    when h.manner in ('allotment', 'lease', 'capital_contribution', 'authorised_operation') then h.manner
    -- Waste land for farming, forestry, grazing and fishing (契税法 §6 第1款第3项).
    when left(h.land_use, 2) in ('01', '02', '03', '04') or h.land_use in ('1104', '1107', '1202') then 'farm_production'
  end as left_out,
  case when h.contract_day is null then 'missing:contract_day' end as not_comparable,
  -- Under the law nothing is overdue before the registration; under the regulations ten days after the contract (条例 §9).
  case when h.contract_day >= date '2021-09-01' and (h.registered_day is null or h.registered_day >= $as_of) then 'before_registration' end
    as service,
  case when h.contract_day >= date '2021-09-01' then h.registered_day end as deadline_day,
  h.manner,
  h.contract_day,
  h.contract_number,
  h.parcel_number,
  h.project_name,
  h.registered_day,
  h.price_yuan,
  h.infrastructure_fee_yuan,
  -- Nobody reports them: compensation, resettlement, buildings handed over in kind (公告2021年第23号 §2 第5项).
  cast(null as decimal(18, 2)) as other_consideration_yuan,
  case when row_number() over (partition by h.taxpayer, h.project_name order by h.contract_day, h._ref) = 1
    then coalesce(b.branch_paid_yuan, 0) else 0 end as branch_paid_yuan,
  b.branch_name
from headed h
left join branches b on b.taxpayer = h.taxpayer and b.project_name = h.project_name
