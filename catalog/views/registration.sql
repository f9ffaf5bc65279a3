-- One row is one taxpayer as the tax bureau's registration shows it on the day of the export.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  taxpayer_name,
  taxpayer_subject as subject,
  status,
  township,
  authority,
  vat_payer_kind,
  vat_general_from,
  vat_general_to,
  small_profit_years,
  not_small_profit_years,
  registered_on,
  cancelled_on,
  _ref as evidence
from tax_registration_taxpayer
