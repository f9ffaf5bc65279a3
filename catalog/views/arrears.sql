-- One row is one tax owed and unpaid after its due day, as it stood on the day of the export.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  tax_kind,
  period_from,
  period_to,
  due_on,
  amount_yuan,
  as_of,
  _ref as evidence
from tax_arrears_arrears
where amount_yuan > 0
