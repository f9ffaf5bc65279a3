-- One row is one party to one construction contract: owner and builder each owe stamp tax on it (印花税法 §1, §5, §13).
with sightings as (
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day, contract_amount_yuan, contract_tax_included,
    total_investment_yuan as budget_yuan, coalesce(admin_region, _region) as place_region, _ref
  from investment_approval_project
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day, contract_amount_yuan, contract_tax_included,
    total_investment_yuan, coalesce(admin_region, _region), _ref
  from investment_progress_progress
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day, contract_amount_yuan, contract_tax_included,
    total_investment_yuan, coalesce(admin_region, _region), _ref
  from construction_filing_project
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day, contract_amount_yuan, contract_tax_included,
    project_cost_yuan, coalesce(admin_region, _region), _ref
  from municipal_project_project
  union all
  select developer_taxpayer, developer_name, developer_confidence, developer_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, contract_amount_yuan,
    contract_tax_included, null, coalesce(admin_region, _region), _ref
  from building_start_start
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day, contract_amount_yuan, contract_tax_included,
    project_cost_yuan, coalesce(admin_region, _region), _ref
  from highway_project_project
  union all
  select owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name, builder_confidence,
    builder_subject, project_code, project_name, contract_day,
    -- A contract is made at the price of the bid.
    coalesce(contract_amount_yuan, bid_amount_yuan), contract_tax_included, null, coalesce(admin_region, _region), _ref
  from water_project_project
),
codes as (
  select project_name, min(project_code) as project_code from sightings where project_code is not null group by project_name
),
builders as (
  select builder_name, min(builder_taxpayer) as taxpayer from sightings where builder_taxpayer is not null group by builder_name
),
named as (
  -- Several offices report one project: by its code, else by its name; a builder linked in one sheet is the same in all.
  select
    s.owner_taxpayer, s.owner_name, s.owner_confidence, s.owner_subject,
    coalesce(s.builder_taxpayer, b.taxpayer) as builder_taxpayer, s.builder_name, s.builder_confidence, s.builder_subject,
    coalesce(s.project_code, c.project_code, s.project_name) as project,
    coalesce(s.builder_taxpayer, b.taxpayer, s.builder_name) as builder,
    s.project_name, s.contract_day, s.contract_amount_yuan, s.contract_tax_included, s.budget_yuan, s.place_region, s._ref
  from sightings s
  left join codes c on c.project_name = s.project_name
  left join builders b on b.builder_name = s.builder_name
),
owners as (
  select
    project, min(owner_taxpayer) as taxpayer, min(owner_name) as taxpayer_name,
    min(case when owner_taxpayer is not null then owner_confidence end) as confidence,
    min(case when owner_taxpayer is not null then owner_subject end) as subject, min(owner_subject) as stated_subject,
    count(distinct builder) as builders
  from named
  group by project
),
contracts as (
  select
    project, builder, min(builder_taxpayer) as taxpayer, min(builder_name) as taxpayer_name,
    min(case when builder_taxpayer is not null then builder_confidence end) as confidence,
    min(case when builder_taxpayer is not null then builder_subject end) as subject,
    min(builder_subject) as stated_subject, min(project_name) as project_name, min(contract_day) as contract_day,
    max(contract_amount_yuan) as contract_amount_yuan, max(budget_yuan) as budget_yuan,
    -- The offices may disagree: only what all that say anything say is known.
    case when bool_and(contract_tax_included) then true when not bool_or(contract_tax_included) then false end as tax_included,
    min(place_region) as place_region, string_agg(_ref, ';') as evidence
  from named
  group by project, builder
),
parties as (
  select
    c.taxpayer, c.taxpayer_name, c.confidence, coalesce(c.subject, c.stated_subject) as subject, 'builder' as role,
    c.project_name, c.contract_day, c.contract_amount_yuan, c.budget_yuan, c.tax_included, o.builders, c.place_region,
    c.evidence
  from contracts c
  join owners o on o.project = c.project
  where c.builder is not null
  union all
  -- Where one office names the builder and another does not it is still one contract.
  select
    o.taxpayer, o.taxpayer_name, o.confidence, coalesce(o.subject, o.stated_subject), 'owner',
    c.project_name, c.contract_day, c.contract_amount_yuan, c.budget_yuan, c.tax_included, o.builders, c.place_region,
    c.evidence
  from contracts c
  join owners o on o.project = c.project
  where (c.builder is not null or o.builders = 0) and o.taxpayer_name is not null
),
elsewhere as (
  -- Who is in our register only because it reported work from elsewhere is not seated here.
  select coalesce(taxpayer_taxpayer, taxpayer_uscc) as taxpayer from tax_registration_taxpayer
  where contains(registration_category, '跨区域') or contains(registration_category, '报验')
  union
  select builder_taxpayer from construction_permit_builder where left(seat_region, 6) <> $region
  union
  select coalesce(taxpayer_taxpayer, taxpayer_uscc) from cross_region_report_report where left(home_region, 6) <> $region
)
select
  p.taxpayer, taxpayer_name, confidence, subject,
  contract_day as event_day,
  cast(null as varchar) as period,
  place_region, evidence,
  case when e.taxpayer is not null then 'seat_elsewhere' end as left_out,
  case
    when contract_day is null then 'missing:contract_day'
    -- A budget is that of the whole project: it says nothing of the share of one builder among several.
    when contract_amount_yuan is null and (budget_yuan is null or builders > 1) then 'missing:contract_amount_yuan'
  end as not_comparable,
  role, project_name, contract_day, contract_amount_yuan, tax_included, budget_yuan
from parties p
left join elsewhere e on e.taxpayer = p.taxpayer
