-- One row is one payment of tax itself into treasury: late fees, fines, interest and entries adjusted away are left out.
-- `head_name` is the name of the head office that a branch's name begins with; a head office has its own.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  tax_kind,
  tax_item,
  period_from,
  period_to,
  paid_on,
  amount_yuan,
  project_name,
  case when contains(taxpayer_name, '公司') then
    concat(split_part(replace(replace(taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end as head_name,
  coalesce(ends_with(taxpayer_name, '分公司') or ends_with(taxpayer_name, '分店') or ends_with(taxpayer_name, '项目部'), false)
    as is_branch,
  _ref as evidence
from tax_payment_payment
where (payment_sort is null or payment_sort = 'tax')
  and (adjustment is null or adjustment in ('none', 'adjusted_in'))
