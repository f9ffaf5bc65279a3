-- One row is one employer in one year: staff and wages by its payroll, disabled persons placed by the federation's list.
with payroll as (
  select
    taxpayer_taxpayer as taxpayer, min(taxpayer_name) as taxpayer_name, min(taxpayer_confidence) as confidence,
    min(taxpayer_subject) as subject, cast(date_trunc('year', cast(month || '-01' as date)) as date) as year_from,
    sum(person_count) as person_months, count(*) as months, sum(wage_total_yuan) as wages_yuan, string_agg(_ref, ';') as evidence
  from payroll_summary_month
  group by taxpayer_taxpayer, case when taxpayer_taxpayer is null then taxpayer_name end, date_trunc('year', cast(month || '-01' as date))
),
employers_of as (
  -- A person on two employers' lists at once can count for one of them only.
  select citizen_id_digest, count(*) as employer_count from disability_employment_employment group by citizen_id_digest
),
placements as (
  select
    p.taxpayer, p.year_from, e._ref,
    -- Degrees 1 and 2 of a disability certificate, 1 to 3 of a disabled soldier's, count as two (财税〔2015〕72号 §7).
    case when e.disability_degree in ('1', '2') or e.military_degree <= 3 then 2 else 1 end as weight,
    -- 残疾人就业保障金征收使用管理办法: a contract of a year, at least the minimum wage, insured, a valid certificate.
    coalesce(e.contract_to_day < e.contract_from_day + interval '1 year' - interval '1 day', false)
      or coalesce(e.contract_from_day > p.year_from + interval '1 year' - interval '1 day', false)
      or coalesce(e.contract_to_day < p.year_from, false)
      or coalesce(e.monthly_wage_yuan < $minimum_wage, false)
      or coalesce(e.insured_months = 0, false)
      or coalesce(c.valid_to_day < p.year_from, false) as refuted,
    e.contract_from_day is not null and e.monthly_wage_yuan is not null and e.insured_months is not null
      and n.employer_count = 1 as proved
  from payroll p
  join disability_employment_employment e on e.employer_taxpayer = p.taxpayer
  join employers_of n on n.citizen_id_digest = e.citizen_id_digest
  left join disability_employment_certificate c on c.citizen_id_digest = e.citizen_id_digest
),
branches as (
  select taxpayer, min(head_name) as head_name from registration where is_branch group by taxpayer
),
heads as (
  select head_name from registration where not is_branch and head_name is not null group by head_name
),
placed as (
  select
    taxpayer, year_from,
    sum(case when refuted then 0 else weight end) as possible,
    sum(case when proved and not refuted then weight else 0 end) as sure,
    string_agg(_ref, ';') as evidence
  from placements
  group by taxpayer, year_from
)
select
  p.taxpayer, p.taxpayer_name, p.confidence, p.subject,
  cast(p.year_from + interval '1 year' - interval '1 day' as date) as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', p.evidence, d.evidence) as evidence,
  -- The head office may declare its branch's staff with its own: a branch alone can't be compared.
  case when h.head_name is not null then 'head_office' end as not_comparable,
  p.person_months as staff_months,
  p.months,
  p.wages_yuan,
  coalesce(d.possible, 0) as placed_possible,
  coalesce(d.sure, 0) as placed_sure
from payroll p
left join placed d on d.taxpayer = p.taxpayer and d.year_from = p.year_from
left join branches b on b.taxpayer = p.taxpayer
left join heads h on h.head_name = b.head_name
