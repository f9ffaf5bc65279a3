-- One row is one recipient in one year: are the subsidies paid in the year declared as income or as untaxed funds (企业所得税法 §7)?
with subsidies as (
  select
    recipient_taxpayer as taxpayer, min(recipient_name) as taxpayer_name, min(recipient_confidence) as confidence,
    min(recipient_subject) as subject, date_trunc('year', paid_day) as year_start,
    sum(subsidy_amount_yuan) as subsidies_yuan, string_agg(_ref, ';') as evidence
  from fiscal_subsidy_payment
  group by recipient_taxpayer, case when recipient_taxpayer is null then recipient_name end, date_trunc('year', paid_day)
),
settlements as (
  -- The annual return: a period of twelve months.
  select
    taxpayer, date_trunc('year', period_from) as year_start, count(*) as return_count,
    sum(subsidy_income_yuan) as income_yuan, sum(subsidy_untaxed_yuan) as untaxed_yuan,
    string_agg(evidence, ';') as evidence
  from returns
  where tax_kind = 'enterprise_income_tax' and period_to >= period_from + interval '11 months'
  group by taxpayer, date_trunc('year', period_from)
)
select
  s.taxpayer, s.taxpayer_name, s.confidence, s.subject,
  cast(s.year_start as date) as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', s.evidence, t.evidence) as evidence,
  case when t.return_count > 0 and t.income_yuan is null then 'missing:subsidy_income_yuan' end as not_comparable,
  case
    when t.return_count is null then 'no_annual_return'
    when s.subsidies_yuan - t.income_yuan - coalesce(t.untaxed_yuan, 0)
      > greatest($floor_yuan, $floor_ratio * s.subsidies_yuan) then 'subsidy_undeclared'
  end as finding,
  s.subsidies_yuan,
  t.income_yuan,
  t.untaxed_yuan
from subsidies s
left join settlements t on t.taxpayer = s.taxpayer and t.year_start = s.year_start
