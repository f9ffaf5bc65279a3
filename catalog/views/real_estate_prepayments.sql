-- One row is one VAT prepayment on presales of real estate: a developer, a project, a period.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
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
