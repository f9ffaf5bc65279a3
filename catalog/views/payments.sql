-- One row is one payment of tax itself into treasury: late fees, fines, interest and entries adjusted away are left out.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  tax_kind,
  tax_item,
  period_from,
  period_to,
  paid_on,
  amount_yuan,
  project_name,
  _ref as evidence
from tax_payment_payment
where (payment_sort is null or payment_sort = 'tax')
  and (adjustment is null or adjustment in ('none', 'adjusted_in'))
