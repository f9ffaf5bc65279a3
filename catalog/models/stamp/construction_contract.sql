-- One row is one party to one construction contract: owner and builder each owe stamp tax on it (印花税法 §1, §5, §13).
with sightings as (
  -- Of each row the price of the contract and the figures that may stand in for it; the day of the contract, else of the
  -- award or the permit.
  select 'approval' as office, owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, cast(null as date) as award_day,
    cast(null as date) as permit_day, cast(null as date) as settled_day, contract_amount_yuan as contract_yuan,
    cast(null as decimal(18, 2)) as permit_yuan, cast(null as decimal(18, 2)) as bid_yuan,
    cast(null as decimal(18, 2)) as settled_yuan, contract_tax_included, total_investment_yuan as budget_yuan,
    coalesce(admin_region, _region) as place_region, _ref
  from investment_approval_project_ever
  union all
  select 'progress', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, final_account_yuan, contract_tax_included, total_investment_yuan, coalesce(admin_region, _region), _ref
  from investment_progress_progress_ever
  union all
  select 'filing', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, null, contract_tax_included, total_investment_yuan, coalesce(admin_region, _region), _ref
  from construction_filing_project_ever
  union all
  select 'municipal', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, null, contract_tax_included, project_cost_yuan, coalesce(admin_region, _region), _ref
  from municipal_project_project_ever
  union all
  select 'start', developer_taxpayer, developer_name, developer_confidence, developer_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, null, contract_tax_included, null, coalesce(admin_region, _region), _ref
  from building_start_start
  union all
  select 'highway', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, null, contract_tax_included, project_cost_yuan, coalesce(admin_region, _region), _ref
  from highway_project_project_ever
  union all
  select 'water', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, bid_amount_yuan, null, contract_tax_included, null, coalesce(admin_region, _region), _ref
  from water_project_project_ever
  union all
  select 'agriculture', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, award_day, null,
    coalesce(settlement_day, final_account_day), contract_amount_yuan, null, bid_amount_yuan,
    coalesce(settlement_yuan, final_account_yuan), contract_tax_included, total_investment_yuan,
    coalesce(admin_region, _region), _ref
  from agricultural_project_project_ever
  union all
  select 'permit', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, null, null, permit_day, null, null,
    contract_amount_yuan, null, null, contract_tax_included, null, coalesce(admin_region, _region), _ref
  from construction_permit_construction_permit
  union all
  select 'tender', owner_taxpayer, owner_name, owner_confidence, owner_subject, winner_taxpayer, winner_name,
    winner_confidence, winner_subject, project_code, project_name, null, award_day, null, null, null, null,
    contract_amount_yuan, null, contract_tax_included, null, coalesce(admin_region, _region), _ref
  from construction_permit_tender
  union all
  select 'foreign', owner_taxpayer, owner_name, owner_confidence, owner_subject, builder_taxpayer, builder_name,
    builder_confidence, builder_subject, project_code, project_name, contract_day, null, null, null, contract_amount_yuan,
    null, null, null, contract_tax_included, null, coalesce(admin_region, _region), _ref
  from construction_permit_foreign_contract
),
named as (
  -- A builder linked in one sheet is the same in all.
  select
    s.*,
    coalesce(builder_taxpayer, case when builder_name is not null then
      min(builder_taxpayer) over (partition by builder_name) end) as linked_builder,
    coalesce(builder_taxpayer, case when builder_name is not null then
      min(builder_taxpayer) over (partition by builder_name) end, builder_name) as builder,
    coalesce(contract_yuan, permit_yuan, bid_yuan, settled_yuan) as amount_yuan,
    case when contract_yuan is not null then 1 when permit_yuan is not null then 2 when bid_yuan is not null then 3
      when settled_yuan is not null then 4 end as amount_rank
  from sightings s
),
projects as (
  -- Several offices report one project: by the code that goes with the name for this builder, else by its own code, else by
  -- its name.
  select
    n.*,
    coalesce(
      case when builder is not null then min(project_code) over (partition by project_name, builder) end,
      project_code, min(project_code) over (partition by project_name), project_name) as project
  from named n
),
spelled as (
  -- A builder whose name nobody knows is the one whom another office names, where it alone has that price in the project.
  select
    p.*,
    coalesce(linked_builder,
      case when amount_yuan is not null
        and min(linked_builder) over (partition by project, amount_yuan) = max(linked_builder) over (partition by project, amount_yuan)
        and min(case when linked_builder is not null then office end) over (partition by project, amount_yuan) <> office
        and max(case when linked_builder is not null then office end) over (partition by project, amount_yuan) <> office
        then min(linked_builder) over (partition by project, amount_yuan) end) as builder_taxpayer_told
  from projects p
),
told as (
  select s.*, coalesce(builder_taxpayer_told, builder) as contractor from spelled s
),
-- A builder may have several contracts for one project, and several offices report each of them. No office lists one
-- contract twice: the first row of one office with an amount meets the first of another with the same amount.
counted as (
  select
    p.*,
    row_number() over (partition by project, contractor, office, amount_yuan order by contract_day, _ref) as nth,
    min(owner_taxpayer) over (partition by project) as project_owner,
    min(owner_name) over (partition by project) as project_owner_name,
    min(case when owner_taxpayer is not null then owner_confidence end) over (partition by project) as project_owner_confidence,
    coalesce(min(case when owner_taxpayer is not null then owner_subject end) over (partition by project),
      min(owner_subject) over (partition by project)) as project_owner_subject,
    min(contractor) over (partition by project) as first_contractor,
    max(contractor) over (partition by project) as last_contractor
  from told p
),
prices as (
  select
    c.*,
    min(contract_day) over (partition by project, contractor, amount_yuan, nth) as price_day,
    min(office) over (partition by project, contractor, amount_yuan, nth) as price_office,
    count(*) over (partition by project, contractor, amount_yuan, nth) as price_rows
  from counted c
),
placed as (
  select
    p.*,
    row_number() over (partition by project, contractor, office, price_day order by price_rows desc, amount_yuan desc, _ref)
      as place_on_day
  from prices p
),
-- Rows of one day are as many contracts as the office with most of them has: the others' are the same ones, a price with
-- VAT and one without it.
days as (
  select
    p.*,
    amount_yuan is not null and price_day is not null as is_dated,
    max(place_on_day) over (partition by project, contractor, amount_yuan, nth) as day_place
  from placed p
),
rowed as (
  select
    d.*,
    row_number() over (partition by project, contractor, is_dated, price_day, day_place order by price_office, _ref) as row_of_day
  from days d
),
followed as (
  -- Two offices whose days lie within a month and whose prices within an eighth mean one contract.
  select
    r.*,
    case
      when row_of_day > 1 then 0
      when lag(price_office) over before <> price_office
        and lag(price_day) over before < price_day
        and price_day <= lag(price_day) over before + interval '31 days'
        and greatest(amount_yuan, lag(amount_yuan) over before) * 8 <= least(amount_yuan, lag(amount_yuan) over before) * 9
        then 0
      else 1
    end as begins
  from rowed r
  window before as (partition by project, contractor, is_dated order by price_day, day_place, row_of_day)
),
dated as (
  select
    f.*,
    case when is_dated then sum(begins) over (partition by project, contractor, is_dated
      order by price_day, day_place, row_of_day rows between unbounded preceding and current row) end as dated_number
  from followed f
),
numbered as (
  -- A price without the day of its contract (a permit's, a bid) is that of a dated contract, unless its office has more
  -- prices than there are such contracts. A row without a price belongs to the contract of its day, else to the first.
  select
    d.*,
    case
      when amount_yuan is null then coalesce(
        case when contract_day is not null then min(dated_number) over (partition by project, contractor, contract_day) end, 1)
      else coalesce(dated_number, row_number() over (partition by project, contractor, office, amount_yuan is null
        order by dated_number nulls last, coalesce(award_day, permit_day), amount_yuan, _ref))
    end as contract_number
  from dated d
),
contracts as (
  select
    project, contractor, contract_number, min(builder_taxpayer_told) as builder_taxpayer, min(builder_name) as builder_name,
    min(case when builder_taxpayer is not null then builder_confidence end) as builder_confidence,
    coalesce(min(case when builder_taxpayer is not null then builder_subject end), min(builder_subject)) as builder_subject,
    min(project_owner) as owner_taxpayer, min(project_owner_name) as owner_name,
    min(project_owner_confidence) as owner_confidence, min(project_owner_subject) as owner_subject,
    min(first_contractor) as first_contractor, min(last_contractor) as last_contractor,
    min(project_name) as project_name, min(contract_day) as contract_day, min(award_day) as award_day,
    min(permit_day) as permit_day, min(settled_day) as settled_day, min(contract_yuan) as contract_yuan,
    min(permit_yuan) as permit_yuan, min(bid_yuan) as bid_yuan, min(settled_yuan) as settled_yuan,
    coalesce(max(contract_yuan), max(permit_yuan), max(bid_yuan), max(settled_yuan)) as amount_most_yuan,
    max(budget_yuan) as budget_yuan,
    -- The offices may disagree: only what all that say anything say is known.
    case when bool_and(contract_tax_included) then true when not bool_or(contract_tax_included) then false end as tax_included,
    min(place_region) as place_region, string_agg(_ref, ';') as evidence
  from numbered
  group by project, contractor, contract_number
),
parties as (
  select
    role,
    case when role = 'builder' then builder_taxpayer else owner_taxpayer end as taxpayer,
    case when role = 'builder' then builder_name else owner_name end as taxpayer_name,
    case when role = 'builder' then builder_confidence else owner_confidence end as confidence,
    case when role = 'builder' then builder_subject else owner_subject end as subject,
    project_name, contract_day, award_day, permit_day, settled_day, contract_yuan, permit_yuan, bid_yuan, settled_yuan,
    amount_most_yuan, budget_yuan, first_contractor <> last_contractor as several_builders, tax_included, place_region, evidence
  from contracts
  cross join (values ('builder'), ('owner')) as both_parties (role)
  where (role = 'builder' and contractor is not null)
    -- Where one office names the builder and another does not it is still one contract.
    or (role = 'owner' and (contractor is not null or first_contractor is null) and owner_name is not null)
),
priced as (
  select
    p.*,
    coalesce(contract_yuan, permit_yuan, bid_yuan, settled_yuan) as contract_amount_yuan,
    case when contract_yuan is not null then 'contract' when permit_yuan is not null then 'permit'
      when bid_yuan is not null then 'bid' when settled_yuan is not null then 'settlement'
      when budget_yuan is not null then 'budget' end as amount_from,
    coalesce(contract_day, award_day, permit_day, settled_day) as known_day,
    case when contract_day is not null then 'contract' when award_day is not null then 'award'
      when permit_day is not null then 'permit' when settled_day is not null then 'settlement' end as day_from,
    -- A contract follows the award within thirty days (招标投标法 §46).
    case when contract_day is null then cast(cast(award_day as int) + cast($award_days as int) as date) end as latest_day
  from parties p
),
heads as (
  -- By its registered name: a sheet may spell it otherwise.
  select taxpayer, min(head_name) as head_name from registration where not is_branch group by taxpayer
),
branches as (
  -- What branches of a head office paid under the name of a project.
  select head_name, project_name, sum(amount_yuan) as paid_yuan, string_agg(evidence, ';') as evidence
  from payments
  where tax_kind = 'stamp_tax' and is_branch and project_name is not null
  group by head_name, project_name
)
select
  p.taxpayer, p.taxpayer_name, p.confidence, p.subject,
  p.known_day as event_day,
  cast(null as varchar) as period,
  p.place_region, concat_ws(';', p.evidence, b.evidence) as evidence,
  case
    when s.from_elsewhere or left(s.reported_region, 6) <> $region or left(s.listed_region, 6) <> $region
      then 'seat_elsewhere'
    -- Documents of the army and the armed police are exempt (印花税法 §12).
    when contains(p.taxpayer_name, '解放军') or contains(p.taxpayer_name, '武警') or contains(p.taxpayer_name, '武装警察')
      then 'army'
  end as left_out,
  case
    when p.known_day is null then 'missing:contract_day'
    -- It may have been signed in the quarter after the award: until that is over and filed nobody can say that it is late.
    when date_trunc('quarter', p.latest_day) > date_trunc('quarter', p.award_day)
      and $as_of <= date_trunc('quarter', p.latest_day) + interval '4 months' then 'missing:contract_day'
    -- A budget is that of the whole project: it says nothing of the share of one builder among several.
    when p.contract_amount_yuan is null and (p.budget_yuan is null or coalesce(p.several_builders, false))
      then 'missing:contract_amount_yuan'
  end as not_comparable,
  p.role, p.project_name, p.contract_day, p.day_from, p.contract_amount_yuan,
  coalesce(p.amount_most_yuan, p.budget_yuan) as amount_most_yuan, p.amount_from,
  p.tax_included, p.budget_yuan, coalesce(b.paid_yuan, 0) as branch_paid_yuan
from priced p
left join seats s on s.taxpayer = p.taxpayer
left join heads h on h.taxpayer = p.taxpayer
left join branches b
  on b.head_name = coalesce(h.head_name, replace(replace(p.taxpayer_name, '（', '('), '）', ')')) and b.project_name = p.project_name
