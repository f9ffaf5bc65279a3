-- One row is one bankruptcy: was the tax owed lodged as a claim by the court's day (企业破产法 §45, §48, §56)?
with notices as (
  select
    debtor_taxpayer, min(debtor_name) as debtor_name, min(debtor_confidence) as debtor_confidence,
    min(debtor_subject) as debtor_subject, case_number, min(notice_day) as notice_day,
    max(claim_deadline_day) as claim_deadline_day, string_agg(_ref, ';') as evidence
  from bankruptcy_notice
  where notice_sort in ('accepted', 'reorganisation', 'settlement')
  group by debtor_taxpayer, case when debtor_taxpayer is null then debtor_name end, case_number
),
debts as (
  select n.debtor_taxpayer, n.case_number, sum(a.amount_yuan) as owed_yuan, string_agg(a.evidence, ';') as evidence
  from notices n
  join arrears a on a.taxpayer = n.debtor_taxpayer and a.period_from <= n.notice_day
  group by n.debtor_taxpayer, n.case_number
),
claims as (
  select n.debtor_taxpayer, n.case_number, min(r.claimed_on) as claimed_on
  from notices n
  join request_answer_answer r on r.taxpayer_taxpayer = n.debtor_taxpayer and r.claimed_on >= n.notice_day
  where r.act = '1b'
  group by n.debtor_taxpayer, n.case_number
)
select
  n.debtor_taxpayer as taxpayer, n.debtor_name as taxpayer_name, n.debtor_confidence as confidence,
  n.debtor_subject as subject,
  n.notice_day as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', n.evidence, d.evidence) as evidence,
  case when n.claim_deadline_day is null then 'missing:claim_deadline_day' when n.notice_day is null then 'missing:notice_day' end as not_comparable,
  case
    when coalesce(d.owed_yuan, 0) <= $floor_yuan or c.claimed_on is not null then null
    -- A last day that is a holiday moves to the next working day (民法典 §203); the warning is from the earlier one.
    when $as_of <= w.next_working_day then 'claim_open'
    else 'claim_missed'
  end as finding,
  n.claim_deadline_day as deadline_day,
  n.case_number,
  n.notice_day,
  n.claim_deadline_day,
  w.next_working_day as last_day,
  n.claim_deadline_day >= cast(cast(n.notice_day as int) + cast($days_least as int) as date)
    and n.claim_deadline_day <= l.next_working_day as deadline_plausible,
  d.owed_yuan
from notices n
left join debts d on d.debtor_taxpayer = n.debtor_taxpayer and d.case_number = n.case_number
left join claims c on c.debtor_taxpayer = n.debtor_taxpayer and c.case_number = n.case_number
left join calendar w on w.day = n.claim_deadline_day
-- The longest time for claims is three months from the notice (企业破产法 §45).
left join calendar l on l.day = cast(n.notice_day + interval '3 months' as date)
