"""python-calamine for workbooks (polars for text), every rule as a polars expression, then Parquet."""

import json
import sys

import polars as pl
from rules import letters, load

path, out = sys.argv[1], sys.argv[2]
fields = load(path)
if path.endswith(".csv"):
    frame = pl.scan_csv(path, infer_schema=False)
else:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    names = rows[0]
    frame = pl.DataFrame(
        {name: [str(row[at]) if row[at] != "" else None for row in rows[1:]] for at, name in enumerate(names)},
        schema={name: pl.String for name in names},
    ).lazy()
typed, checks = [], []
for at, field in enumerate(fields):
    name, rules = field["name"], field.get("constraints", {})
    raw, bad = pl.col(name), None
    if field["type"] in ("number", "integer"):
        value = raw.cast(pl.Decimal(18, 4), strict=False)
        bad = raw.is_not_null() & value.is_null()
        if "minimum" in rules:
            bad |= value < rules["minimum"]
        if "maximum" in rules:
            bad |= value > rules["maximum"]
    elif field["type"] == "date":
        value = raw.str.to_date("%Y-%m-%d", strict=False)
        bad = raw.is_not_null() & value.is_null()
    else:
        value = raw
        if "enum" in rules:
            bad = ~raw.is_in(rules["enum"])
        elif "pattern" in rules:
            bad = ~raw.str.contains(f"^({rules['pattern']})$")
        elif "maxLength" in rules:
            bad = raw.str.len_chars() > rules["maxLength"]
    if rules.get("required"):
        bad = raw.is_null() if bad is None else bad | raw.is_null()
    typed.append(value.alias(name))
    if bad is not None:
        checks.append(bad.fill_null(False).alias(f"bad_{at}"))
checked = frame.with_row_index("row").select([pl.col("row"), *typed, *checks])
checked.select([field["name"] for field in fields]).sink_parquet(out)
bad = checked.select([pl.col("row"), pl.col("^bad_.*$")]).filter(pl.any_horizontal(pl.col("^bad_.*$"))).collect(engine="streaming")
issues = []
for row in bad.iter_rows(named=True):
    issues += [f"{letters(int(name[4:]))}{row['row'] + 2}" for name, is_bad in row.items() if name != "row" and is_bad]
print(json.dumps({"rows": pl.scan_parquet(out).select(pl.len()).collect().item(), "issues": len(issues)}))
