-- One row is one builder of one project: is it registered here, or has it reported its work (征管法实施细则 §21)?
with works as (
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from investment_approval_project
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from investment_progress_progress
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from construction_permit_construction_permit
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from construction_filing_project
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    start_day as begin_day, coalesce(admin_region, _region) as place_region, _ref from construction_acceptance_acceptance
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from municipal_project_project
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    start_day as begin_day, coalesce(admin_region, _region) as place_region, _ref from building_start_start
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from highway_project_project
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    coalesce(start_day, permit_day) as begin_day, coalesce(admin_region, _region) as place_region, _ref from water_project_project
),
projects as (
  select
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end) as taxpayer,
    min(builder_name) as taxpayer_name,
    min(case when builder_taxpayer is null then 'stated' else builder_confidence end) as confidence,
    min(builder_subject) as subject, project_name, min(project_code) as project_code, min(begin_day) as begin_day,
    min(place_region) as place_region, string_agg(_ref, ';') as evidence
  from works
  -- A project without a builder yet asks nothing of anybody.
  where coalesce(builder_taxpayer, builder_name, builder_uscc) is not null
  group by
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end),
    case when builder_taxpayer is null and coalesce(length(builder_uscc), 0) <> 18 then builder_name end, project_name
),
seats as (
  select builder_taxpayer as taxpayer, min(seat_region) as seat_region
  from construction_permit_builder
  where builder_taxpayer is not null and seat_region is not null
  group by builder_taxpayer
),
known as (
  select taxpayer, count(*) as registration_count from registration group by taxpayer
),
reported as (
  select p.taxpayer, p.project_name, count(*) as report_count
  from projects p
  join cross_region_report_report r on coalesce(r.taxpayer_taxpayer, r.taxpayer_uscc) = p.taxpayer
  where r.project_code = p.project_code or r.project_name = p.project_name
    or (coalesce(r.contract_from, r.checked_in_on) <= p.begin_day + interval '1 month'
      and coalesce(r.valid_to, r.contract_to, p.begin_day) >= p.begin_day)
  group by p.taxpayer, p.project_name
),
placed as (
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.begin_day, p.place_region, p.evidence,
    k.registration_count, r.report_count,
    -- The code holds the region of the first registration: it stands in where no office says the present seat.
    coalesce(s.seat_region, case when length(p.taxpayer) = 18 then substr(p.taxpayer, 3, 6) end) as seat_region
  from projects p
  left join seats s on s.taxpayer = p.taxpayer
  left join known k on k.taxpayer = p.taxpayer
  left join reported r on r.taxpayer = p.taxpayer and r.project_name = p.project_name
)
select
  taxpayer, taxpayer_name, confidence, subject,
  begin_day as event_day,
  cast(null as varchar) as period,
  place_region, evidence,
  case when seat_region is null then 'missing:seat_region' end as not_comparable,
  case
    when registration_count > 0 or report_count > 0 then null
    when left(seat_region, 2) <> left($region, 2) then 'other_province'
    when left(seat_region, 6) = $region then 'unregistered_here'
    when $within_region = 1 then 'other_county'
  end as finding,
  project_name,
  begin_day,
  seat_region
from placed
