-- One row is one VAT prepayment on presales of real estate: a developer, a project, a period. `head_name` is the name of the
-- head office that a branch's name begins with; a head office has its own.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  taxpayer_name,
  case when contains(taxpayer_name, '公司') then
    concat(split_part(replace(replace(taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end as head_name,
  'vat' as tax_kind,
  cast(null as varchar) as tax_item,
  project_code,
  project_name,
  period_from,
  period_to,
  paid_on,
  prepaid_yuan as amount_yuan,
  received_yuan,
  general_method,
  _ref as evidence
from vat_prepayment_prepayment
where prepayment_sort is null or prepayment_sort = 'property_sale'
