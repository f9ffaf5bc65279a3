-- One row is one benefit: a subsidy, land or a permit given to somebody who owed tax or stood at grade D that day.
with benefits as (
  select recipient_taxpayer as taxpayer, recipient_name as taxpayer_name, recipient_confidence as confidence,
    recipient_subject as subject, 'subsidy' as benefit, paid_day as benefit_day, subsidy_amount_yuan as benefit_yuan, _ref
  from fiscal_subsidy_payment
  union all
  select grantee_taxpayer, grantee_name, grantee_confidence, grantee_subject, 'land', contract_day, price_yuan, _ref
  from land_expropriation_grant_grant
  union all
  select transferee_taxpayer, transferee_name, transferee_confidence, transferee_subject, 'land', transfer_day, price_yuan, _ref
  from land_transfer_transfer
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, 'permit', permit_day, cast(null as decimal(18, 2)), _ref
  from construction_permit_construction_permit
),
debts as (
  select b._ref, sum(a.amount_yuan) as owed_yuan, string_agg(a.evidence, ';') as evidence
  from benefits b
  join arrears a on a.taxpayer = b.taxpayer and a.due_on < b.benefit_day
  group by b._ref
),
grades as (
  select b._ref, count(*) as grade_count, string_agg(g._ref, ';') as evidence
  from benefits b
  join tax_credit_grade g on g.taxpayer_taxpayer = b.taxpayer
    and g.valid_from <= b.benefit_day and (g.valid_to is null or g.valid_to >= b.benefit_day)
  where g.grade = 'D'
  group by b._ref
)
select
  b.taxpayer, b.taxpayer_name, b.confidence, b.subject,
  b.benefit_day as event_day,
  cast(null as varchar) as period,
  cast(null as varchar) as place_region,
  concat_ws(';', b._ref, d.evidence, g.evidence) as evidence,
  case
    when coalesce(d.owed_yuan, 0) > $floor_yuan and g.grade_count > 0 then 'arrears_and_grade_d'
    when coalesce(d.owed_yuan, 0) > $floor_yuan then 'arrears'
    when g.grade_count > 0 then 'grade_d'
  end as finding,
  b.benefit,
  b.benefit_yuan,
  d.owed_yuan
from benefits b
left join debts d on d._ref = b._ref
left join grades g on g._ref = b._ref
