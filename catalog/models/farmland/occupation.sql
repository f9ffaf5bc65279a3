-- One row is one approval to build on farmland: the land user named in it owes farmland occupation tax (耕地占用税法 §2, §10).
with approvals as (
  select
    land_user_taxpayer as taxpayer, land_user_name as taxpayer_name, land_user_confidence as confidence,
    land_user_subject as subject, notice_day, approval_number, batch_land, land_purpose,
    farmland_area_square_metres as farmland, basic_farmland_area_square_metres as basic,
    other_agricultural_area_square_metres as other, coalesce(admin_region, _region) as place_region, _ref as evidence
  from construction_land_approval_approval
  union all
  -- The agriculture office sees the same approvals: only those the land office did not report.
  select
    c.land_user_taxpayer, c.land_user_name, c.land_user_confidence, c.land_user_subject, c.notice_day,
    c.approval_number, false, c.land_purpose,
    case when starts_with(c.land_kind, '01') then c.area_square_metres when c.land_kind is not null then 0 end,
    case when starts_with(c.land_kind, '01') then c.basic_farmland_area_square_metres when c.land_kind is not null then 0 end,
    case when starts_with(c.land_kind, '01') then 0 when c.land_kind is not null then c.area_square_metres end,
    coalesce(c.admin_region, c._region), c._ref
  from agricultural_project_conversion c
  left join construction_land_approval_approval a on a.approval_number = c.approval_number
  where a.approval_number is null
)
select
  taxpayer, taxpayer_name, confidence, subject,
  notice_day as event_day,
  cast(null as varchar) as period,
  place_region, evidence,
  case
    when batch_land then 'batch_land'
    when land_purpose in ('military', 'school', 'kindergarten', 'welfare', 'medical') then 'exempt'
    when land_purpose in ('field_irrigation', 'farm_production') then 'not_taxed'
    when land_purpose = 'rural_home' then 'rural_home'
  end as left_out,
  notice_day, approval_number, land_purpose,
  land_purpose in ('railway', 'road', 'airport', 'port', 'waterway', 'water_works') as infrastructure,
  farmland as farmland_square_metres,
  basic as basic_farmland_square_metres,
  other as other_agricultural_square_metres
from approvals
