-- One row is one business opened: unknown to tax, and does it show a second sign of business (征管法 §15)?
with openings as (
  select
    coalesce(enterprise_taxpayer, case when length(enterprise_uscc) = 18 then enterprise_uscc end) as taxpayer,
    enterprise_name, coalesce(enterprise_confidence, 'stated') as confidence, enterprise_subject, registered_day, address, _ref
  from business_opening_opening
),
known as (
  select taxpayer, count(*) as registration_count from registration group by taxpayer
),
closed as (
  select enterprise_taxpayer as taxpayer, min(closed_day) as closed_day
  from business_closing_closing
  where enterprise_taxpayer is not null
  group by enterprise_taxpayer
),
signs as (
  select o._ref, count(*) as sign_count, min(a.sign) as sign, string_agg(a.evidence, ';') as evidence
  from openings o
  join activity a on a.taxpayer = o.taxpayer and coalesce(a.sign_end, $as_of) >= o.registered_day
  -- An invoice issued needs a tax registration: it is not a sign of somebody unknown to tax.
  where a.sign <> 'selling' and coalesce(a.sign_day, o.registered_day) <= $as_of
  group by o._ref
)
select
  o.taxpayer, o.enterprise_name as taxpayer_name, o.confidence, o.enterprise_subject as subject,
  o.registered_day as event_day,
  cast(null as varchar) as period,
  -- A farm of the corps inside the county is told by the address: its businesses register with another authority.
  cast(null as varchar) as place_region,
  o.address as place_address,
  concat_ws(';', o._ref, s.evidence) as evidence,
  case when c.closed_day >= o.registered_day then 'closed' end as left_out,
  case when k.registration_count is null and s.sign_count > 0 then 'trading_unregistered' end as finding,
  -- The licence is the registration (多证合一): the bare difference is for the township's service, never a case.
  case when k.registration_count is null and s.sign_count is null then 'first_registration' end as service,
  o.registered_day,
  s.sign
from openings o
left join known k on k.taxpayer = o.taxpayer
left join closed c on c.taxpayer = o.taxpayer
left join signs s on s._ref = o._ref
