-- One row is one approval to build on farmland, for good or for a time: the land user named in it owes farmland occupation
-- tax (耕地占用税法 §2, §10, §11).
with restored as (
  -- Restored within a year of the end of the approval: the tax is given back (§11).
  select approval_number, min(restoration_accepted_day) as accepted_day, string_agg(_ref, ';') as evidence
  from agricultural_project_reclaimed
  where approval_number is not null and restoration_accepted_day is not null
  group by approval_number
),
approvals as (
  select
    'approval' as occupation, land_user_taxpayer as taxpayer, land_user_name as taxpayer_name, land_user_confidence as confidence,
    land_user_subject as subject, notice_day, approval_number, project_name, batch_land, land_purpose,
    farmland_area_square_metres as farmland, basic_farmland_area_square_metres as basic,
    other_agricultural_area_square_metres as other, coalesce(admin_region, _region) as place_region, location, _ref as evidence,
    false as is_restored
  from construction_land_approval_approval
  union all
  -- The agriculture office sees the same approvals: only those the land office did not report.
  select
    'conversion', c.land_user_taxpayer, c.land_user_name, c.land_user_confidence, c.land_user_subject, c.notice_day,
    c.approval_number, c.project_name, false, c.land_purpose,
    case when starts_with(c.land_kind, '01') then c.area_square_metres when c.land_kind is not null then 0 end,
    case when starts_with(c.land_kind, '01') then c.basic_farmland_area_square_metres when c.land_kind is not null then 0 end,
    case when starts_with(c.land_kind, '01') then 0 when c.land_kind is not null then c.area_square_metres end,
    coalesce(c.admin_region, c._region), c.location, c._ref, false
  from agricultural_project_conversion c
  left join construction_land_approval_approval a on a.approval_number = c.approval_number
  where a.approval_number is null
  union all
  -- Temporary occupation is taxed like any other; where nobody reports the notice, from the later of approval and occupation.
  select
    'temporary', t.land_user_taxpayer, t.land_user_name, t.land_user_confidence, t.land_user_subject,
    coalesce(t.notice_day, greatest(t.approval_day, t.occupation_day)), t.approval_number, t.project_name, false, t.land_purpose,
    case when starts_with(t.land_kind, '01') then t.area_square_metres when t.land_kind is not null then 0 end,
    case when starts_with(t.land_kind, '01') then t.basic_farmland_area_square_metres when t.land_kind is not null then 0 end,
    case when starts_with(t.land_kind, '01') then 0 when t.land_kind is not null then t.area_square_metres end,
    coalesce(t.admin_region, t._region), t.location, concat_ws(';', t._ref, r.evidence),
    coalesce(r.accepted_day <= t.approval_end_day + interval '1 year', false)
  from agricultural_project_temporary_ever t
  left join restored r on r.approval_number = t.approval_number
),
headed as (
  select
    a.occupation, a.taxpayer, a.taxpayer_name, a.confidence, a.subject, a.notice_day, a.approval_number, a.project_name, a.batch_land,
    a.land_purpose, a.farmland, a.basic, a.other, a.place_region, a.location, a.evidence, a.is_restored,
    coalesce(g.head_name, case when contains(a.taxpayer_name, '公司') then
      concat(split_part(replace(replace(a.taxpayer_name, '（', '('), '）', ')'), '公司', 1), '公司') end) as head_name
  from approvals a
  left join registration g on g.taxpayer = a.taxpayer
),
branches as (
  -- Another part of the same enterprise that paid for the same project.
  select
    h.taxpayer, h.project_name, sum(p.amount_yuan) as branch_paid_yuan, min(g.taxpayer_name) as branch_name,
    string_agg(p.evidence, ';') as evidence
  from (select distinct taxpayer, project_name, head_name from headed where project_name is not null) h
  join registration g on g.head_name = h.head_name
  join payments p on p.taxpayer = g.taxpayer and p.project_name = h.project_name
  where g.taxpayer <> h.taxpayer and p.tax_kind = 'farmland_tax'
  group by h.taxpayer, h.project_name
)
select
  h.taxpayer, h.taxpayer_name, h.confidence, h.subject,
  h.notice_day as event_day,
  cast(null as varchar) as period,
  h.place_region,
  concat_ws(';', h.evidence, b.evidence) as evidence,
  case
    when h.batch_land then 'batch_land'
    when h.land_purpose in ('military', 'school', 'kindergarten', 'welfare', 'medical') then 'exempt'
    when h.land_purpose = 'field_irrigation' then 'not_taxed'
    -- Facilities that serve farming are free on other agricultural land only (§12 第3款); on farmland only irrigation is (§2).
    when h.land_purpose = 'farm_production' and h.farmland = 0 then 'not_taxed'
    when h.land_purpose = 'rural_home' then 'rural_home'
    when h.is_restored then 'restored'
  end as left_out,
  case when h.land_purpose = 'farm_production' and h.farmland > 0 then 'farm_production_on_farmland' end as not_comparable,
  h.occupation,
  h.notice_day,
  h.approval_number,
  h.project_name,
  h.location,
  h.land_purpose,
  -- The two yuan are for the main works of lines (§7, 公告2019年第81号): camps and roads for a time pay the county's rate, and
  -- water works came in with the law.
  h.occupation <> 'temporary' and (h.land_purpose in ('railway', 'road', 'airport', 'port', 'waterway')
    or (h.land_purpose = 'water_works' and h.notice_day >= date '2019-09-01')) as infrastructure,
  h.farmland as farmland_square_metres,
  h.basic as basic_farmland_square_metres,
  h.other as other_agricultural_square_metres,
  case when row_number() over (partition by h.taxpayer, h.project_name order by h.notice_day, h.evidence) = 1
    then coalesce(b.branch_paid_yuan, 0) else 0 end as branch_paid_yuan,
  b.branch_name
from headed h
left join branches b on b.taxpayer = h.taxpayer and b.project_name = h.project_name
