-- One row is one bankruptcy: was the tax owed lodged as a claim by the court's day (企业破产法 §45, §48, §56)?
with notices as (
  select
    debtor_taxpayer, min(debtor_name) as debtor_name, min(debtor_confidence) as debtor_confidence,
    min(debtor_subject) as debtor_subject, case_number, min(notice_day) as notice_day,
    -- Where the notice does not state the day the court may set it from thirty days to three months after (企业破产法 §45):
    -- the warning is from the earliest, and it is missed after the latest.
    max(claim_deadline_day) as stated_deadline_day,
    coalesce(max(claim_deadline_day), cast(cast(min(notice_day) as int) + cast($days_least as int) as date)) as claim_deadline_day,
    coalesce(max(claim_deadline_day), cast(min(notice_day) + interval '3 months' as date)) as latest_deadline_day,
    string_agg(_ref, ';') as evidence
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
),
sales as (
  -- Land and houses that the debtor sold or lost, of which tax may never have been declared.
  select transferor_taxpayer as taxpayer, transfer_day as sale_day, _ref from land_transfer_transfer
  union all
  select seller_taxpayer, coalesce(deal_day, certificate_day), _ref from property_registration_transfer
  union all
  select debtor_taxpayer, disposed_day, _ref from tax_related_case_disposal where object_sort in ('land', 'building', 'whole')
  union all
  select debtor_taxpayer, auction_day, _ref from tax_related_case_auction where object_sort in ('land', 'building', 'whole')
  union all
  -- A developer's land VAT is liquidated when the business ends (国税发〔2009〕91号 §10).
  select developer_taxpayer, cast(null as date), _ref from real_estate_sales_project_stock_ever
),
unfiled as (
  select n.debtor_taxpayer, n.case_number, count(*) as sale_count, string_agg(s._ref, ';') as evidence
  from notices n
  join sales s on s.taxpayer = n.debtor_taxpayer
  where s.sale_day is null or s.sale_day >= n.notice_day - interval '5 years'
  group by n.debtor_taxpayer, n.case_number
)
select
  n.debtor_taxpayer as taxpayer, n.debtor_name as taxpayer_name, n.debtor_confidence as confidence,
  n.debtor_subject as subject,
  n.notice_day as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', n.evidence, d.evidence, case when coalesce(d.owed_yuan, 0) <= $floor_yuan then u.evidence end) as evidence,
  case when n.claim_deadline_day is null then 'missing:claim_deadline_day' when n.notice_day is null then 'missing:notice_day' end as not_comparable,
  case
    when c.claimed_on is not null then null
    when coalesce(d.owed_yuan, 0) <= $floor_yuan then case when u.sale_count > 0 then 'check_unfiled' end
    -- A last day that is a holiday moves to the next working day (民法典 §203); the warning is from the earlier one.
    when $as_of <= w.next_working_day then 'claim_open'
    else 'claim_missed'
  end as finding,
  n.claim_deadline_day as deadline_day,
  n.case_number,
  n.notice_day,
  n.stated_deadline_day as claim_deadline_day,
  w.next_working_day as last_day,
  n.stated_deadline_day >= cast(cast(n.notice_day as int) + cast($days_least as int) as date)
    and n.stated_deadline_day <= l.next_working_day as deadline_plausible,
  d.owed_yuan,
  u.sale_count
from notices n
left join debts d on d.debtor_taxpayer = n.debtor_taxpayer and d.case_number = n.case_number
left join claims c on c.debtor_taxpayer = n.debtor_taxpayer and c.case_number = n.case_number
left join unfiled u on u.debtor_taxpayer = n.debtor_taxpayer and u.case_number = n.case_number
left join calendar w on w.day = n.latest_deadline_day
-- The longest time for claims is three months from the notice (企业破产法 §45).
left join calendar l on l.day = cast(n.notice_day + interval '3 months' as date)
