-- One row is one business that closed, was revoked, or asked for clearance before closing: does it owe tax, or trade on?
with ends as (
  select
    enterprise_taxpayer as taxpayer, enterprise_name as taxpayer_name, enterprise_confidence as confidence,
    enterprise_subject as subject, closing_sort as end_sort, closed_day as end_day, _ref
  from business_closing_closing
  union all
  -- The countdown (20 days, sole traders 10) runs from the request; the list of closings comes after the fact.
  select
    taxpayer_taxpayer, taxpayer_name, taxpayer_confidence, taxpayer_subject, 'clearance', asked_on, _ref
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
  where a.sign in ('insured', 'selling', 'buying', 'subsidised')
    -- An insurance row without an end runs on; anything else must have happened after the closing.
    and (a.sign = 'insured' or a.sign_day > e.end_day)
  group by e._ref
)
select
  e.taxpayer, e.taxpayer_name, e.confidence, e.subject,
  e.end_day as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', e._ref, d.evidence, case when e.end_sort = 'revoked' then s.evidence end) as evidence,
  case
    when e.end_sort = 'clearance' and d.owed_yuan > $floor_yuan then 'clearance_with_arrears'
    when d.owed_yuan > $floor_yuan then 'closed_with_arrears'
    when e.end_sort = 'revoked' and s.sign_count > 0 then 'revoked_but_active'
  end as finding,
  case when e.end_sort = 'clearance' then cast(cast(e.end_day as int) + cast(
    case when e.subject = 'sole_trader' then $days_sole_trader else $days end as int) as date) end as deadline_day,
  e.end_sort,
  e.end_day,
  d.owed_yuan,
  s.sign
from ends e
left join debts d on d._ref = e._ref
left join signs s on s._ref = e._ref
