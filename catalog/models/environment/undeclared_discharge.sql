-- One row is one discharger in one quarter: did it discharge into the environment and file no return (环境保护税法 §19)?
with discharges as (
  select
    discharger_taxpayer as taxpayer, discharger_name, discharger_confidence, discharger_subject, discharge_destination,
    discharged_kilograms, coalesce(admin_region, _region) as place_region, _ref,
    cast(date_trunc('quarter', coalesce(cast(discharge_month || '-01' as date), _period_from)) as date) as quarter_from
  from pollutant_discharge_discharge
),
quarters as (
  select
    taxpayer, min(discharger_name) as taxpayer_name, min(discharger_confidence) as confidence,
    min(discharger_subject) as subject, quarter_from,
    cast(quarter_from + interval '3 months' - interval '1 day' as date) as quarter_to,
    -- A central plant, a compliant store or reuse is not a discharge into the environment (环境保护税法 §4).
    case when discharge_destination is null then 'unknown' when discharge_destination = 'environment' then 'environment'
      else 'elsewhere' end as destination,
    sum(discharged_kilograms) as discharged_kilograms,
    min(place_region) as place_region, string_agg(_ref, ';') as evidence
  from discharges
  group by
    taxpayer, case when taxpayer is null then discharger_name end, quarter_from,
    case when discharge_destination is null then 'unknown' when discharge_destination = 'environment' then 'environment'
      else 'elsewhere' end
),
returned as (
  select q.taxpayer, q.quarter_from, count(*) as return_count
  from quarters q
  join returns r on r.taxpayer = q.taxpayer and r.period_from <= q.quarter_to and r.period_to >= q.quarter_from
  where r.tax_kind = 'environment_tax'
  group by q.taxpayer, q.quarter_from
)
select
  q.taxpayer, q.taxpayer_name, q.confidence, q.subject,
  q.quarter_from as event_day,
  cast(null as varchar) as period,
  q.place_region, q.evidence,
  case when q.destination = 'elsewhere' then 'not_discharged' when q.discharged_kilograms = 0 then 'nothing_discharged' end as left_out,
  case when q.destination = 'unknown' then 'missing:discharge_destination' end as not_comparable,
  case when coalesce(r.return_count, 0) = 0 then 'undeclared' end as finding,
  q.discharged_kilograms
from quarters q
left join returned r on r.taxpayer = q.taxpayer and r.quarter_from = q.quarter_from
