-- One row is what one outlet discharged of one pollutant in one month, with why environmental tax is not due on it or why
-- nobody can tell.
with described as (
  -- Item 17 says in the list of outlets too whether they are those of a central works.
  select discharger_taxpayer as taxpayer, outlet_code, min(treatment_works) as treatment_works
  from pollutant_discharge_outlet_ever
  where discharger_taxpayer is not null and treatment_works is not null
  group by discharger_taxpayer, outlet_code
),
named as (
  select
    d.discharger_taxpayer, d.discharger_name, d.discharger_confidence, d.discharger_subject, d.outlet_code, d.pollutant,
    d.discharge_month, cast(d.discharge_month || '-01' as date) as month_from, d._period_from, d.discharged_kilograms,
    d.limit_exceeded, d.discharge_destination, d.monitoring_method, coalesce(d.admin_region, d._region) as place_region, d._ref,
    d.air_concentration_milligrams_per_cubic_metre, d.air_limit_milligrams_per_cubic_metre,
    d.water_concentration_milligrams_per_litre, d.water_limit_milligrams_per_litre,
    coalesce(d.air_concentration_milligrams_per_cubic_metre > d.air_limit_milligrams_per_cubic_metre, false)
      or coalesce(d.water_concentration_milligrams_per_litre > d.water_limit_milligrams_per_litre, false) as mean_exceeds,
    coalesce(d.treatment_works, w.treatment_works) as stated_works,
    -- D4620 sewage treatment, N7820 public sanitation, D4417 power from biomass and refuse.
    coalesce(contains(i.industry, '4620') or contains(i.industry, '污水处理') or contains(d.discharger_name, '污水处理')
      or contains(d.discharger_name, '污水净化'), false) as is_sewage,
    coalesce(contains(i.industry, '7820') or contains(i.industry, '4417') or contains(i.industry, '环境卫生')
      or contains(d.discharger_name, '垃圾'), false) as is_refuse
  from pollutant_discharge_discharge d
  left join described w on w.taxpayer = d.discharger_taxpayer and w.outlet_code = d.outlet_code
  left join industries i on i.taxpayer = d.discharger_taxpayer
),
placed as (
  select
    discharger_taxpayer, discharger_name, discharger_confidence, discharger_subject, outlet_code, pollutant, discharge_month,
    month_from, _period_from, discharged_kilograms, limit_exceeded, mean_exceeds, discharge_destination, monitoring_method,
    place_region, air_concentration_milligrams_per_cubic_metre, air_limit_milligrams_per_cubic_metre,
    water_concentration_milligrams_per_litre, water_limit_milligrams_per_litre, _ref,
    -- Works for the public are exempt within the limits (环境保护税法 §12 第1款第3项); works of an industrial park or for
    -- own use are not (实施条例 §3); refuse: 财税〔2018〕117号 §2.
    case
      when stated_works is not null then stated_works
      when is_sewage and (contains(discharger_name, '园区') or contains(discharger_name, '开发区') or contains(discharger_name, '工业园')
        or contains(discharger_name, '产业园') or contains(discharger_name, '工业区') or contains(discharger_name, '工业污水')
        or contains(discharger_name, '工业废水')) then 'park_sewage'
      when is_sewage and (contains(discharger_name, '城镇') or contains(discharger_name, '城乡') or contains(discharger_name, '城市')
        or contains(discharger_name, '县城') or contains(discharger_name, '生活污水') or contains(discharger_name, '市政')
        or contains(discharger_name, '县污水') or contains(discharger_name, '市污水') or contains(discharger_name, '镇污水')
        or contains(discharger_name, '乡污水')) then 'urban_sewage'
      when is_refuse and contains(discharger_name, '生活垃圾') then 'refuse_plant'
      when is_sewage or is_refuse then 'unknown'
      else 'none'
    end as works,
    case when mean_exceeds then true else limit_exceeded end as exceeds
  from named
)
select
  discharger_taxpayer as taxpayer, discharger_name, discharger_confidence, discharger_subject, outlet_code, pollutant,
  discharge_month, month_from, _period_from, discharged_kilograms, limit_exceeded, mean_exceeds, monitoring_method, place_region,
  works, air_concentration_milligrams_per_cubic_metre, air_limit_milligrams_per_cubic_metre,
  water_concentration_milligrams_per_litre, water_limit_milligrams_per_litre, _ref,
  case
    -- A central plant, a compliant store or reuse is not a discharge into the environment (环境保护税法 §4).
    when discharge_destination <> 'environment' then 'not_discharged'
    when discharged_kilograms = 0 then 'nothing_discharged'
    -- Only what the annex names is taxed (§3): no volatile compounds as such, no total nitrogen.
    when pollutant = 'other' then 'not_in_annex'
    -- Noise, acidity, colour and coliforms are taxed only beyond the limit (annexes 1 and 2).
    when pollutant in ('noise', 'water_3_ph', 'water_3_colour', 'water_3_coliform') and not exceeds then 'within_limit'
    when works in ('urban_sewage', 'refuse_plant') and not exceeds then 'treatment_works'
  end as left_out,
  case
    when discharge_destination is null then 'missing:discharge_destination'
    when pollutant is null then 'missing:pollutant'
    when works = 'unknown' then 'treatment_works_unknown'
    when works in ('urban_sewage', 'refuse_plant') and exceeds is null then 'missing:limit_exceeded'
    when pollutant in ('noise', 'water_3_ph', 'water_3_colour', 'water_3_coliform') and exceeds is null then 'missing:limit_exceeded'
  end as not_comparable
from placed
