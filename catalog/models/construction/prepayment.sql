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
filings as (
  -- A prepayment is looked for by the month, the quarter and the year of a receipt; `is_later` is the one of the period
  -- after, in which a branch may have paid.
  select
    f.*, length_of, is_later,
    case length_of
      when 'month' then date_trunc('month', period_to) - case when is_later then interval '1 month' else interval '0 month' end
      when 'quarter' then date_trunc('quarter', period_to) - case when is_later then interval '3 months' else interval '0 month' end
      else date_trunc('year', period_to) - case when is_later then interval '12 months' else interval '0 month' end
    end as bucket
  from prepayments f
  cross join (values ('month'), ('quarter'), ('year')) as lengths (length_of)
  cross join (values (false), (true)) as shifts (is_later)
),
-- Receipts and prepayments stand in one list, so that what belongs together is found in one pass.
listed as (
  select
    false as is_filing, cast(null as boolean) as is_later, office,
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end) as taxpayer,
    case when builder_taxpayer is null and coalesce(length(builder_uscc), 0) <> 18 then builder_name end as unknown_name,
    builder_name as taxpayer_name,
    case when contains(builder_name, '公司') then
      concat(split_part(replace(replace(builder_name, '（', '('), '）', ')'), '公司', 1), '公司') end as head_name,
    case when builder_taxpayer is null then 'stated' else builder_confidence end as confidence, builder_subject as subject,
    project_code, project_name, paid_in_period_yuan as received_yuan, cast(null as decimal(18, 2)) as prepaid_yuan,
    cast(null as decimal(18, 2)) as subcontract_yuan, cast(null as boolean) as general_method, vat_method,
    contract_amount_yuan,
    -- Where the row has no division its address tells the place; without either it is that of the office.
    coalesce(admin_region, case when location is null then _region end) as place_region, location,
    _period_from as period_from, _period_to as period_to,
    case when date_trunc('month', _period_from) = date_trunc('month', _period_to) then 'month'
      when date_trunc('quarter', _period_from) = date_trunc('quarter', _period_to) then 'quarter' else 'year' end as length_of,
    case when date_trunc('month', _period_from) = date_trunc('month', _period_to) then date_trunc('month', _period_to)
      when date_trunc('quarter', _period_from) = date_trunc('quarter', _period_to) then date_trunc('quarter', _period_to)
      else date_trunc('year', _period_to) end as bucket,
    _ref
  from receipts
  where coalesce(builder_taxpayer, builder_name, builder_uscc) is not null
  union all
  select
    true, is_later, 'tax', taxpayer, null, taxpayer_name, head_name, null, null, project_code, project_name, null,
    amount_yuan, subcontract_deducted_yuan, general_method, null, null, null, null, period_from, period_to, length_of, bucket,
    evidence
  from filings
),
keyed as (
  select
    l.*,
    -- Several offices report one project: by the code that its name goes with, else by its name.
    coalesce(case when project_name is not null then min(project_code) over (partition by project_name) end,
      project_code, project_name) as project,
    -- A head office and its branches are one enterprise: by the name of the head office as the tax bureau writes it.
    coalesce(unknown_name,
      min(case when is_filing then head_name end) over (partition by taxpayer),
      min(head_name) over (partition by taxpayer), taxpayer) as enterprise
  from listed l
),
sightings as (
  -- The lots of a project in one office's sheet add up.
  select
    is_filing, is_later, office, taxpayer, unknown_name, enterprise, project, length_of, bucket,
    min(taxpayer_name) as taxpayer_name, min(head_name) as head_name, min(confidence) as confidence, min(subject) as subject,
    min(project_name) as project_name, min(period_from) as period_from, max(period_to) as period_to,
    sum(received_yuan) as received_yuan, sum(prepaid_yuan) as prepaid_yuan, sum(coalesce(subcontract_yuan, 0)) as subcontract_yuan,
    bool_or(general_method) as general_method, count(general_method) as method_count, min(vat_method) as vat_method,
    max(contract_amount_yuan) as contract_amount_yuan, min(place_region) as place_region, min(location) as location,
    string_agg(_ref, ';') as evidence
  from keyed
  group by is_filing, is_later, office, taxpayer, unknown_name, enterprise, project, length_of, bucket
),
projects as (
  -- What several offices say was paid for a project in a period was paid once.
  select
    is_filing, is_later, taxpayer, unknown_name, enterprise, project, length_of, bucket,
    min(taxpayer_name) as taxpayer_name, min(head_name) as head_name, min(confidence) as confidence, min(subject) as subject,
    min(project_name) as project_name, min(period_from) as period_from, max(period_to) as period_to,
    max(received_yuan) as received_yuan, sum(prepaid_yuan) as prepaid_yuan, sum(subcontract_yuan) as subcontract_yuan,
    bool_or(general_method) as general_method, sum(method_count) as method_count, min(vat_method) as vat_method,
    max(contract_amount_yuan) as contract_amount_yuan, min(place_region) as place_region, min(location) as location,
    string_agg(evidence, ';') as evidence
  from sightings
  group by is_filing, is_later, taxpayer, unknown_name, enterprise, project, length_of, bucket
),
matched as (
  select
    p.*,
    sum(case when is_filing and not is_later then p.subcontract_yuan end)
      over (partition by enterprise, project, length_of, bucket) as filed_subcontract_yuan,
    bool_or(case when is_filing and not is_later then p.general_method end)
      over (partition by enterprise, project, length_of, bucket) as filed_general,
    sum(case when is_filing and not is_later then p.method_count end)
      over (partition by enterprise, project, length_of, bucket) as filed_methods,
    coalesce(sum(case when is_filing then p.prepaid_yuan end) over (partition by enterprise, project, length_of, bucket), 0)
      - coalesce(sum(case when is_filing then p.prepaid_yuan end)
        over (partition by enterprise, project, length_of, bucket, taxpayer), 0) as branch_paid_yuan,
    max(case when is_filing and p.taxpayer_name <> head_name then p.taxpayer_name end)
      over (partition by enterprise, project, length_of, bucket) as payer_name,
    string_agg(case when is_filing and p.taxpayer_name <> head_name then p.evidence end, ';')
      over (partition by enterprise, project, length_of, bucket) as payer_evidence
  from projects p
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
    p.location, concat_ws(';', p.evidence, case when p.branch_paid_yuan <> 0 then p.payer_evidence end) as evidence,
    p.received_yuan, p.filed_subcontract_yuan as subcontract_yuan, p.branch_paid_yuan,
    case when p.branch_paid_yuan <> 0 then p.payer_name end as branch_name, s.seat_region,
    coalesce(p.vat_method, case when p.filed_methods > 0 then case when p.filed_general then 'general' else 'simplified' end end) as vat_method,
    -- Small-scale on the period's last day: yes, no, or not known.
    case
      when p.vat_method = 'general' or p.filed_general then false
      when k.general_from <= p.period_to and (k.general_to is null or k.general_to >= p.period_to) then false
      when k.vat_payer_kind = 'small_scale' then true
      when k.vat_payer_kind = 'general' and k.general_from > p.period_to then true
      when k.vat_payer_kind = 'general' then false
      when p.contract_amount_yuan > $small_limit or p.received_yuan > $small_limit then false
    end as small_scale,
    -- The farms of the corps inside the county (codes 5xx) are the place of another authority.
    case when length(p.place_region) = 9 and substr(p.place_region, 7, 1) = '5' then p.place_region
      else coalesce(left(p.place_region, 6), $region) end as prepaid_at
  from matched p
  left join seats s on s.taxpayer = p.taxpayer
  left join payers k on k.taxpayer = p.taxpayer
  where not p.is_filing
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
