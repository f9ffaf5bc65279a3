-- One row is one land or building source of property or land use tax with its stretch of time. Certificates are written
-- with every sort of bracket and blank: here without any. Addresses stand without blanks.
select
  coalesce(taxpayer_taxpayer, 'person:' || taxpayer_person, taxpayer_uscc) as taxpayer,
  source_number,
  source_sort,
  parcel_number,
  left(parcel_number, 19) as parcel,
  upper(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    certificate_number, '（', ''), '）', ''), '(', ''), ')', ''), '〔', ''), '〕', ''), '[', ''), ']', ''), '【', ''), '】', ''),
    ' ', ''), '　', '')) as certificate,
  replace(replace(address, ' ', ''), '　', '') as address,
  area_square_metres as area,
  coalesce(taxable_area_square_metres, area_square_metres) as taxable_area,
  land_grade,
  yuan_per_square_metre,
  coalesce(relief_yuan, 0) as relief_yuan,
  original_value_yuan,
  rent_yuan,
  acquired_on,
  valid_from,
  valid_to,
  _ref
from tax_source_source
