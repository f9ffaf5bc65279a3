-- One row is one party to a document that grants or transfers land, houses or shares: stamp tax on documents of transfer
-- (印花税法 §1, §12, §13). A person is told by the digest of its certificate number.
with documents as (
  -- A grant: the grantee. Allotted and leased land comes by other documents.
  select
    coalesce(grantee_taxpayer, 'person:' || grantee_person) as taxpayer, grantee_name as taxpayer_name,
    case when grantee_taxpayer is null and grantee_person is not null then 'certain' else grantee_confidence end as confidence,
    case when grantee_taxpayer is null and grantee_person is not null then 'person' else grantee_subject end as subject,
    'grantee' as role, contract_day as document_day, price_yuan, 'land' as object, cast(null as varchar) as house_use, project_name,
    coalesce(admin_region, case when location is null then _region end) as place_region, location as place_address,
    _ref as evidence,
    case when manner in ('allotment', 'lease', 'capital_contribution', 'authorised_operation') then manner end as left_out,
    case when manner is null then 'missing:manner' end as not_comparable
  from land_expropriation_grant_grant
  union all
  select
    coalesce(transferor_taxpayer, 'person:' || transferor_person), transferor_name,
    case when transferor_taxpayer is null and transferor_person is not null then 'certain' else transferor_confidence end,
    case when transferor_taxpayer is null and transferor_person is not null then 'person' else transferor_subject end,
    'transferor', coalesce(contract_day, transfer_day), price_yuan, 'land', null as house_use, null as project_name,
    coalesce(admin_region, case when location is null then _region end), location, _ref, null as left_out, null as not_comparable
  from land_transfer_transfer
  union all
  select
    coalesce(transferee_taxpayer, 'person:' || transferee_person), transferee_name,
    case when transferee_taxpayer is null and transferee_person is not null then 'certain' else transferee_confidence end,
    case when transferee_taxpayer is null and transferee_person is not null then 'person' else transferee_subject end,
    'transferee', coalesce(contract_day, transfer_day), price_yuan, 'land', null as house_use, null as project_name,
    coalesce(admin_region, case when location is null then _region end), location, _ref, null as left_out, null as not_comparable
  from land_transfer_transfer
  union all
  select
    coalesce(seller_taxpayer, 'person:' || seller_person), seller_name,
    case when seller_taxpayer is null and seller_person is not null then 'certain' else seller_confidence end,
    case when seller_taxpayer is null and seller_person is not null then 'person' else seller_subject end,
    'transferor', coalesce(deal_day, certificate_day), price_yuan, 'building', house_use, null as project_name,
    coalesce(admin_region, _region), null as place_address, _ref, null as left_out, null as not_comparable
  from property_registration_transfer
  union all
  select
    coalesce(buyer_taxpayer, 'person:' || buyer_person), buyer_name,
    case when buyer_taxpayer is null and buyer_person is not null then 'certain' else buyer_confidence end,
    case when buyer_taxpayer is null and buyer_person is not null then 'person' else buyer_subject end,
    'transferee', coalesce(deal_day, certificate_day), price_yuan, 'building', house_use, null as project_name,
    coalesce(admin_region, _region), null as place_address, _ref, null as left_out, null as not_comparable
  from property_registration_transfer
  union all
  select
    transferor_taxpayer, transferor_name, transferor_confidence, transferor_subject, 'transferor',
    coalesce(contract_day, transfer_day), deal_price_yuan, object_sort, null as house_use, null as project_name,
    coalesce(object_place, _region), null as place_address, _ref,
    case when object_sort not in ('land', 'building', 'equity') then 'other_object' end,
    case when object_sort is null then 'missing:object_sort' end
  from state_asset_transfer_transfer
  union all
  select
    coalesce(transferee_taxpayer, 'person:' || transferee_person), transferee_name,
    case when transferee_taxpayer is null and transferee_person is not null then 'certain' else transferee_confidence end,
    case when transferee_taxpayer is null and transferee_person is not null then 'person' else transferee_subject end,
    'transferee', coalesce(contract_day, transfer_day), deal_price_yuan, object_sort, null as house_use, null as project_name,
    coalesce(object_place, _region), null as place_address, _ref,
    case when object_sort not in ('land', 'building', 'equity') then 'other_object' end,
    case when object_sort is null then 'missing:object_sort' end
  from state_asset_transfer_transfer
),
heads as (
  -- By its registered name: a sheet may spell it otherwise.
  select taxpayer, min(head_name) as head_name from registration where not is_branch group by taxpayer
),
branches as (
  -- What branches of a head office paid under the name of a project.
  select head_name, project_name, sum(amount_yuan) as paid_yuan, string_agg(evidence, ';') as evidence
  from payments
  where tax_kind = 'stamp_tax' and is_branch and project_name is not null
  group by head_name, project_name
)
select
  d.taxpayer, d.taxpayer_name, d.confidence, d.subject,
  d.document_day as event_day,
  cast(null as varchar) as period,
  d.place_region, d.place_address, concat_ws(';', d.evidence, b.evidence) as evidence,
  case
    when d.left_out is not null then d.left_out
    -- Persons are exempt for housing alone (财税〔2008〕137号 §2); their shops and land are taxed, and a company that sells
    -- housing to a person owes too.
    when d.subject = 'person' and d.object = 'building' and d.house_use = 'residential' then 'person_housing'
    when contains(d.taxpayer_name, '解放军') or contains(d.taxpayer_name, '武警') or contains(d.taxpayer_name, '武装警察')
      then 'army'
    -- Of shares the tax is owed at the seat (印花税法 §13), of land and houses where they lie; a person's at its place here.
    when d.object = 'equity' and coalesce(d.subject, 'unknown') <> 'person' and left(s.seat_region, 6) <> $region then 'seat_elsewhere'
  end as left_out,
  case
    when d.not_comparable is not null then d.not_comparable
    when d.subject = 'person' and d.object = 'building' and d.house_use is null then 'missing:house_use'
    when d.object = 'equity' and coalesce(d.subject, 'unknown') <> 'person' and s.seat_region is null then 'seat'
  end as not_comparable,
  d.role, d.object, d.document_day, d.price_yuan, d.house_use, coalesce(b.paid_yuan, 0) as branch_paid_yuan
from documents d
left join seats s on s.taxpayer = d.taxpayer
left join heads h on h.taxpayer = d.taxpayer
left join branches b
  on b.head_name = coalesce(h.head_name, replace(replace(d.taxpayer_name, '（', '('), '）', ')')) and b.project_name = d.project_name
