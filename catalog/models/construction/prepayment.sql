-- One row is what one builder from elsewhere received for one project in one period: VAT prepaid at the place of the work.
with receipts as (
  -- What was received in a quarter stays received when the next quarter's row of the project takes its place.
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    paid_in_period_yuan, vat_method, contract_amount_yuan, coalesce(admin_region, _region) as place_region, _period_from,
    _period_to, _ref from investment_progress_progress_by_period
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    paid_in_period_yuan, vat_method, contract_amount_yuan, coalesce(admin_region, _region) as place_region, _period_from,
    _period_to, _ref from municipal_project_project_by_period
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    paid_in_period_yuan, vat_method, contract_amount_yuan, coalesce(admin_region, _region) as place_region, _period_from,
    _period_to, _ref from highway_project_project_by_period
  union all
  select builder_taxpayer, builder_name, builder_uscc, builder_confidence, builder_subject, project_code, project_name,
    paid_in_period_yuan, vat_method, contract_amount_yuan, coalesce(admin_region, _region) as place_region, _period_from,
    _period_to, _ref from water_project_project_by_period
),
projects as (
  -- Several offices report one project: what was paid for it in a period counts once.
  select
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end) as taxpayer,
    min(builder_name) as taxpayer_name,
    min(case when builder_taxpayer is null then 'stated' else builder_confidence end) as confidence,
    min(builder_subject) as subject, project_name, min(project_code) as project_code, min(_period_from) as period_from,
    _period_to as period_to, max(paid_in_period_yuan) as received_yuan, min(vat_method) as vat_method,
    max(contract_amount_yuan) as contract_amount_yuan, min(place_region) as place_region,
    string_agg(_ref, ';') as evidence
  from receipts
  where coalesce(builder_taxpayer, builder_name, builder_uscc) is not null
  group by
    coalesce(builder_taxpayer, case when length(builder_uscc) = 18 then builder_uscc end),
    case when builder_taxpayer is null and coalesce(length(builder_uscc), 0) <> 18 then builder_name end,
    project_name, _period_to
),
seats as (
  select taxpayer, min(seat_region) as seat_region
  from (
    select builder_taxpayer as taxpayer, seat_region from construction_permit_builder where seat_region is not null
    union all
    select coalesce(taxpayer_taxpayer, taxpayer_uscc), home_region from cross_region_report_report where home_region is not null
  )
  where taxpayer is not null
  group by taxpayer
),
payers as (
  select
    taxpayer, min(vat_payer_kind) as vat_payer_kind, min(vat_general_from) as general_from, max(vat_general_to) as general_to
  from registration
  group by taxpayer
),
filed as (
  select
    p.taxpayer, p.project_name, p.period_to, sum(coalesce(f.subcontract_deducted_yuan, 0)) as subcontract_yuan,
    bool_or(f.general_method) as general_method, count(f.general_method) as method_count
  from projects p
  join prepayments f on f.taxpayer = p.taxpayer and f.period_from <= p.period_to and f.period_to >= p.period_from
    and (f.project_code = p.project_code or f.project_name = p.project_name)
  group by p.taxpayer, p.project_name, p.period_to
),
judged as (
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.period_to, p.place_region, p.evidence,
    p.received_yuan, f.subcontract_yuan,
    coalesce(s.seat_region, case when length(p.taxpayer) = 18 then substr(p.taxpayer, 3, 6) end) as seat_region,
    coalesce(p.vat_method, case when f.method_count > 0 then case when f.general_method then 'general' else 'simplified' end end) as vat_method,
    -- Small-scale on the period's last day: yes, no, or not known.
    case
      when p.vat_method = 'general' or f.general_method then false
      when k.general_from <= p.period_to and (k.general_to is null or k.general_to >= p.period_to) then false
      when k.vat_payer_kind = 'small_scale' then true
      when k.vat_payer_kind = 'general' and k.general_from > p.period_to then true
      when k.vat_payer_kind = 'general' then false
      when p.contract_amount_yuan > $small_limit or p.received_yuan > $small_limit then false
    end as small_scale
  from projects p
  left join seats s on s.taxpayer = p.taxpayer
  left join payers k on k.taxpayer = p.taxpayer
  left join filed f on f.taxpayer = p.taxpayer and f.project_name = p.project_name and f.period_to = p.period_to
)
select
  taxpayer, taxpayer_name, confidence, subject,
  period_to as event_day,
  cast(null as varchar) as period,
  place_region, evidence,
  case
    when left(seat_region, 6) = $region then 'same_county'
    -- Within one prefecture nothing is prepaid from 2017-05-01 on (公告2017年第11号第3条); cities directly under the
    -- region (6590…) are each their own.
    when period_to >= date '2017-05-01' and left(seat_region, 4) = left($region, 4) and left(seat_region, 4) <> '6590'
      then 'same_prefecture'
  end as left_out,
  case when seat_region is null then 'missing:seat_region' end as not_comparable,
  project_name,
  seat_region,
  received_yuan,
  subcontract_yuan,
  vat_method,
  coalesce(vat_method = 'owner_supplied', false) as owner_supplied,
  not coalesce(small_scale, false) and coalesce(vat_method = 'general', true) as may_be_general,
  not coalesce(small_scale, false) and coalesce(vat_method = 'simplified', true) as may_be_simplified,
  coalesce(small_scale, true) and coalesce(vat_method <> 'general', true) as may_be_small
from judged
