-- One row is what one builder from elsewhere received for one project in one period: VAT prepaid at the place of the work.
with receipts as (
  -- What was received in a quarter stays received when the next quarter's row of the project takes its place.
  select 'approval' as office, builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from investment_approval_project_by_period
  union all
  select 'progress', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from investment_progress_progress_by_period
  union all
  select 'filing', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from construction_filing_project_by_period
  union all
  select 'municipal', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from municipal_project_project_by_period
  union all
  select 'highway', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from highway_project_project_by_period
  union all
  select 'water', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, contract_amount_yuan, admin_region,
    _region, location, _period_from, _period_to, _ref from water_project_project_by_period
  union all
  select 'agriculture', builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code,
    project_name, paid_in_period_yuan, vat_method, coalesce(contract_amount_yuan, bid_amount_yuan),
    admin_region, _region, location, _period_from, _period_to, _ref from agricultural_project_project_by_period
),
codes as (
  select project_name, min(project_code) as project_code from receipts where project_code is not null group by project_name
),
named as (
  -- Several offices report one project: by the code that its name goes with, else by its name.
  select
    r.office, coalesce(r.builder_taxpayer, case when length(r.builder_uscc) = 18 then r.builder_uscc end) as taxpayer,
    case when r.builder_taxpayer is null and coalesce(length(r.builder_uscc), 0) <> 18 then r.builder_name end as unknown_name,
    r.builder_name, case when r.builder_taxpayer is null then 'stated' else r.builder_confidence end as confidence,
    r.builder_subject, coalesce(c.project_code, r.project_name) as project, r.project_code, r.project_name,
    r.paid_in_period_yuan, r.vat_method, r.contract_amount_yuan,
    -- Where the row has no division its address tells the place; without either it is that of the office.
    coalesce(r.admin_region, case when r.location is null then r._region end) as place_region,
    r.location, r._period_from, r._period_to, r._ref
  from receipts r
  left join codes c on c.project_name = r.project_name
  where coalesce(r.builder_taxpayer, r.builder_name, r.builder_uscc) is not null
),
sightings as (
  -- The lots of a project in one office's sheet add up.
  select
    office, taxpayer, unknown_name, min(builder_name) as taxpayer_name, min(confidence) as confidence,
    min(builder_subject) as subject, project, min(project_name) as project_name, min(_period_from) as period_from,
    _period_to as period_to, sum(paid_in_period_yuan) as received_yuan, min(vat_method) as vat_method,
    max(contract_amount_yuan) as contract_amount_yuan, min(place_region) as place_region, min(location) as location,
    string_agg(_ref, ';') as evidence
  from named
  group by office, taxpayer, unknown_name, project, _period_to
),
projects as (
  -- What several offices say was paid for a project in a period was paid once.
  select
    taxpayer, min(taxpayer_name) as taxpayer_name, min(confidence) as confidence, min(subject) as subject, project,
    min(project_name) as project_name, min(period_from) as period_from, period_to, max(received_yuan) as received_yuan,
    min(vat_method) as vat_method, max(contract_amount_yuan) as contract_amount_yuan, min(place_region) as place_region,
    min(location) as location, string_agg(evidence, ';') as evidence,
    case when contains(min(taxpayer_name), '公司') then
      concat(split_part(replace(replace(min(taxpayer_name), '（', '('), '）', ')'), '公司', 1), '公司') end as head_name
  from sightings
  group by taxpayer, unknown_name, project, period_to
),
spoken as (
  -- The names and codes under which a builder's project may have been prepaid.
  select distinct p.taxpayer, p.head_name, n.project, n.project_name, n.project_code
  from named n
  join projects p on p.taxpayer = n.taxpayer and p.project = n.project and p.period_to = n._period_to
),
matched as (
  -- Prepaid by the builder itself, or by another part of the same enterprise (a branch of the builder's head office).
  select s.taxpayer, s.project, f.taxpayer as payer, f.taxpayer_name as payer_name, f.period_from, f.period_to, f.amount_yuan,
    f.subcontract_deducted_yuan, f.general_method, f.evidence
  from spoken s join prepayments f on f.taxpayer = s.taxpayer and f.project_name = s.project_name
  union
  select s.taxpayer, s.project, f.taxpayer, f.taxpayer_name, f.period_from, f.period_to, f.amount_yuan,
    f.subcontract_deducted_yuan, f.general_method, f.evidence
  from spoken s join prepayments f on f.taxpayer = s.taxpayer and f.project_code = s.project_code
  union
  select s.taxpayer, s.project, f.taxpayer, f.taxpayer_name, f.period_from, f.period_to, f.amount_yuan,
    f.subcontract_deducted_yuan, f.general_method, f.evidence
  from spoken s join prepayments f on f.head_name = s.head_name and f.project_name = s.project_name
  union
  select s.taxpayer, s.project, f.taxpayer, f.taxpayer_name, f.period_from, f.period_to, f.amount_yuan,
    f.subcontract_deducted_yuan, f.general_method, f.evidence
  from spoken s join prepayments f on f.head_name = s.head_name and f.project_code = s.project_code
),
filed as (
  select
    p.taxpayer, p.project, p.period_to, sum(coalesce(m.subcontract_deducted_yuan, 0)) as subcontract_yuan,
    bool_or(m.general_method) as general_method, count(m.general_method) as method_count
  from projects p
  join matched m on m.taxpayer = p.taxpayer and m.project = p.project
    and m.period_from <= p.period_to and m.period_to >= p.period_from
  group by p.taxpayer, p.project, p.period_to
),
branches as (
  -- A branch may prepay in the quarter after: at the low end it counts.
  select
    p.taxpayer, p.project, p.period_to, sum(m.amount_yuan) as branch_paid_yuan, min(m.payer_name) as branch_name,
    string_agg(m.evidence, ';') as evidence
  from projects p
  join matched m on m.taxpayer = p.taxpayer and m.project = p.project
    and m.period_from <= p.period_to + interval '3 months' and m.period_to >= p.period_from
  where m.payer <> p.taxpayer
  group by p.taxpayer, p.project, p.period_to
),
payers as (
  select
    taxpayer, min(vat_payer_kind) as vat_payer_kind, min(vat_general_from) as general_from, max(vat_general_to) as general_to
  from registration
  group by taxpayer
),
judged as (
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.period_from, p.period_to, p.place_region,
    p.location, concat_ws(';', p.evidence, b.evidence) as evidence, p.received_yuan, f.subcontract_yuan,
    coalesce(b.branch_paid_yuan, 0) as branch_paid_yuan, b.branch_name, s.seat_region,
    coalesce(p.vat_method, case when f.method_count > 0 then case when f.general_method then 'general' else 'simplified' end end) as vat_method,
    -- Small-scale on the period's last day: yes, no, or not known.
    case
      when p.vat_method = 'general' or f.general_method then false
      when k.general_from <= p.period_to and (k.general_to is null or k.general_to >= p.period_to) then false
      when k.vat_payer_kind = 'small_scale' then true
      when k.vat_payer_kind = 'general' and k.general_from > p.period_to then true
      when k.vat_payer_kind = 'general' then false
      when p.contract_amount_yuan > $small_limit or p.received_yuan > $small_limit then false
    end as small_scale,
    -- The farms of the corps inside the county (codes 5xx) are the place of another authority.
    case when length(p.place_region) = 9 and substr(p.place_region, 7, 1) = '5' then p.place_region
      else coalesce(left(p.place_region, 6), $region) end as prepaid_at
  from projects p
  left join seats s on s.taxpayer = p.taxpayer
  left join payers k on k.taxpayer = p.taxpayer
  left join filed f on f.taxpayer = p.taxpayer and f.project = p.project and f.period_to = p.period_to
  left join branches b on b.taxpayer = p.taxpayer and b.project = p.project and b.period_to = p.period_to
)
select
  taxpayer, taxpayer_name, confidence, subject,
  period_to as event_day,
  -- General payers prepay by the month where the sheet tells the month; else the quarter stands in, which is lenient.
  case when small_scale = false and date_trunc('month', period_from) = date_trunc('month', period_to)
    then left(cast(period_to as varchar), 7) end as period,
  place_region, location as place_address, evidence,
  case
    when left(seat_region, 6) = $region then 'same_county'
    -- Within one prefecture nothing is prepaid from 2017-05-01 on (公告2017年第11号第3条; 公告2026年第14号第3条); cities
    -- directly under the region (6590…) are each their own.
    when period_to >= date '2017-05-01' and left(seat_region, 4) = left($region, 4) and left(seat_region, 4) <> '6590'
      then 'same_prefecture'
  end as left_out,
  case when seat_region is null then 'seat' end as not_comparable,
  project_name,
  seat_region,
  received_yuan,
  subcontract_yuan,
  -- The line of small-scale payers is on the sales of all their projects at the place of prepayment (总局公告2023年第1号
  -- §9), of the quarter: whoever chose the month has a lower line, so the quarter is lenient.
  sum(coalesce(received_yuan, 0)) over (partition by taxpayer, prepaid_at, date_trunc('quarter', period_to))
    as place_received_yuan,
  sum(coalesce(subcontract_yuan, 0)) over (partition by taxpayer, prepaid_at, date_trunc('quarter', period_to))
    as place_subcontract_yuan,
  sum(case when subcontract_yuan is null then coalesce(received_yuan, 0) else 0 end)
    over (partition by taxpayer, prepaid_at, date_trunc('quarter', period_to)) as place_open_yuan,
  branch_paid_yuan,
  branch_name,
  vat_method,
  coalesce(vat_method = 'owner_supplied', false) as owner_supplied,
  not coalesce(small_scale, false) and coalesce(vat_method = 'general', true) as may_be_general,
  not coalesce(small_scale, false) and coalesce(vat_method = 'simplified', true) as may_be_simplified,
  coalesce(small_scale, true) and coalesce(vat_method <> 'general', true) as may_be_small
from judged
