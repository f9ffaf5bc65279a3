-- One row is one business that closed, was revoked, or asked for clearance before closing: does it owe tax, or trade on? A
-- second row of it says that its land VAT was not liquidated, a third that its returns stopped before it did.
with ends as (
  select
    enterprise_taxpayer as taxpayer, enterprise_name as taxpayer_name, enterprise_confidence as confidence,
    enterprise_subject as subject, closing_sort as end_sort, closed_day as end_day, address, _ref
  from business_closing_closing
  union all
  -- The countdown (20 days, sole traders 10) runs from the request; the list of closings comes after the fact.
  select
    taxpayer_taxpayer, taxpayer_name, taxpayer_confidence, taxpayer_subject, 'clearance', asked_on, null, _ref
  from request_answer_answer
  where act = '3a' and certificate_number is null
),
debts as (
  select e._ref, sum(a.amount_yuan) as owed_yuan, string_agg(a.evidence, ';') as evidence
  from ends e
  join arrears a on a.taxpayer = e.taxpayer
  group by e._ref
),
signs as (
  select e._ref, count(*) as sign_count, min(a.sign) as sign, string_agg(a.evidence, ';') as evidence
  from ends e
  join activity a on a.taxpayer = e.taxpayer and coalesce(a.sign_end, $as_of) > e.end_day
  where a.sign in ('insured', 'selling', 'buying', 'subsidised', 'paid')
    -- An insurance row without an end runs on; anything else must have happened after the closing.
    and (a.sign = 'insured' or a.sign_day > e.end_day)
  group by e._ref
),
filed as (
  select
    coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer, date_trunc('quarter', period_to) as quarter_start,
    max(case when tax_kind = 'vat' then period_to end) as returned_to,
    max(case when tax_kind = 'land_vat' and contains(tax_item, '清算') then filed_on end) as liquidated_on
  from tax_return_return
  where tax_kind in ('vat', 'land_vat')
  group by coalesce(taxpayer_taxpayer, taxpayer_uscc), date_trunc('quarter', period_to)
),
quarters as (
  select quarter_start, count(returned_to) as filers from filed group by quarter_start
),
returned as (
  -- Where fewer than half as many returned in the next quarter its returns were not delivered: a missing one says nothing.
  select l.taxpayer, l.returned_to, l.liquidated_on, n.filers * 2 >= q.filers as is_delivered
  from (
    select taxpayer, max(returned_to) as returned_to, max(liquidated_on) as liquidated_on from filed group by taxpayer
  ) l
  left join quarters q on q.quarter_start = date_trunc('quarter', l.returned_to)
  left join quarters n on n.quarter_start = q.quarter_start + interval '3 months'
),
developers as (
  select developer_taxpayer as taxpayer, min(coalesce(project_name, location)) as project_name, string_agg(_ref, ';') as evidence
  from real_estate_sales_project_stock_ever
  where developer_taxpayer is not null
  group by developer_taxpayer
),
judged as (
  select
    e.taxpayer, e.taxpayer_name, e.confidence, e.subject, e.end_sort, e.end_day, e.address, e._ref, d.owed_yuan,
    d.evidence as debt_evidence, s.sign, s.sign_count, s.evidence as sign_evidence, r.returned_to,
    v.project_name, v.evidence as project_evidence,
    -- 国税发〔2006〕187号 §2, 〔2009〕91号 §10: whoever asks to be de-registered is to liquidate what it has not.
    coalesce(v.taxpayer is not null and r.liquidated_on is null, false) as is_unliquidated,
    -- The quarters that were due before the end: returned up to then, of somebody who used to return. Sole traders may
    -- have a fixed sum and no returns.
    coalesce(e.subject <> 'sole_trader'
      and r.returned_to < date_trunc('quarter', e.end_day - interval '1 month') - interval '1 day'
      and r.is_delivered, false) as is_unfiled
  from ends e
  left join debts d on d._ref = e._ref
  left join signs s on s._ref = e._ref
  left join returned r on r.taxpayer = e.taxpayer
  left join developers v on v.taxpayer = e.taxpayer
)
select
  taxpayer, taxpayer_name, confidence, subject,
  end_day as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  address as place_address,
  case question
    when 'arrears' then concat_ws(';', _ref, debt_evidence, case when end_sort = 'revoked' then sign_evidence end)
    when 'land_vat' then concat_ws(';', _ref, project_evidence)
    else _ref
  end as evidence,
  case
    when question = 'land_vat' then 'land_vat_not_liquidated'
    when question = 'returns' then 'unfiled_returns'
    when end_sort = 'clearance' and owed_yuan > $floor_yuan then 'clearance_with_arrears'
    when owed_yuan > $floor_yuan then 'closed_with_arrears'
    when end_sort = 'revoked' and sign_count > 0 then 'revoked_but_active'
  end as finding,
  case when end_sort = 'clearance' then cast(cast(end_day as int) + cast(
    case when subject = 'sole_trader' then $days_sole_trader else $days end as int) as date) end as deadline_day,
  end_sort,
  end_day,
  case when question = 'arrears' then owed_yuan end as owed_yuan,
  case when question = 'arrears' then sign end as sign,
  case when question = 'returns' then returned_to end as returned_to,
  case when question = 'land_vat' then project_name end as project_name
from judged
cross join (values ('arrears'), ('land_vat'), ('returns')) as questions (question)
where question = 'arrears' or (question = 'land_vat' and is_unliquidated) or (question = 'returns' and is_unfiled)
