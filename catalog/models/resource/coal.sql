-- One row is what one mine raised in one quarter (or month, where it is reported so): resource tax on the sales of what left
-- the mine, sold or used otherwise than in further processing, and on the washed coal sold (资源税法 §2, §3, §5).
with reported as (
  select
    enterprise_taxpayer as taxpayer, enterprise_name as taxpayer_name, enterprise_confidence as confidence,
    enterprise_subject as subject, coalesce(mine_name, '') as mine, _period_from as period_from, _period_to as period_to,
    mined_tonnes, own_use_tonnes, opening_stock_tonnes, closing_stock_tonnes, sold_tonnes, sales_amount_yuan,
    transport_yuan, washed_sales_yuan, pit_price_without_tax_yuan, pit_price_yuan, capacity_tonnes, quantities_cumulative,
    coalesce(admin_region, _region) as place_region, _ref,
    date_trunc('year', _period_from) = date_trunc('year', _period_from - interval '1 day') as later_quarter
  from coal_output_mine
),
quarters as (
  select
    m.taxpayer, m.taxpayer_name, m.confidence, m.subject, m.mine, m.period_from, m.period_to,
    -- Quantities from the beginning of the year: less what the quarter before said.
    case when m.quantities_cumulative and m.later_quarter then m.mined_tonnes - p.mined_tonnes else m.mined_tonnes end
      as mined_tonnes,
    case when m.quantities_cumulative and m.later_quarter then m.own_use_tonnes - p.own_use_tonnes else m.own_use_tonnes end
      as own_use_tonnes,
    m.closing_stock_tonnes - m.opening_stock_tonnes as stock_rise_tonnes, m.sold_tonnes, m.sales_amount_yuan,
    m.transport_yuan, m.washed_sales_yuan, m.pit_price_without_tax_yuan, m.pit_price_yuan, m.capacity_tonnes,
    coalesce(m.sales_amount_yuan > 0 and m.sold_tonnes > 0, false) as has_sales,
    case
      when m.quantities_cumulative is null and m.later_quarter then 'missing:quantities_cumulative'
      when m.quantities_cumulative and m.later_quarter and not coalesce(p.quantities_cumulative or not p.later_quarter, false)
        then 'missing:previous_quarter'
    end as not_comparable,
    m.place_region, concat_ws(';', m._ref, case when m.quantities_cumulative and m.later_quarter then p._ref end) as evidence,
    row_number() over (partition by m.taxpayer, m.period_to order by m.mine) as place,
    count(*) over (partition by m.taxpayer, m.period_to) as mines
  from reported m
  left join reported p on p.taxpayer = m.taxpayer and p.mine = m.mine
    and p.period_to = cast(m.period_from - interval '1 day' as date)
),
years as (
  select taxpayer, mine, period_to, sum(mined_tonnes) over (partition by taxpayer, mine, date_trunc('year', period_to) order by period_to)
    as year_tonnes
  from quarters
),
permits as (
  -- The land office's quantities of the same quarter; cubic metres are not converted into tonnes.
  select
    registrant_taxpayer as taxpayer, min(registrant_name) as taxpayer_name, min(registrant_confidence) as confidence,
    min(registrant_subject) as subject, cast(date_trunc('quarter', _period_to) as date) as period_from,
    case when count(case when quantity_unit in ('tonne', 'ten_thousand_tonne') then 1 end) = count(*) then
      sum(case when quantity_unit = 'ten_thousand_tonne' then mined_quantity * 10000 else mined_quantity end) end as permit_tonnes,
    min(coalesce(admin_region, _region)) as place_region, string_agg(_ref, ';') as evidence
  from mining_output_output
  where contains(resource_name, '煤') and not contains(resource_name, '煤矸石') and not contains(resource_name, '煤层气')
    and mined_quantity > 0
  group by registrant_taxpayer, case when registrant_taxpayer is null then registrant_name end, date_trunc('quarter', _period_to)
),
county as (
  select _period_to as period_to, max(pit_price_without_tax_yuan) as pit_price_yuan, max(price_index) as price_index,
    string_agg(_ref, ';') as evidence
  from coal_output_county_total
  group by _period_to
),
own_payments as (
  select taxpayer, period_from, period_to, amount_yuan, evidence from payments where tax_kind = 'resource_tax' and amount_yuan > 0
),
filings as (
  -- Whoever pays by the month has a due day each month (资源税法 §12).
  select q.taxpayer, q.period_to, bool_or(p.period_to < p.period_from + interval '1 month') as by_month
  from quarters q
  join own_payments p on p.taxpayer = q.taxpayer and p.period_from <= q.period_to and p.period_to >= q.period_from
  where q.place = 1
  group by q.taxpayer, q.period_to
),
branches as (
  -- What another part of the same enterprise paid for the quarter.
  select
    h.taxpayer, h.period_to, sum(p.amount_yuan) as branch_paid_yuan, min(g.taxpayer_name) as branch_name, string_agg(p.evidence, ';') as evidence
  from (
    select q.taxpayer, q.period_from, q.period_to,
      coalesce(e.head_name, case when contains(q.taxpayer_name, '公司') then
        concat(split_part(replace(replace(q.taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
    from quarters q
    left join registration e on e.taxpayer = q.taxpayer
    where q.place = 1
  ) h
  join registration g on g.head_name = h.head_name
  join own_payments p on p.taxpayer = g.taxpayer and p.period_from <= h.period_to and p.period_to >= h.period_from
  where g.taxpayer <> h.taxpayer
  group by h.taxpayer, h.period_to
),
reliefs as (
  -- Reliefs of the resource itself; those of small payers come with the halving.
  select q.taxpayer, q.period_to, sum(r.amount_yuan) as relief_yuan, string_agg(r._ref, ';') as evidence
  from quarters q
  join relief_use_use r on r.taxpayer_taxpayer = q.taxpayer and r.period_from <= q.period_to and r.period_to >= q.period_from
  where q.place = 1 and r.tax_kind = 'resource_tax'
    and not contains(coalesce(r.relief_name, ''), '六税两费') and not contains(coalesce(r.relief_name, ''), '小规模')
    and not contains(coalesce(r.relief_name, ''), '小型微利') and not contains(coalesce(r.relief_name, ''), '个体工商户')
  group by q.taxpayer, q.period_to
)
select
  q.taxpayer, q.taxpayer_name, q.confidence, q.subject,
  q.period_to as event_day,
  case when date_trunc('month', q.period_from) = date_trunc('month', q.period_to) then
    concat(cast(date_part('year', q.period_to) as varchar), '-', lpad(cast(date_part('month', q.period_to) as varchar), 2, '0')) end as period,
  q.place_region,
  concat_ws(';', q.evidence, case when q.mines = 1 then p.evidence end, c.evidence, r.evidence, b.evidence) as evidence,
  case
    when q.not_comparable is not null then q.not_comparable
    when q.has_sales then null
    when q.stock_rise_tonnes is null then 'missing:stock_rise_tonnes'
    when q.own_use_tonnes is null then 'missing:own_use_tonnes'
    when q.pit_price_without_tax_yuan is null and q.pit_price_yuan is null then 'missing:pit_price_without_tax_yuan'
  end as not_comparable,
  q.mine as mine_name,
  q.mined_tonnes,
  case when q.mines = 1 then p.permit_tonnes end as permit_tonnes,
  coalesce(q.mines = 1 and p.permit_tonnes is not null, false) as has_permit,
  q.stock_rise_tonnes,
  q.own_use_tonnes,
  q.stock_rise_tonnes is not null and q.own_use_tonnes is not null as by_quantity,
  q.has_sales,
  q.sold_tonnes,
  q.sales_amount_yuan,
  q.transport_yuan,
  coalesce(q.own_use_tonnes > 0, false) or coalesce(q.washed_sales_yuan > 0, false) as washes,
  q.washed_sales_yuan,
  q.pit_price_without_tax_yuan,
  q.pit_price_yuan,
  c.pit_price_yuan as county_pit_price_yuan,
  c.pit_price_yuan is not null as has_county_price,
  c.price_index,
  case when q.sold_tonnes > 0 then q.sales_amount_yuan / q.sold_tonnes end as sales_price_yuan,
  q.capacity_tonnes,
  y.year_tonnes > q.capacity_tonnes as over_capacity,
  coalesce(r.relief_yuan, 0) as relief_yuan,
  case when f.by_month then 'month' else 'quarter' end as files_by,
  coalesce(b.branch_paid_yuan, 0) as branch_paid_yuan,
  b.branch_name
from quarters q
left join years y on y.taxpayer = q.taxpayer and y.mine = q.mine and y.period_to = q.period_to
left join permits p on p.taxpayer = q.taxpayer and p.period_from = cast(date_trunc('quarter', q.period_to) as date)
left join county c on c.period_to = q.period_to
left join reliefs r on r.taxpayer = q.taxpayer and r.period_to = q.period_to and q.place = 1
left join filings f on f.taxpayer = q.taxpayer and f.period_to = q.period_to
left join branches b on b.taxpayer = q.taxpayer and b.period_to = q.period_to and q.place = 1
union all
-- Coal raised under a permit of which the list of mines says nothing: neither stock nor price is known.
select
  p.taxpayer, p.taxpayer_name, p.confidence, p.subject,
  cast(p.period_from + interval '3 months' - interval '1 day' as date),
  null, p.place_region, p.evidence, 'missing:mine_report', null, null, p.permit_tonnes, false, null, null, false, false, null, null, null,
  false, null, null, null, null, false, null, null, null, null, 0, null, 0, null
from permits p
left join quarters q on q.taxpayer = p.taxpayer and cast(date_trunc('quarter', q.period_to) as date) = p.period_from
where q.taxpayer is null
