-- One row is one grant of state land to a grantee: 契税 is due on the price and the infrastructure fee (契税法 §2, §4).
select
  grantee_taxpayer as taxpayer,
  grantee_name as taxpayer_name,
  grantee_confidence as confidence,
  grantee_subject as subject,
  coalesce(contract_day, _period_to) as event_day,
  cast(null as varchar) as period,
  coalesce(admin_region, _region) as place_region,
  _ref as evidence,
  -- Allotted land has no grant price; leased land and land contributed by the state pass by other documents.
  case when manner in ('allotment', 'lease', 'capital_contribution', 'authorised_operation') then manner end as left_out,
  case when contract_day is null then 'missing:contract_day' end as not_comparable,
  manner,
  contract_day,
  contract_number,
  parcel_number,
  price_yuan,
  infrastructure_fee_yuan
from land_expropriation_grant_grant
