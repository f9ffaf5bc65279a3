-- One row is one discharger in one quarter: did it discharge what is taxed and file no return (环境保护税法 §19)?
with quarters as (
  select
    taxpayer, min(discharger_name) as taxpayer_name, min(discharger_confidence) as confidence,
    min(discharger_subject) as subject, quarter_from,
    cast(quarter_from + interval '3 months' - interval '1 day' as date) as quarter_to,
    left_out, not_comparable, sum(discharged_kilograms) as discharged_kilograms,
    min(place_region) as place_region, string_agg(_ref, ';') as evidence
  from (
    select
      taxpayer, discharger_name, discharger_confidence, discharger_subject, discharged_kilograms, place_region, _ref, left_out,
      cast(date_trunc('quarter', coalesce(month_from, _period_from)) as date) as quarter_from,
      -- Livestock and hospitals are taxed above a size that the list does not tell (annex 2).
      case
        when not_comparable is null and pollutant in ('water_4_cattle', 'water_4_pigs', 'water_4_poultry', 'water_4_hospital_beds',
          'water_4_hospital_sewage') then 'scale_unknown'
        else not_comparable
      end as not_comparable
    from discharges
  )
  group by taxpayer, case when taxpayer is null then discharger_name end, quarter_from, left_out, not_comparable
),
filers as (
  -- The discharger itself and the other parts of the same enterprise, by the name of the head office.
  select taxpayer, taxpayer as filer from quarters where taxpayer is not null
  union
  select h.taxpayer, g.taxpayer
  from (
    select q.taxpayer, coalesce(e.head_name, case when contains(q.taxpayer_name, '公司') then
      concat(split_part(replace(replace(q.taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
    from quarters q
    left join registration e on e.taxpayer = q.taxpayer
  ) h
  join registration g on g.head_name = h.head_name
),
filed as (
  select f.taxpayer, r.period_from, r.period_to
  from filers f
  join returns r on r.taxpayer = f.filer
  where r.tax_kind = 'environment_tax'
),
returned as (
  select q.taxpayer, q.quarter_from, count(*) as return_count
  from quarters q
  join filed r on r.taxpayer = q.taxpayer and r.period_from <= q.quarter_to and r.period_to >= q.quarter_from
  group by q.taxpayer, q.quarter_from
)
select
  q.taxpayer, q.taxpayer_name, q.confidence, q.subject,
  q.quarter_from as event_day,
  cast(null as varchar) as period,
  q.place_region, q.evidence, q.left_out,
  -- With a return there is nothing left to ask.
  case when coalesce(r.return_count, 0) = 0 then q.not_comparable end as not_comparable,
  case when coalesce(r.return_count, 0) = 0 then 'undeclared' end as finding,
  q.discharged_kilograms
from quarters q
left join returned r on r.taxpayer = q.taxpayer and r.quarter_from = q.quarter_from
