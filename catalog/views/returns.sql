-- One row is one line of the last return of a taxpayer for a tax kind, item, period and project: a correction replaces what it corrects.
with ranked as (
  select
    coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
    tax_kind,
    tax_item,
    period_from,
    period_to,
    base,
    tax_payable_yuan,
    relief_yuan,
    relief_code,
    due_yuan,
    revenue_yuan,
    subsidy_income_yuan,
    subsidy_untaxed_yuan,
    pollutant,
    outlet,
    project_name,
    filed_on,
    due_on,
    _ref as evidence,
    rank() over (
      partition by coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc), tax_kind, tax_item, period_from,
        period_to, project_name
      order by filed_on desc
    ) as age
  from tax_return_return
)
select
  taxpayer, tax_kind, tax_item, period_from, period_to, base, tax_payable_yuan, relief_yuan, relief_code, due_yuan,
  revenue_yuan, subsidy_income_yuan, subsidy_untaxed_yuan, pollutant, outlet, project_name, filed_on, due_on, evidence
from ranked
where age = 1
