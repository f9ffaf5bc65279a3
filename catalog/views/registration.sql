-- One row is one taxpayer as the tax bureau's registration shows it on the day of the export. `head_name` is the name of
-- the head office that a branch's name begins with; a head office has its own.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  taxpayer_name,
  taxpayer_subject as subject,
  status,
  township,
  authority,
  tax_office,
  registration_category,
  registration_type,
  case when contains(taxpayer_name, '公司') then
    concat(split_part(replace(replace(taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end as head_name,
  coalesce(ends_with(taxpayer_name, '分公司') or ends_with(taxpayer_name, '分店') or ends_with(taxpayer_name, '项目部')
    or ends_with(taxpayer_name, '营业部') or contains(registration_type, '分公司') or contains(registration_type, '分支机构'), false)
    as is_branch,
  vat_payer_kind,
  vat_general_from,
  vat_general_to,
  small_profit_years,
  not_small_profit_years,
  registered_on,
  cancelled_on,
  _ref as evidence
from tax_registration_taxpayer
