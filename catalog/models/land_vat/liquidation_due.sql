-- One row is one project of one developer: has it come to where land VAT must or may be liquidated, and was it? A project is
-- what was approved as one, each phase by itself (国税发〔2006〕187号 §1).
with reports as (
  -- Item 25, every word that each period said: one row a planned use.
  select
    developer_taxpayer as taxpayer, developer_name, developer_confidence, developer_subject,
    coalesce(developer_taxpayer, developer_name) as developer, coalesce(project_name, location) as project_name, location, planned_use,
    sold_area_square_metres as sold, saleable_area_square_metres as unsold, accepted_day, permit_day,
    _period_to, coalesce(admin_region, _region) as place_region, _ref
  from real_estate_sales_project_stock_by_period
),
moments as (
  select distinct developer, project_name, _period_to as state_day from reports
),
known as (
  -- The last word about each use as of each period that reported the project.
  select
    m.state_day, r.taxpayer, r.developer_name, r.developer_confidence, r.developer_subject, r.developer, r.project_name, r.location,
    r.sold, r.unsold, r.accepted_day, r.permit_day, r.place_region, r._ref,
    row_number() over (
      partition by m.developer, m.project_name, m.state_day, r.location, r.planned_use order by r._period_to desc, r._ref desc
    ) as age
  from moments m
  join reports r on r.developer = m.developer and r.project_name = m.project_name
  where r._period_to <= m.state_day
),
permits as (
  select developer_taxpayer as taxpayer, project_name, min(permit_day) as permit_day, string_agg(_ref, ';') as evidence
  from real_estate_industry_presale_permit_ever
  where developer_taxpayer is not null and permit_day is not null
  group by developer_taxpayer, project_name
),
acceptances as (
  select owner_taxpayer as taxpayer, project_name, max(finish_day) as accepted_day, string_agg(_ref, ';') as evidence
  from construction_acceptance_acceptance
  where owner_taxpayer is not null
  group by owner_taxpayer, project_name
),
last_sales as (
  select developer_taxpayer as taxpayer, location, max(contract_day) as contract_day
  from real_estate_sales_contract
  where developer_taxpayer is not null
  group by developer_taxpayer, location
),
used as (
  -- Buildings of the project that the developer itself declares for property tax: let or used.
  select taxpayer, address, area, _ref from sources where source_sort = 'building' and address is not null and area > 0
),
closed as (
  -- Deregistration, by item 34 or by the registration itself.
  select taxpayer, min(closed_day) as closed_day, min(evidence) as evidence
  from (
    select enterprise_taxpayer as taxpayer, closed_day, _ref as evidence from business_closing_closing where enterprise_taxpayer is not null
    union all
    select taxpayer, cancelled_on, evidence from registration where cancelled_on is not null
  )
  group by taxpayer
),
states as (
  select
    k.taxpayer, k.developer, min(k.developer_name) as taxpayer_name, min(k.developer_confidence) as confidence,
    min(k.developer_subject) as subject, k.project_name, min(k.location) as location, k.state_day, sum(k.sold) as sold, sum(k.unsold) as unsold,
    case when count(k.sold) = count(*) and count(k.unsold) = count(*) and sum(k.sold) + sum(k.unsold) > 0 then true end as areas_known,
    case when count(k.accepted_day) = count(*) then max(k.accepted_day) end as accepted_day, min(k.permit_day) as permit_day,
    min(k.place_region) as place_region, string_agg(k._ref, ';') as evidence
  from known k
  where k.age = 1
  group by k.taxpayer, k.developer, k.project_name, k.state_day
),
joined as (
  select
    s.taxpayer, s.developer, s.taxpayer_name, s.confidence, s.subject, s.project_name, s.location, s.state_day, s.sold, s.unsold,
    s.areas_known, coalesce(s.accepted_day, a.accepted_day) as accepted_day, coalesce(s.permit_day, p.permit_day) as permit_day,
    s.place_region, c.closed_day, c.evidence as closing_evidence,
    concat_ws(';', s.evidence, case when s.permit_day is null then p.evidence end, case when s.accepted_day is null then a.evidence end)
      as evidence
  from states s
  left join permits p on p.taxpayer = s.taxpayer and p.project_name = s.project_name
  left join acceptances a on a.taxpayer = s.taxpayer and a.project_name = s.project_name
  left join closed c on c.taxpayer = s.taxpayer
),
rests as (
  -- The rest is let or used where the buildings declared for property tax at its address hold it (187号 §2 第2款第1项).
  select j.taxpayer, j.project_name, j.state_day, sum(u.area) as area, string_agg(u._ref, ';') as evidence
  from joined j
  join used u on u.taxpayer = j.taxpayer
  where j.unsold > 0 and character_length(u.address) >= 4 and character_length(j.location) >= 4 and (contains(u.address, j.location) or contains(j.location, u.address) or contains(u.address, j.project_name))
  group by j.taxpayer, j.project_name, j.state_day
),
judged as (
  select
    j.taxpayer, j.developer, j.taxpayer_name, j.confidence, j.subject, j.project_name, j.location, j.state_day, j.sold, j.unsold,
    j.areas_known, j.accepted_day, j.permit_day, j.place_region, j.closed_day,
    case when j.sold > 0 and j.closed_day <= $as_of then concat_ws(';', j.evidence, j.closing_evidence)
      when r.area >= j.unsold * 0.99 then concat_ws(';', j.evidence, r.evidence) else j.evidence end as evidence,
    case
      when j.accepted_day is not null and j.unsold = 0 then 'must_sold_out'
      when j.sold > 0 and j.closed_day <= $as_of then 'must_closing'
      when j.accepted_day is not null and j.sold >= (j.sold + j.unsold) * $sold_share then 'may_sold_share'
      when j.accepted_day is not null and j.sold > 0 and r.area >= j.unsold * 0.99 then 'may_rest_used'
      when j.unsold > 0 and (date_part('year', j.permit_day) + cast($permit_years as int)) * 10000 + date_part('month', j.permit_day) * 100
        + date_part('day', j.permit_day) <= date_part('year', $as_of) * 10000 + date_part('month', $as_of) * 100 + date_part('day', $as_of)
        then 'may_permit_age'
    end as finding,
    row_number() over (partition by j.developer, j.project_name order by j.state_day desc) as age
  from joined j
  left join rests r on r.taxpayer = j.taxpayer and r.project_name = j.project_name and r.state_day = j.state_day
),
begun as (
  -- The period in which the condition first held counts: a later list does not begin it anew.
  select developer, project_name, finding, min(state_day) as begun_day from judged where finding is not null
  group by developer, project_name, finding
),
projects as (
  select
    j.taxpayer, j.taxpayer_name, j.confidence, j.subject, j.project_name, j.sold, j.unsold, j.accepted_day, j.permit_day,
    -- A permit came of age on its own day, whenever that was reported.
    case when j.finding = 'may_permit_age' then greatest(b.begun_day, make_date(cast(date_part('year', j.permit_day) as int)
      + cast($permit_years as int), cast(date_part('month', j.permit_day) as int), least(cast(date_part('day', j.permit_day) as int), 28)))
      else coalesce(b.begun_day, j.state_day) end as state_day, j.place_region, j.evidence,
    case when j.areas_known is null then 'missing:saleable_area' end as not_comparable,
    j.finding,
    case
      -- Accepted and sold out: by the last contract where it is known.
      when j.finding = 'must_sold_out' then greatest(j.accepted_day, least(coalesce(s.contract_day, b.begun_day), b.begun_day))
      when j.finding = 'must_closing' then j.closed_day
    end as condition_day,
    coalesce(j.accepted_day, j.permit_day, date '2000-01-01') as since
  from judged j
  left join begun b on b.developer = j.developer and b.project_name = j.project_name and b.finding = j.finding
  left join last_sales s on s.taxpayer = j.taxpayer and s.location = j.location
  where j.age = 1
),
developers as (
  select taxpayer, min(_ref) as evidence
  from (
    select owner_taxpayer as taxpayer, _ref from real_estate_approval_project_ever where owner_taxpayer is not null
    union all
    select taxpayer, _ref from reports where taxpayer is not null
    union all
    select developer_taxpayer, _ref from real_estate_industry_presale_permit_ever where developer_taxpayer is not null
  )
  group by taxpayer
),
questions as (
  select
    taxpayer, taxpayer_name, confidence, subject, project_name, sold, unsold, accepted_day, permit_day, state_day, place_region, evidence,
    not_comparable, finding, condition_day, since, true as is_project
  from projects
  union all
  -- Land sold as such, or a project sold whole before it is finished: the land office sees both as a transfer of land.
  select
    t.transferor_taxpayer, t.transferor_name, t.transferor_confidence, t.transferor_subject,
    coalesce(t.contract_number, t.parcel_number, t.location), null, null, null, null,
    t.transfer_day as state_day, coalesce(t.admin_region, t._region), concat_ws(';', t._ref, k.evidence), null, 'must_transferred',
    t.transfer_day as condition_day, t.transfer_day as since, false
  from land_transfer_transfer t
  join developers k on k.taxpayer = t.transferor_taxpayer
),
named as (
  -- Returns of a liquidation; where they name no project, the payment of the same lines may.
  select
    r.taxpayer, r.filed_on, r.evidence, coalesce(min(r.project_name), min(p.project_name)) as project_name
  from returns r
  left join payments p on p.taxpayer = r.taxpayer and p.tax_kind = r.tax_kind and p.tax_item = r.tax_item
    and p.period_from = r.period_from and p.period_to = r.period_to and p.project_name is not null
  where r.tax_kind = 'land_vat' and contains(r.tax_item, '清算')
  group by r.taxpayer, r.filed_on, r.evidence
),
counted as (
  select taxpayer, count(distinct project_name) as projects from projects where taxpayer is not null group by taxpayer
),
answers as (
  -- A liquidation of the project filed since it was accepted settles it. One that names no project settles the only one; with
  -- several it may be any of them.
  select
    q.taxpayer, q.project_name, q.is_project,
    count(case when n.project_name is null and c.projects > 1 and q.is_project then null
      when n.project_name is null then 1
      when q.is_project and (contains(replace(n.project_name, ' ', ''), replace(q.project_name, ' ', ''))
        or contains(replace(q.project_name, ' ', ''), replace(n.project_name, ' ', ''))) then 1
      when not q.is_project and o.project_name is null then 1 end) as settling,
    count(case when n.project_name is null and c.projects > 1 and q.is_project then 1 end) as unnamed
  from questions q
  join named n on n.taxpayer = q.taxpayer and n.filed_on >= q.since
  left join counted c on c.taxpayer = q.taxpayer
  -- A liquidation of a project that is known is none of land sold as such.
  left join projects o on o.taxpayer = n.taxpayer and o.project_name = n.project_name
  group by q.taxpayer, q.project_name, q.is_project
)
select
  j.taxpayer, j.taxpayer_name, j.confidence, j.subject,
  coalesce(j.condition_day, j.state_day) as event_day,
  cast(null as varchar) as period,
  j.place_region, j.evidence,
  case
    when j.not_comparable is not null then j.not_comparable
    when j.finding is not null and coalesce(a.settling, 0) = 0 and a.unnamed > 0 then 'return_without_project'
  end as not_comparable,
  case when coalesce(a.settling, 0) > 0 then null else j.finding end as finding,
  -- The ninety days still run: a reminder and not a lead.
  case when coalesce(a.settling, 0) = 0 and j.finding <> 'must_closing' and j.condition_day is not null and $as_of <= w.next_working_day
    then 'liquidation_runs' end as service,
  case when j.finding = 'must_closing' then j.condition_day else w.next_working_day end as deadline_day,
  j.project_name,
  j.sold as sold_square_metres,
  j.unsold as unsold_square_metres,
  case when j.sold + j.unsold > 0 then j.sold / (j.sold + j.unsold) end as sold_share_reached,
  j.accepted_day,
  j.permit_day,
  j.condition_day
from questions j
left join answers a on a.taxpayer = j.taxpayer and a.project_name = j.project_name and a.is_project = j.is_project
left join calendar w on w.day = cast(cast(j.condition_day as int) + cast($days as int) as date)
