-- One row is one project of one developer: has it come to where land VAT must or may be liquidated, and was it?
with uses as (
  -- Item 25: one row a planned use. Item 23 knows the permit, item 20 the acceptance, where item 25 does not.
  select
    developer_taxpayer as taxpayer, min(developer_name) as taxpayer_name, min(developer_confidence) as confidence,
    min(developer_subject) as subject, coalesce(project_name, location) as project_name, min(location) as location,
    sum(sold_area_square_metres) as sold, sum(saleable_area_square_metres) as unsold,
    case when count(sold_area_square_metres) = count(*) and count(saleable_area_square_metres) = count(*) then true end as areas_known,
    case when count(accepted_day) = count(*) then max(accepted_day) end as accepted_day, min(permit_day) as permit_day,
    max(_period_to) as state_day, min(coalesce(admin_region, _region)) as place_region, string_agg(_ref, ';') as evidence
  from real_estate_sales_project_stock
  group by developer_taxpayer, case when developer_taxpayer is null then developer_name end, coalesce(project_name, location)
),
permits as (
  select developer_taxpayer as taxpayer, project_name, min(permit_day) as permit_day, string_agg(_ref, ';') as evidence
  from real_estate_industry_presale_permit
  where developer_taxpayer is not null and permit_day is not null
  group by developer_taxpayer, project_name
),
acceptances as (
  select owner_taxpayer as taxpayer, project_name, max(finish_day) as accepted_day, string_agg(_ref, ';') as evidence
  from construction_acceptance_acceptance
  where owner_taxpayer is not null
  group by owner_taxpayer, project_name
),
last_sales as (
  select developer_taxpayer as taxpayer, location, max(contract_day) as contract_day
  from real_estate_sales_contract
  where developer_taxpayer is not null
  group by developer_taxpayer, location
),
developers as (
  select owner_taxpayer as taxpayer, _ref from real_estate_approval_project where owner_taxpayer is not null
  union all
  select developer_taxpayer, _ref from real_estate_sales_project_stock where developer_taxpayer is not null
  union all
  select developer_taxpayer, _ref from real_estate_industry_presale_permit where developer_taxpayer is not null
),
known as (
  select taxpayer, min(_ref) as evidence from developers group by taxpayer
),
projects as (
  select
    u.taxpayer, u.taxpayer_name, u.confidence, u.subject, u.project_name, u.sold, u.unsold, u.areas_known,
    coalesce(u.accepted_day, a.accepted_day) as accepted_day, coalesce(u.permit_day, p.permit_day) as permit_day, u.state_day,
    -- The day on which the last condition was met: accepted and sold out.
    greatest(coalesce(u.accepted_day, a.accepted_day), coalesce(s.contract_day, u.state_day)) as sold_out_day,
    u.place_region,
    concat_ws(';', u.evidence, case when u.permit_day is null then p.evidence end,
      case when u.accepted_day is null then a.evidence end) as evidence
  from uses u
  left join permits p on p.taxpayer = u.taxpayer and p.project_name = u.project_name
  left join acceptances a on a.taxpayer = u.taxpayer and a.project_name = u.project_name
  left join last_sales s on s.taxpayer = u.taxpayer and s.location = u.location
),
judged as (
  select
    taxpayer, taxpayer_name, confidence, subject, project_name, sold, unsold, accepted_day, permit_day, state_day,
    place_region, evidence,
    case when areas_known is null then 'missing:saleable_area' when sold + unsold = 0 then 'missing:saleable_area' end as not_comparable,
    case
      when accepted_day is not null and unsold = 0 then 'must_sold_out'
      when accepted_day is not null and sold >= (sold + unsold) * $sold_share then 'may_sold_share'
      when unsold > 0 and (date_part('year', permit_day) + cast($permit_years as int)) * 10000 + date_part('month', permit_day) * 100
        + date_part('day', permit_day) <= date_part('year', $as_of) * 10000 + date_part('month', $as_of) * 100 + date_part('day', $as_of)
        then 'may_permit_age'
    end as finding,
    case when accepted_day is not null and unsold = 0 then sold_out_day end as condition_day
  from projects
  union all
  -- Land sold as such, or a project sold whole before it is finished: the land office sees both as a transfer of land.
  select
    t.transferor_taxpayer, t.transferor_name, t.transferor_confidence, t.transferor_subject,
    coalesce(t.contract_number, t.parcel_number, t.location), null, null, null, null,
    t.transfer_day, coalesce(t.admin_region, t._region), concat_ws(';', t._ref, k.evidence), null, 'must_transferred', t.transfer_day as condition_day
  from land_transfer_transfer t
  join known k on k.taxpayer = t.transferor_taxpayer
),
liquidated as (
  select r.taxpayer, min(r.filed_on) as first_filed_on, max(r.filed_on) as filed_on
  from returns r
  where r.tax_kind = 'land_vat' and contains(r.tax_item, '清算')
  group by r.taxpayer
)
select
  j.taxpayer, j.taxpayer_name, j.confidence, j.subject,
  coalesce(j.condition_day, j.state_day) as event_day,
  cast(null as varchar) as period,
  j.place_region, j.evidence,
  j.not_comparable,
  -- A liquidation filed since the condition was met (since the acceptance, where it may be asked for) settles it.
  case when l.filed_on >= coalesce(j.condition_day, j.accepted_day, j.permit_day) then null else j.finding end as finding,
  -- The ninety days still run: a reminder and not a lead.
  case
    when l.filed_on >= coalesce(j.condition_day, j.accepted_day, j.permit_day) then null
    when j.condition_day is not null and $as_of <= w.next_working_day then 'liquidation_runs'
  end as service,
  w.next_working_day as deadline_day,
  j.project_name,
  j.sold as sold_square_metres,
  j.unsold as unsold_square_metres,
  case when j.sold + j.unsold > 0 then j.sold / (j.sold + j.unsold) end as sold_share_reached,
  j.accepted_day,
  j.permit_day,
  j.condition_day
from judged j
left join liquidated l on l.taxpayer = j.taxpayer
left join calendar w on w.day = cast(cast(j.condition_day as int) + cast($days as int) as date)
