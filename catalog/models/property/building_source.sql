-- One row is one building in the hands of one owner in one instalment of a year, accepted or registered: does a tax source
-- hold it (房产税条例 §1–4, §7, 国税发〔2003〕89号)?
with developers as (
  -- A developer by its own items or by its industry (GB/T 4754 K701); in item 3 whoever builds is one.
  select developer_taxpayer as taxpayer from real_estate_sales_project_stock_ever where developer_taxpayer is not null
  union
  select developer_taxpayer from real_estate_industry_presale_permit_ever where developer_taxpayer is not null
  union
  select owner_taxpayer from real_estate_approval_project_ever where owner_taxpayer is not null
  union
  select taxpayer from industries
  where starts_with(industry, 'K701') or starts_with(industry, '701') or contains(industry, '房地产开发')
),
starters as (
  select distinct developer_taxpayer as taxpayer from building_start_start where developer_taxpayer is not null
),
starts as (
  select developer_taxpayer as taxpayer, project_name, max(contract_amount_yuan) as contract_amount_yuan, string_agg(_ref, ';') as evidence
  from building_start_start
  where developer_taxpayer is not null
  group by developer_taxpayer, project_name
),
land as (
  select grantee_taxpayer as taxpayer, project_name, sum(price_yuan) as price_yuan, sum(area_square_metres) as area, string_agg(_ref, ';') as evidence
  from land_expropriation_grant_grant
  where grantee_taxpayer is not null and project_name is not null
  group by grantee_taxpayer, project_name
),
gone as (
  select house_certificate_number, min(demolished_day) as gone_day from (
    select house_certificate_number, demolished_day from property_registration_demolition
    union all
    select house_certificate_number, use_stopped_day from property_registration_dangerous_house_ever where use_stopped_day is not null
  )
  where house_certificate_number is not null
  group by house_certificate_number
),
buildings as (
  -- Built by the owner: from the month after completion.
  select
    a.owner_taxpayer as taxpayer, a.owner_name as taxpayer_name, a.owner_confidence as confidence, a.owner_subject as subject,
    'built' as origin, cast(null as varchar) as house_use, a.project_name, a.location, cast(null as varchar) as parcel,
    cast(null as varchar) as certificate, a.finish_day as held_day, cast(null as date) as gone_day,
    a.floor_area_square_metres as floor_area, coalesce(a.final_account_yuan, s.contract_amount_yuan) as value_yuan,
    true as price_includes_tax, l.price_yuan as land_price_yuan, l.area as land_area,
    case
      -- A developer's houses are no property in this sense before they are sold, let or used (国税发〔2003〕89号第1条).
      when d.taxpayer is not null then 'for_sale'
      when a.floor_area_square_metres = 0 then 'no_building'
    end as left_out,
    -- Of an owner whose industry nobody knows, item 26 (which calls every owner a developer), the name and the project say
    -- whether the houses may be for sale.
    case when i.taxpayer is null and (b.taxpayer is not null
      or contains(a.owner_name, '房地产') or contains(a.owner_name, '置业') or contains(a.owner_name, '地产')
      or contains(a.owner_name, '房产') or contains(a.owner_name, '开发') or contains(a.owner_name, '城投')
      or contains(a.owner_name, '城建') or contains(a.owner_name, '城市建设') or contains(a.owner_name, '安居')
      or contains(a.project_name, '花园') or contains(a.project_name, '小区') or contains(a.project_name, '住宅')
      or contains(a.project_name, '商住') or contains(a.project_name, '家园') or contains(a.project_name, '公寓')
      or contains(a.project_name, '商品房') or contains(a.project_name, '安置房') or contains(a.project_name, '保障')
      or contains(a.project_name, '棚户区') or contains(a.project_name, '楼盘') or contains(a.project_name, '别墅'))
      then 'may_be_developer' end as not_comparable,
    coalesce(a.admin_region, a._region) as place_region,
    concat_ws(';', a._ref, case when a.final_account_yuan is null then s.evidence end, l.evidence) as evidence, a._ref as building
  from construction_acceptance_acceptance a
  left join starts s on s.taxpayer = a.owner_taxpayer and s.project_name = a.project_name
  left join land l on l.taxpayer = a.owner_taxpayer and l.project_name = a.project_name
  left join developers d on d.taxpayer = a.owner_taxpayer
  left join starters b on b.taxpayer = a.owner_taxpayer
  left join industries i on i.taxpayer = a.owner_taxpayer
  union all
  -- Bought: second-hand from the month after the certificate; new ones from the month after delivery, of which nobody
  -- reports the day: the certificate follows it. Of a person only what is not for business is exempt (房产税条例 §5 第4项):
  -- a shop is taxed.
  select
    coalesce(t.buyer_taxpayer, 'person:' || t.buyer_person), t.buyer_name,
    case when t.buyer_taxpayer is null and t.buyer_person is not null then 'certain' else t.buyer_confidence end, t.buyer_subject,
    case when d.taxpayer is not null then 'bought_new' else 'bought' end, t.house_use, null as project_name, t.house_place,
    t.parcel_number, t.house_certificate_number, coalesce(t.certificate_day, t._period_to) as held_day,
    least(g.gone_day, case when t.parcel_number is not null then
      lead(t.certificate_day) over (partition by t.parcel_number order by t.certificate_day) end) as gone_day,
    t.floor_area_square_metres, t.price_yuan, coalesce(t.price_includes_tax, true), 0, null as land_area,
    case when t.buyer_subject = 'person' and t.house_use in ('residential', 'garage', 'storage') then 'person_own_use' end as left_out,
    case when t.buyer_subject = 'person' and (t.house_use is null or t.house_use in ('public', 'other')) then 'missing:house_use' end
      as not_comparable,
    coalesce(t.admin_region, t._region), t._ref, t._ref as building
  from property_registration_transfer t
  left join developers d on d.taxpayer = t.seller_taxpayer
  left join gone g on g.house_certificate_number = t.house_certificate_number
),
known as (
  select
    taxpayer, origin, parcel, floor_area, held_day, building,
    upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
      certificate, '（', ''), '）', ''), '(', ''), ')', ''), '〔', ''), '〕', ''), '[', ''), ']', ''), '【', ''), '】', ''),
      ' ', ''), '　', '')) as certificate,
    replace(replace(location, ' ', ''), '　', '') as location
  from buildings
  where taxpayer is not null
),
ended as (
  -- Sold again by its owner, at the same place: the unit is not always known.
  select k.building, min(s.certificate_day) as sold_day
  from known k
  join (
    select coalesce(seller_taxpayer, 'person:' || seller_person) as taxpayer, replace(replace(house_place, ' ', ''), '　', '') as place,
      certificate_day
    from property_registration_transfer
  ) s on s.taxpayer = k.taxpayer and s.place = k.location
  where s.certificate_day > k.held_day
  group by k.building
),
house_sources as (
  select taxpayer, parcel_number, certificate, address, area, acquired_on, valid_from, coalesce(valid_to, date '9999-12-31') as valid_to, _ref
  from sources
  where source_sort = 'building'
),
direct as (
  -- By unit and holder; by certificate whoever is named, for it was issued to this buyer; by unit under another name (a branch,
  -- a user) where the source began with this ownership.
  select k.building, s._ref as source_ref
  from known k
  join house_sources s on s.taxpayer = k.taxpayer and s.parcel_number = k.parcel
  union
  select k.building, s._ref
  from known k
  join house_sources s on s.certificate = k.certificate
  union
  select k.building, s._ref
  from known k
  join house_sources s on s.parcel_number = k.parcel
  where s.valid_from >= date_trunc('month', k.held_day)
),
loose as (
  -- Sources that neither unit nor certificate finds, and that name no unit.
  select s.taxpayer, s.address, s.area, s.acquired_on, s.valid_to, s._ref
  from house_sources s
  left join (select distinct source_ref from direct) d on d.source_ref = s._ref
  where d.source_ref is null and s.parcel_number is null
),
likened as (
  -- By address, floor area (within 1 %), and for what was built the month of acquisition.
  select
    s.taxpayer, s._ref as source_ref, k.building,
    case when character_length(s.address) >= 4 and character_length(k.location) >= 4
      and (contains(s.address, k.location) or contains(k.location, s.address)) then 4 else 0 end
      + case when abs(s.area - k.floor_area) <= k.floor_area / 100 then 2 else 0 end
      + case when k.origin = 'built' and date_trunc('month', s.acquired_on) = date_trunc('month', k.held_day) then 1 else 0 end as likeness
  from loose s
  join known k on k.taxpayer = s.taxpayer
  left join (select distinct building from direct) d on d.building = k.building
  where d.building is null and s.valid_to >= k.held_day
),
best as (
  select source_ref, building, rank() over (partition by source_ref order by likeness desc) as place
  from likened
  where likeness > 0
),
told as (
  select source_ref, min(building) as building from best where place = 1 group by source_ref having count(*) = 1
),
matched as (
  select building, string_agg(source_ref, ';') as evidence
  from (select building, source_ref from direct union select building, source_ref from told)
  group by building
),
untold as (
  -- Holders with a source that can't be told apart: only the sums of their floor areas can be compared.
  select taxpayer, string_agg(source_ref, ';') as evidence
  from (
    select distinct l.taxpayer, l.source_ref
    from likened l
    left join told t on t.source_ref = l.source_ref
    where t.source_ref is null
  )
  group by taxpayer
),
source_totals as (
  select u.taxpayer, sum(s.area) as area from untold u join house_sources s on s.taxpayer = u.taxpayer group by u.taxpayer
),
known_totals as (
  select u.taxpayer, min(u.evidence) as evidence, sum(k.floor_area) as area
  from untold u join known k on k.taxpayer = u.taxpayer
  group by u.taxpayer
),
parts as (
  -- The instalments of each year (条例 §7: by the year, paid in parts).
  select
    date_part('year', day) as year, (cast(date_part('month', day) as int) - 1) / (12 / cast($instalments as int)) + 1 as part,
    min(day) as part_from, max(day) as part_to
  from calendar
  group by date_part('year', day), (cast(date_part('month', day) as int) - 1) / (12 / cast($instalments as int)) + 1
  having min(day) <= $as_of
),
periods as (
  select
    part_from, part_to,
    concat(cast(year as varchar), case cast($instalments as int) when 2 then 'H' when 4 then 'Q' end,
      case when cast($instalments as int) > 1 then cast(part as varchar) end) as period
  from parts
),
held as (
  select
    b.taxpayer, b.taxpayer_name, b.confidence, b.subject, b.origin, b.house_use, b.project_name, b.location, b.held_day,
    b.floor_area, b.value_yuan, b.price_includes_tax, b.land_price_yuan, b.land_area, b.left_out, b.not_comparable, b.place_region,
    b.evidence, b.building, p.period,
    greatest(cast(date_trunc('month', b.held_day) + interval '1 month' as date), p.part_from) as held_from,
    least(coalesce(cast(date_trunc('month', b.gone_day) + interval '1 month' - interval '1 day' as date), p.part_to), p.part_to) as held_to
  from (
    select
      b.taxpayer, b.taxpayer_name, b.confidence, b.subject, b.origin, b.house_use, b.project_name, b.location, b.held_day,
      b.floor_area, b.value_yuan, b.price_includes_tax, b.land_price_yuan, b.land_area, b.left_out, b.not_comparable, b.place_region,
      b.evidence, b.building, least(b.gone_day, e.sold_day) as gone_day
    from buildings b
    left join ended e on e.building = b.building
  ) b
  join periods p on b.held_day < date_trunc('month', p.part_to) and (b.gone_day is null or b.gone_day >= p.part_from)
),
rents as (
  -- Leases of real estate that the owner invoiced while it held the building (goods and service code 304050202).
  select h.building, h.held_from, sum(i.net_amount_yuan) as rent_yuan
  from held h
  join invoice_summary_month i on i.seller_taxpayer = h.taxpayer
    and cast(i.month || '-01' as date) >= h.held_from and cast(i.month || '-01' as date) <= h.held_to
  where starts_with(i.goods_code, '304050202')
  group by h.building, h.held_from
)
select
  h.taxpayer, h.taxpayer_name, h.confidence, h.subject,
  h.held_to as event_day,
  h.period,
  h.place_region,
  concat_ws(';', h.evidence, m.evidence, case when m.building is null then t.evidence end) as evidence,
  h.left_out,
  case
    when h.not_comparable is not null then h.not_comparable
    when h.origin = 'built' and h.floor_area is null then 'missing:floor_area_square_metres'
    -- Inherited or given: the value stands elsewhere.
    when h.value_yuan = 0 then 'no_price'
    when m.building is null and t.taxpayer is not null and not coalesce(w.area >= t.area * 0.99, false) then 'source_without_parcel'
  end as not_comparable,
  h.origin,
  h.house_use,
  h.project_name,
  h.location,
  h.held_day,
  h.floor_area as floor_area_square_metres,
  h.value_yuan,
  -- Who can't deduct VAT, a small-scale payer or a person, has paid it as part of the value.
  h.price_includes_tax and h.subject <> 'person' and not coalesce(g.vat_payer_kind = 'small_scale' and g.vat_general_from is null, false)
    as price_includes_tax,
  h.land_price_yuan,
  h.land_area as land_area_square_metres,
  coalesce(h.land_area > 0 and h.land_price_yuan is not null, false) as has_land,
  date_part('month', h.held_to) - date_part('month', h.held_from) + 1 as months,
  m.building is not null or t.taxpayer is not null as has_source,
  coalesce(h.house_use = 'residential', false) as housing,
  coalesce(r.rent_yuan, 0) as rent_yuan,
  coalesce(r.rent_yuan > 0, false) as may_be_let
from held h
left join registration g on g.taxpayer = h.taxpayer
left join matched m on m.building = h.building
left join known_totals t on t.taxpayer = h.taxpayer
left join source_totals w on w.taxpayer = t.taxpayer
left join rents r on r.building = h.building and r.held_from = h.held_from
where h.held_from <= h.held_to
