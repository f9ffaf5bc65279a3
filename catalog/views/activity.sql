-- One row is one sign of business of an enterprise: insured, permitted, paid from the budget, building, paid
-- for works, buying or selling.
select employer_taxpayer as taxpayer, 'insured' as sign, enrolled_day as sign_day, left_day as sign_end, _ref as evidence
from insurance_enrolment_employer
where (enrolment_status is null or enrolment_status = 'normal') and coalesce(insured_persons, 1) > 0
union all
select builder_taxpayer, 'permitted', permit_day as sign_day, permit_day as sign_end, _ref from construction_permit_construction_permit
union all
select recipient_taxpayer, 'subsidised', paid_day as sign_day, paid_day as sign_end, _ref from fiscal_subsidy_payment
union all
select builder_taxpayer, 'building', start_day as sign_day, coalesce(finish_day, start_day) as sign_end, _ref from highway_project_project_ever
union all
select builder_taxpayer, 'building', start_day as sign_day, coalesce(finish_day, start_day) as sign_end, _ref from water_project_project_ever
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from investment_approval_project_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from investment_progress_progress_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from construction_filing_project_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from municipal_project_project_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from highway_project_project_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from water_project_project_by_period where paid_in_period_yuan > 0
union all
select builder_taxpayer, 'paid', _period_from, _period_to, _ref from agricultural_project_project_by_period where paid_in_period_yuan > 0
union all
select buyer_taxpayer, 'buying', cast(month || '-01' as date) as sign_day,
  cast(cast(month || '-01' as date) + interval '1 month' - interval '1 day' as date) as sign_end, _ref
from invoice_summary_month
where net_amount_yuan > 0
union all
select seller_taxpayer, 'selling', cast(month || '-01' as date) as sign_day,
  cast(cast(month || '-01' as date) + interval '1 month' - interval '1 day' as date) as sign_end, _ref
from invoice_summary_month
where net_amount_yuan > 0
