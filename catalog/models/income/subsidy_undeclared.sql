-- One row is one recipient in one year: are the subsidies paid in the year declared as income or as untaxed funds (企业所得税法 §7)?
with subsidies as (
  select
    recipient_taxpayer as taxpayer, min(recipient_name) as taxpayer_name, min(recipient_confidence) as confidence,
    min(recipient_subject) as subject, date_trunc('year', paid_day) as year_start,
    sum(subsidy_amount_yuan) as subsidies_yuan,
    -- What is tied to sales is declared as revenue (公告2021年第17号 §6): the line of subsidies need not hold it.
    sum(case when tied_to_sales then subsidy_amount_yuan else 0 end) as tied_yuan, string_agg(_ref, ';') as evidence
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
),
forms as (
  select taxpayer, min(registration_type) as registration_type, min(taxpayer_name) as taxpayer_name
  from registration
  group by taxpayer
),
judged as (
  select
    s.taxpayer, s.taxpayer_name, s.confidence, s.subject, s.year_start, s.subsidies_yuan, s.tied_yuan, t.return_count, t.income_yuan,
    t.untaxed_yuan, concat_ws(';', s.evidence, t.evidence) as evidence, f.registration_type,
    case
      -- Sole proprietorships and partnerships are no payers of enterprise income tax (企业所得税法 §1). 外商独资, 国有独资,
      -- 法人独资 and 自然人独资 companies are: the word alone says nothing.
      when contains(f.registration_type, '个人独资') or contains(f.registration_type, '私营独资')
        or contains(f.registration_type, '个体') then 'sole_proprietorship'
      when contains(f.registration_type, '合伙') then 'partnership'
      -- A branch settles with its head office (企业所得税法 §50).
      when contains(f.registration_type, '分公司') or contains(f.registration_type, '分支机构')
        or contains(f.registration_type, '非法人') or ends_with(coalesce(s.taxpayer_name, f.taxpayer_name), '分公司')
        or ends_with(coalesce(s.taxpayer_name, f.taxpayer_name), '分店') or ends_with(coalesce(s.taxpayer_name, f.taxpayer_name), '支行')
        or ends_with(coalesce(s.taxpayer_name, f.taxpayer_name), '分行') or ends_with(coalesce(s.taxpayer_name, f.taxpayer_name), '营业部')
        then 'branch'
    end as no_payer
  from subsidies s
  left join settlements t on t.taxpayer = s.taxpayer and t.year_start = s.year_start
  left join forms f on f.taxpayer = s.taxpayer
)
select
  taxpayer, taxpayer_name, confidence, subject,
  cast(year_start as date) as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  evidence,
  no_payer as left_out,
  case
    when return_count > 0 and income_yuan is null then 'missing:subsidy_income_yuan'
    -- Whoever settles shows by it that it has to; of whoever does not the form must be known.
    when return_count is null and registration_type is null then 'missing:registration_type'
  end as not_comparable,
  case
    when return_count is null then 'no_annual_return'
    when subsidies_yuan - tied_yuan - income_yuan - coalesce(untaxed_yuan, 0)
      > greatest($floor_yuan, $floor_ratio * subsidies_yuan) then 'subsidy_undeclared'
  end as finding,
  registration_type,
  subsidies_yuan,
  tied_yuan,
  income_yuan,
  untaxed_yuan,
  subsidies_yuan - tied_yuan - income_yuan - coalesce(untaxed_yuan, 0) as undeclared_yuan
from judged
