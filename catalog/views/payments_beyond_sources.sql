-- One row is one payment of land use or property tax that hangs on no known source: made after an assessment or an
-- inspection, for a source the table does not hold, or by a taxpayer without any source of that tax.
with sources as (
  select
    coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
    case when source_sort = 'land' then 'land_use_tax' else 'property_tax' end as tax_kind,
    source_number
  from tax_source_source
  group by
    coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc), case when source_sort = 'land' then 'land_use_tax' else 'property_tax' end,
    source_number
),
holders as (
  select taxpayer, tax_kind from sources group by taxpayer, tax_kind
),
paid as (
  select
    coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer, tax_kind, tax_item, period_from, period_to, paid_on, amount_yuan,
    tax_source_number, coalesce(payment_attribute, '') as attribute, _ref as evidence
  from tax_payment_payment
  where tax_kind in ('land_use_tax', 'property_tax')
    and (payment_sort is null or payment_sort = 'tax')
    and (adjustment is null or adjustment in ('none', 'adjusted_in'))
)
select
  p.taxpayer, p.tax_kind, p.tax_item, p.period_from, p.period_to, p.paid_on, p.amount_yuan, p.evidence
from paid p
left join sources s on s.taxpayer = p.taxpayer and s.tax_kind = p.tax_kind and s.source_number = p.tax_source_number
left join holders h on h.taxpayer = p.taxpayer and h.tax_kind = p.tax_kind
where h.taxpayer is null
  or (p.tax_source_number is not null and s.source_number is null)
  or contains(p.attribute, '查补') or contains(p.attribute, '稽查') or contains(p.attribute, '评估')
  or contains(p.attribute, '自查') or contains(p.attribute, '补缴')
