-- One row is what one developer received for one project in one period before handing over: VAT is prepaid on presale
-- receipts (公告2016年第18号, from 2026 公告2026年第14号). A project stands in several rows, one a planned use; what it received in a quarter stays
-- received when the next quarter's row takes its place.
with projects as (
  select
    developer_taxpayer as taxpayer, min(developer_name) as taxpayer_name, min(developer_confidence) as confidence,
    min(developer_subject) as subject, coalesce(project_name, location) as project_name, _period_to as period_to,
    min(_period_from) as period_from,
    case when count(received_in_period_yuan) = count(*) then sum(received_in_period_yuan) end as received_yuan,
    min(permit_day) as permit_day,
    -- Completed only when every use of it is.
    case when count(accepted_day) = count(*) then max(accepted_day) end as accepted_day,
    min(accepted_day) as first_accepted_day,
    min(coalesce(admin_region, _region)) as place_region, string_agg(_ref, ';') as evidence
  from real_estate_sales_project_stock_by_period
  group by
    developer_taxpayer, case when developer_taxpayer is null then developer_name end, coalesce(project_name, location), _period_to
),
starts as (
  select developer_taxpayer as taxpayer, project_name, min(coalesce(start_day, contract_day)) as start_day
  from building_start_start
  where developer_taxpayer is not null
  group by developer_taxpayer, project_name
),
payers as (
  select
    taxpayer, min(vat_payer_kind) as vat_payer_kind, min(vat_general_from) as general_from, max(vat_general_to) as general_to
  from registration
  group by taxpayer
),
filed as (
  -- By which method the project was filed so far: once chosen, the simplified one stays for 36 months (公告2016年第18号 §8).
  select
    p.taxpayer, p.project_name, p.period_to, bool_or(f.general_method) as general_method,
    bool_or(not f.general_method) as simplified_method
  from projects p
  join real_estate_prepayments f on f.taxpayer = p.taxpayer and f.project_name = p.project_name and f.period_from <= p.period_to
  group by p.taxpayer, p.project_name, p.period_to
),
heads as (
  -- By its registered name: a sheet may spell it otherwise.
  select taxpayer, min(head_name) as head_name from registration where not is_branch group by taxpayer
),
others as (
  -- Prepaid for the project by a branch, or by whomever as construction, in the quarter or the one after.
  select
    head_name, project_name, quarter_start, sum(amount_yuan) as other_paid_yuan, min(taxpayer_name) as other_payer,
    string_agg(evidence, ';') as evidence
  from (
    select head_name, project_name, taxpayer_name, amount_yuan, evidence,
      date_trunc('quarter', period_to) - case when is_later then interval '3 months' else interval '0 month' end as quarter_start
    from (
      select head_name, project_name, taxpayer_name, period_to, amount_yuan, evidence
      from real_estate_prepayments
      where head_name <> replace(replace(taxpayer_name, '（', '('), '）', ')')
      union all
      select head_name, project_name, taxpayer_name, period_to, amount_yuan, evidence
      from prepayments
      where prepayment_sort = 'construction'
    )
    cross join (values (false), (true)) as shifts (is_later)
  )
  where head_name is not null and project_name is not null
  group by head_name, project_name, quarter_start
),
judged as (
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.project_name, p.period_from, p.period_to, p.received_yuan,
    p.permit_day, p.accepted_day, p.first_accepted_day, p.place_region, concat_ws(';', p.evidence, o.evidence) as evidence,
    coalesce(o.other_paid_yuan, 0) as other_paid_yuan, o.other_payer, s.start_day, f.general_method,
    f.simplified_method,
    case
      when k.general_from <= p.period_to and (k.general_to is null or k.general_to >= p.period_to) then false
      when k.vat_payer_kind = 'small_scale' then true
      when k.vat_payer_kind = 'general' and k.general_from > p.period_to then true
      when k.vat_payer_kind = 'general' then false
    end as small_scale,
    -- Old: building began by 2016-04-30 (the permit's day, else the contract's); a presale permit of that time says the same.
    case
      when p.permit_day <= date '2016-04-30' or s.start_day <= date '2016-04-30' then true
      when s.start_day > date '2016-04-30' then false
    end as old_project
  from projects p
  left join starts s on s.taxpayer = p.taxpayer and s.project_name = p.project_name
  left join payers k on k.taxpayer = p.taxpayer
  left join filed f on f.taxpayer = p.taxpayer and f.project_name = p.project_name and f.period_to = p.period_to
  left join heads h on h.taxpayer = p.taxpayer
  left join others o on o.head_name = coalesce(h.head_name, replace(replace(p.taxpayer_name, '（', '('), '）', ')'))
    and o.project_name = p.project_name and o.quarter_start = date_trunc('quarter', p.period_to)
)
select
  taxpayer, taxpayer_name, confidence, subject,
  period_to as event_day,
  -- General payers prepay by the month (公告2016年第18号 §12) where the sheet tells the month; else the quarter stands in,
  -- which is lenient.
  case when small_scale = false and date_trunc('month', period_from) = date_trunc('month', period_to)
    then left(cast(period_to as varchar), 7) end as period,
  place_region, evidence,
  -- After acceptance houses are handed over: what comes in is taxed in the ordinary return.
  case when accepted_day < period_from then 'completed' end as left_out,
  project_name,
  received_yuan,
  other_paid_yuan,
  other_payer,
  permit_day,
  start_day,
  first_accepted_day as accepted_day,
  small_scale,
  old_project,
  -- Part of the receipts may be for houses already handed over.
  coalesce(first_accepted_day <= period_to, false) as part_completed,
  -- The line of small-scale payers is on the sales of all their projects here in the quarter (总局公告2023年第1号 §9, §10).
  sum(coalesce(received_yuan, 0)) over (partition by taxpayer, date_trunc('quarter', period_to)) as place_received_yuan,
  not coalesce(small_scale, false) and not (coalesce(simplified_method, false) and not coalesce(general_method, false)
    and coalesce(old_project, true)) as may_be_general,
  not coalesce(small_scale, false) and coalesce(old_project, true) and not coalesce(general_method, false) as may_be_old,
  coalesce(small_scale, not coalesce(general_method, false)) as may_be_small
from judged
