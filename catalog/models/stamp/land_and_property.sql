-- One row is one party to a document that grants or transfers land or houses: stamp tax on documents of transfer (印花税法).
with documents as (
  -- A grant: the grantee. Allotted and leased land comes by other documents.
  select
    grantee_taxpayer as taxpayer, grantee_name as taxpayer_name, grantee_confidence as confidence,
    grantee_subject as subject, 'grantee' as role, contract_day as document_day, price_yuan,
    coalesce(admin_region, _region) as place_region, _ref as evidence,
    case when manner in ('allotment', 'lease', 'capital_contribution', 'authorised_operation') then manner end as left_out,
    case when manner is null then 'missing:manner' end as not_comparable
  from land_expropriation_grant_grant
  union all
  select
    transferor_taxpayer, transferor_name, transferor_confidence, transferor_subject, 'transferor',
    coalesce(contract_day, transfer_day), price_yuan, coalesce(admin_region, _region), _ref, null, null
  from land_transfer_transfer
  union all
  select
    transferee_taxpayer, transferee_name, transferee_confidence, transferee_subject, 'transferee',
    coalesce(contract_day, transfer_day), price_yuan, coalesce(admin_region, _region), _ref, null, null
  from land_transfer_transfer
  union all
  -- Individuals' housing is left out with the persons (财税〔2008〕137号); a company that sells to one still owes.
  select
    seller_taxpayer, seller_name, seller_confidence, seller_subject, 'transferor',
    coalesce(deal_day, certificate_day), price_yuan, coalesce(admin_region, _region), _ref, null, null
  from property_registration_transfer
  union all
  select
    buyer_taxpayer, buyer_name, buyer_confidence, buyer_subject, 'transferee',
    coalesce(deal_day, certificate_day), price_yuan, coalesce(admin_region, _region), _ref, null, null
  from property_registration_transfer
  union all
  select
    transferor_taxpayer, transferor_name, transferor_confidence, transferor_subject, 'transferor',
    coalesce(contract_day, transfer_day), deal_price_yuan, coalesce(object_place, _region), _ref,
    case when object_sort not in ('land', 'building') then 'other_object' end,
    case when object_sort is null then 'missing:object_sort' end
  from state_asset_transfer_transfer
  union all
  select
    transferee_taxpayer, transferee_name, transferee_confidence, transferee_subject, 'transferee',
    coalesce(contract_day, transfer_day), deal_price_yuan, coalesce(object_place, _region), _ref,
    case when object_sort not in ('land', 'building') then 'other_object' end,
    case when object_sort is null then 'missing:object_sort' end
  from state_asset_transfer_transfer
)
select
  taxpayer, taxpayer_name, confidence, subject,
  document_day as event_day,
  cast(null as varchar) as period,
  place_region, evidence, left_out, not_comparable,
  role, document_day, price_yuan
from documents
