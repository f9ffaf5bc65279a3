-- One row is one line of the last return of a taxpayer for a tax kind, item, period and project: a correction replaces what it corrects.
with lines as (
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
    _ref as evidence
  from tax_return_return
),
-- By columns, so that whoever asks for one taxpayer or tax kind has only the lines of those put in order.
ranked as (
  select
    taxpayer, tax_kind, tax_item, period_from, period_to, base, tax_payable_yuan, relief_yuan, relief_code, due_yuan,
    revenue_yuan, subsidy_income_yuan, subsidy_untaxed_yuan, pollutant, outlet, project_name, filed_on, due_on, evidence,
    rank() over (
      partition by taxpayer, tax_kind, tax_item, period_from, period_to, project_name
      order by filed_on desc
    ) as age
  from lines
)
select
  taxpayer, tax_kind, tax_item, period_from, period_to, base, tax_payable_yuan, relief_yuan, relief_code, due_yuan,
  revenue_yuan, subsidy_income_yuan, subsidy_untaxed_yuan, pollutant, outlet, project_name, filed_on, due_on, evidence
from ranked
where age = 1
