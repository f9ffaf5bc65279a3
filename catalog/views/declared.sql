-- One row is the tax that one line of the last return declares, after the reductions it claims. It has the columns of a
-- payment, so that what was declared can be laid against what is due.
select
  taxpayer,
  tax_kind,
  tax_item,
  period_from,
  period_to,
  filed_on,
  filed_on as paid_on,
  case when tax_payable_yuan is null then due_yuan else tax_payable_yuan - coalesce(relief_yuan, 0) end as amount_yuan,
  evidence
from returns
