-- One row is what one outlet discharged in one month of one group of pollutants (air, water of the first class, other
-- water): environmental tax counts by month, outlet and pollutant (环境保护税法 §7–10). The pollutants that count stand
-- side by side, those with the most equivalents first.
with grouped as (
  select
    taxpayer, discharger_name, discharger_confidence, discharger_subject, outlet_code, pollutant, discharge_month, month_from,
    _period_from, discharged_kilograms, limit_exceeded, mean_exceeds, place_region, _ref, left_out,
    case
      when starts_with(pollutant, 'air_') then 'air'
      when starts_with(pollutant, 'water_1_') then 'water_first'
      when starts_with(pollutant, 'water_2_') then 'water_other'
    end as pollutant_group,
    -- Coefficients and samples give no concentration in the sense of 实施条例 §10, so nothing is taken off.
    case
      when monitoring_method in ('coefficient', 'sampling') then 1
      when starts_with(pollutant, 'air_') and air_limit_milligrams_per_cubic_metre > 0
        then air_concentration_milligrams_per_cubic_metre / air_limit_milligrams_per_cubic_metre
      when starts_with(pollutant, 'water_') and water_limit_milligrams_per_litre > 0
        then water_concentration_milligrams_per_litre / water_limit_milligrams_per_litre
    end as level,
    case
      when not_comparable is not null then not_comparable
      when discharge_month is null then 'missing:discharge_month'
      -- pH, colour, coliforms, beds, animals, solid waste and noise are counted otherwise.
      when not (starts_with(pollutant, 'air_') or starts_with(pollutant, 'water_1_') or starts_with(pollutant, 'water_2_'))
        then 'other_measure'
    end as not_comparable
  from discharges
),
months as (
  -- Any outlet over the standard in the month: no relief for any (实施条例 §10, 财税〔2018〕117号). Nobody said: unknown.
  select
    taxpayer, discharge_month,
    case when bool_or(coalesce(limit_exceeded, false) or mean_exceeds) then true when count(limit_exceeded) = count(*) then false end
      as limit_exceeded
  from grouped
  where taxpayer is not null and left_out is null and pollutant_group is not null
  group by taxpayer, discharge_month
),
pollutants as (
  select
    taxpayer, min(discharger_name) as taxpayer_name, min(discharger_confidence) as confidence,
    min(discharger_subject) as subject, outlet_code, discharge_month, min(month_from) as month_from,
    min(_period_from) as period_from, pollutant_group, pollutant, left_out, not_comparable,
    cast(sum(discharged_kilograms) as decimal(28, 4)) as kilograms, max(level) as level, min(place_region) as place_region,
    string_agg(_ref, ';') as evidence
  from grouped
  group by
    taxpayer, case when taxpayer is null then discharger_name end, outlet_code, discharge_month, pollutant_group, pollutant,
    left_out, not_comparable
),
weighed as (
  -- The annex gives the kilograms of an equivalent; of COD, BOD₅ and TOC of one outlet one is taxed (环境保护税法 附表二 第二类
  -- 注), the one with the most.
  select
    p.taxpayer, p.taxpayer_name, p.confidence, p.subject, p.outlet_code, p.discharge_month, p.month_from, p.period_from,
    p.pollutant_group, p.pollutant, p.left_out, p.not_comparable, p.kilograms, p.level, p.place_region, p.evidence,
    p.kilograms / f.value as units,
    row_number() over (
      partition by p.taxpayer, p.taxpayer_name, p.outlet_code, p.discharge_month, p.pollutant_group, p.left_out, p.not_comparable,
        case when p.pollutant in ('water_2_12', 'water_2_13', 'water_2_14') then 'oxygen demand' else p.pollutant end
      order by p.kilograms / f.value desc nulls last, p.pollutant
    ) as place_of_sort
  from pollutants p
  left join figures f on f.parameter = 'environment/pollutant_equivalent_kilograms' and f.region = '00' and f.class = p.pollutant
    and f.valid_from <= p.month_from and (f.valid_to is null or f.valid_to >= p.month_from)
),
placed as (
  select
    taxpayer, taxpayer_name, confidence, subject, outlet_code, discharge_month, month_from, period_from, pollutant_group,
    pollutant, left_out, not_comparable, kilograms, level, place_region, evidence, units, place_of_sort,
    case when place_of_sort = 1 then row_number() over (
      partition by taxpayer, taxpayer_name, outlet_code, discharge_month, pollutant_group, left_out, not_comparable,
        place_of_sort = 1
      order by units desc nulls last, pollutant
    ) end as place
  from weighed
),
outlets as (
  select
    taxpayer, taxpayer_name, min(confidence) as confidence, min(subject) as subject, outlet_code, discharge_month,
    cast(coalesce(min(month_from), min(period_from)) as date) as day, pollutant_group, left_out, not_comparable,
    -- What has no equivalent counts for nothing, unless there is nothing else.
    greatest(count(case when place_of_sort = 1 then units end), 1) as pollutants, min(place_region) as place_region,
    string_agg(evidence, ';') as evidence,
    max(case when place = 1 then pollutant end) as pollutant_1, max(case when place = 1 then kilograms end) as kilograms_1,
    max(case when place = 1 then level end) as level_1,
    max(case when place = 2 then pollutant end) as pollutant_2, max(case when place = 2 then kilograms end) as kilograms_2,
    max(case when place = 2 then level end) as level_2,
    max(case when place = 3 then pollutant end) as pollutant_3, max(case when place = 3 then kilograms end) as kilograms_3,
    max(case when place = 3 then level end) as level_3,
    max(case when place = 4 then pollutant end) as pollutant_4, max(case when place = 4 then kilograms end) as kilograms_4,
    max(case when place = 4 then level end) as level_4,
    max(case when place = 5 then pollutant end) as pollutant_5, max(case when place = 5 then kilograms end) as kilograms_5,
    max(case when place = 5 then level end) as level_5
  from placed
  group by taxpayer, taxpayer_name, outlet_code, discharge_month, pollutant_group, left_out, not_comparable
),
quarters as (
  select
    taxpayer, min(taxpayer_name) as taxpayer_name, cast(date_trunc('quarter', day) as date) as quarter_from,
    cast(date_trunc('quarter', day) + interval '3 months' - interval '1 day' as date) as quarter_to,
    concat(cast(date_part('year', day) as varchar), 'Q', cast(date_part('quarter', day) as varchar)) as quarter
  from outlets
  where taxpayer is not null
  group by taxpayer, cast(date_trunc('quarter', day) as date), cast(date_trunc('quarter', day) + interval '3 months' - interval '1 day' as date),
    concat(cast(date_part('year', day) as varchar), 'Q', cast(date_part('quarter', day) as varchar))
),
returned as (
  select q.taxpayer, q.quarter_from, count(*) as return_count
  from quarters q
  join declared d on d.taxpayer = q.taxpayer and d.period_from <= q.quarter_to and d.period_to >= q.quarter_from
  where d.tax_kind = 'environment_tax'
  group by q.taxpayer, q.quarter_from
),
branches as (
  -- What the other parts of the same enterprise declared for the quarter, by the name of the head office.
  select h.taxpayer, h.quarter_from, sum(d.amount_yuan) as branch_declared_yuan, min(g.taxpayer_name) as branch_name,
    string_agg(d.evidence, ';') as evidence
  from (
    select q.taxpayer, q.quarter_from, q.quarter_to, coalesce(e.head_name, case when contains(q.taxpayer_name, '公司') then
      concat(split_part(replace(replace(q.taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
    from quarters q
    left join registration e on e.taxpayer = q.taxpayer
  ) h
  join registration g on g.head_name = h.head_name
  join declared d on d.taxpayer = g.taxpayer and d.period_from <= h.quarter_to and d.period_to >= h.quarter_from
  where d.tax_kind = 'environment_tax' and g.taxpayer <> h.taxpayer
  group by h.taxpayer, h.quarter_from
),
reviewed as (
  select q.taxpayer, q.quarter_from, max(r.opinion_day) as opinion_day, string_agg(r._ref, ';') as evidence
  from quarters q
  join pollutant_discharge_review r on r.discharger_taxpayer = q.taxpayer and r.tax_period = q.quarter
  group by q.taxpayer, q.quarter_from
),
penalised as (
  -- Evidence only: whether a standard was exceeded is for the monitoring to say.
  select q.taxpayer, q.quarter_from, string_agg(p._ref, ';') as evidence
  from quarters q
  join pollutant_discharge_penalty p on p.discharger_taxpayer = q.taxpayer
    and p.penalty_day >= q.quarter_from and p.penalty_day <= q.quarter_to
  group by q.taxpayer, q.quarter_from
)
select
  o.taxpayer, o.taxpayer_name, o.confidence, o.subject,
  o.day as event_day,
  cast(null as varchar) as period,
  o.place_region,
  concat_ws(';', o.evidence, v.evidence, p.evidence, b.evidence) as evidence,
  o.left_out,
  case
    when o.not_comparable is not null then o.not_comparable
    -- A quarter without any return is the question of environment/undeclared_discharge.
    when coalesce(r.return_count, 0) = 0 and b.taxpayer is null then 'no_return'
  end as not_comparable,
  o.outlet_code,
  o.discharge_month,
  o.pollutant_group,
  o.pollutants,
  m.limit_exceeded,
  v.opinion_day as reviewed_on,
  cast(cast($as_of as int) + cast($review_days as int) as date) as review_by,
  coalesce(o.pollutant_1, '—') as pollutant_1, o.kilograms_1, o.level_1,
  coalesce(o.pollutant_2, '—') as pollutant_2, o.kilograms_2, o.level_2,
  coalesce(o.pollutant_3, '—') as pollutant_3, o.kilograms_3, o.level_3,
  coalesce(o.pollutant_4, '—') as pollutant_4, o.kilograms_4, o.level_4,
  coalesce(o.pollutant_5, '—') as pollutant_5, o.kilograms_5, o.level_5,
  case when o.left_out is null and row_number() over (
    partition by o.taxpayer, date_trunc('quarter', o.day), o.left_out is null and o.not_comparable is null
    order by o.discharge_month, o.outlet_code, o.pollutant_group) = 1
    then coalesce(b.branch_declared_yuan, 0) else 0 end as branch_declared_yuan,
  b.branch_name
from outlets o
left join months m on m.taxpayer = o.taxpayer and m.discharge_month = o.discharge_month
left join returned r on r.taxpayer = o.taxpayer and r.quarter_from = cast(date_trunc('quarter', o.day) as date)
left join reviewed v on v.taxpayer = o.taxpayer and v.quarter_from = cast(date_trunc('quarter', o.day) as date)
left join branches b on b.taxpayer = o.taxpayer and b.quarter_from = cast(date_trunc('quarter', o.day) as date)
left join penalised p on p.taxpayer = o.taxpayer and p.quarter_from = cast(date_trunc('quarter', o.day) as date)
