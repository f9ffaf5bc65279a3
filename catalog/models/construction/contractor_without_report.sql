-- One row is one builder of one project: is it registered here, or has it reported its work (征管法实施细则 §21)?
with works as (
  -- `begin_day` is the start or the permit; where nobody says it, `latest_day` is a day by which the work had begun or a
  -- contract had to be signed.
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, cast(null as date) as latest_day, admin_region, _region, location, _ref
  from investment_approval_project_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), accepted_day, admin_region, _region, location, _ref
  from investment_progress_progress_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), null, admin_region, _region, location, _ref
  from construction_permit_construction_permit
  union all
  select winner_taxpayer, winner_name, winner_uscc, winner_confidence, winner_subject, project_code, project_name,
    null, cast(cast(award_day as int) + cast($award_days as int) as date), admin_region, _region, cast(null as varchar), _ref
  from construction_permit_tender
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    null, accepted_day, admin_region, _region, location, _ref
  from construction_permit_acceptance
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), null, admin_region, _region, location, _ref
  from construction_filing_project_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    start_day, finish_day, admin_region, _region, location, _ref
  from construction_acceptance_acceptance
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), null, admin_region, _region, location, _ref
  from municipal_project_project_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    start_day, null, admin_region, _region, cast(null as varchar), _ref
  from building_start_start
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), null, admin_region, _region, location, _ref
  from highway_project_project_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day), null, admin_region, _region, location, _ref
  from water_project_project_ever
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    start_day, cast(cast(award_day as int) + cast($award_days as int) as date), admin_region, _region, location, _ref
  from agricultural_project_project_ever
),
projects as (
  select
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end) as taxpayer,
    min(builder_name) as taxpayer_name,
    min(case when builder_taxpayer is null then 'stated' else builder_confidence end) as confidence,
    min(builder_subject) as subject, project_name, min(project_code) as project_code,
    coalesce(min(begin_day), min(latest_day)) as begin_day,
    -- Where no row has a division the address tells the place; without either it is that of the office.
    coalesce(min(admin_region), case when min(location) is null then min(_region) end) as place_region,
    min(location) as location, string_agg(_ref, ';') as evidence,
    case when contains(min(builder_name), '公司') then
      concat(split_part(replace(replace(min(builder_name), '（', '('), '）', ')'), '公司', 1), '公司') end as head_name
  from works
  -- A project without a builder yet asks nothing of anybody.
  where coalesce(builder_taxpayer, builder_name, builder_uscc) is not null
  group by
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end),
    case when builder_taxpayer is null and coalesce(length(builder_uscc), 0) <> 18 then builder_name end, project_name
),
outsiders as (
  select
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end) as taxpayer,
    bool_or(from_outside) as from_outside
  from construction_permit_builder
  group by coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end)
),
known as (
  select taxpayer, count(*) as registration_count from registration group by taxpayer
),
branches as (
  -- A branch registered here answers for its head office: its code is another one, its name begins with the head's.
  select head_name, count(*) as branch_count, min(taxpayer_name) as branch_name from registration
  where is_branch and head_name is not null
  group by head_name
),
reports as (
  select
    coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer, project_code, project_name,
    coalesce(contract_from, checked_in_on) as from_day, coalesce(valid_to, contract_to) as to_day,
    case when contains(taxpayer_name, '公司') then
      concat(split_part(replace(replace(taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end as head_name
  from cross_region_report_report
),
-- Reports that a branch of the same head office made for the project.
of_branches as (
  select head_name, project_name from reports where head_name is not null and project_name is not null group by head_name, project_name
),
judged as (
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.begin_day, p.place_region, p.location, p.evidence,
    p.head_name,
    coalesce(bool_or(r.project_code = p.project_code or r.project_name = p.project_name
      or (r.from_day <= p.begin_day + interval '1 month' and coalesce(r.to_day, p.begin_day) >= p.begin_day)), false)
      or bool_or(o.head_name is not null) as is_reported
  from projects p
  left join reports r on r.taxpayer = p.taxpayer
  left join of_branches o on o.head_name = p.head_name and o.project_name = p.project_name
  group by p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.begin_day, p.place_region, p.location,
    p.evidence, p.head_name
)
select
  p.taxpayer, p.taxpayer_name, p.confidence, p.subject,
  p.begin_day as event_day,
  cast(null as varchar) as period,
  p.place_region, p.location as place_address, p.evidence,
  case
    when k.registration_count > 0 or b.branch_count > 0 or p.is_reported then null
    when s.seat_region is null and not (coalesce(o.from_outside, false) and $within_region = 1) then 'seat'
  end as not_comparable,
  case
    when k.registration_count > 0 or b.branch_count > 0 or p.is_reported then null
    -- The housing office says it comes from outside, and all that come from outside report.
    when s.seat_region is null and o.from_outside and $within_region = 1 then 'from_outside'
    when left(s.seat_region, 2) <> left($region, 2) then 'other_province'
    when left(s.seat_region, 6) = $region then 'unregistered_here'
    when s.seat_region is not null and $within_region = 1 then 'other_county'
  end as finding,
  p.project_name,
  p.begin_day,
  s.seat_region,
  b.branch_name
from judged p
left join seats s on s.taxpayer = p.taxpayer
left join outsiders o on o.taxpayer = p.taxpayer
left join known k on k.taxpayer = p.taxpayer
left join branches b on b.head_name = p.head_name
