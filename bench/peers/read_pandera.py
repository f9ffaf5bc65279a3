"""openpyxl through pandas, then a pandera schema with lazy validation, then Parquet: as both documents advise."""

import json
import sys

import pandas as pd
import pandera.pandas as pa
from rules import letters, load

path, out = sys.argv[1], sys.argv[2]
fields = load(path)
if path.endswith(".csv"):
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
else:
    frame = pd.read_excel(path, dtype=object, engine="openpyxl")
columns = {}
for field in fields:
    name, rules = field["name"], field.get("constraints", {})
    checks = []
    if field["type"] == "number":
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
        if "minimum" in rules:
            checks.append(pa.Check.ge(rules["minimum"]))
        if "maximum" in rules:
            checks.append(pa.Check.le(rules["maximum"]))
        kind = "float64"
    elif field["type"] == "integer":
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
        kind = "float64"
    elif field["type"] == "date":
        frame[name] = pd.to_datetime(frame[name], errors="coerce", format="mixed")
        kind = "datetime64[ns]"
    else:
        frame[name] = frame[name].astype("string")
        if "enum" in rules:
            checks.append(pa.Check.isin(rules["enum"]))
        if "pattern" in rules:
            checks.append(pa.Check.str_matches(rules["pattern"]))
        if "maxLength" in rules:
            checks.append(pa.Check.str_length(max_value=rules["maxLength"]))
        kind = "string"
    columns[name] = pa.Column(kind, checks, nullable=not rules.get("required", False), coerce=True)
issues = []
try:
    frame = pa.DataFrameSchema(columns).validate(frame, lazy=True)
except pa.errors.SchemaErrors as errors:
    places = {field["name"]: at for at, field in enumerate(fields)}
    for case in errors.failure_cases.itertuples():
        if case.index is not None:
            issues.append(f"{letters(places[case.column])}{int(case.index) + 2}")
frame.to_parquet(out)
print(json.dumps({"rows": len(frame), "issues": len(issues)}))
