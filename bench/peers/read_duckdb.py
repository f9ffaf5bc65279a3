"""DuckDB: read_csv as text, types by try_cast, every rule as SQL, COPY to Parquet."""

import json
import sys

import duckdb
from rules import letters, load

path, out = sys.argv[1], sys.argv[2]
fields = load(path)
base = duckdb.connect()
base.execute("set threads = 2")
base.execute(f"create view raw as select *, row_number() over () as n from read_csv('{path}', all_varchar = true, header = true)")
typed, checks = [], []
for at, field in enumerate(fields):
    name, rules = '"' + field["name"] + '"', field.get("constraints", {})
    if field["type"] in ("number", "integer"):
        value = f"try_cast({name} as decimal(18,4))"
        bad = [f"({name} is not null and {value} is null)"]
        bad += [f"{value} < {rules['minimum']}"] if "minimum" in rules else []
        bad += [f"{value} > {rules['maximum']}"] if "maximum" in rules else []
    elif field["type"] == "date":
        value = f"try_cast({name} as date)"
        bad = [f"({name} is not null and {value} is null)"]
    else:
        value, bad = name, []
        if "enum" in rules:
            bad.append(f"{name} not in ({', '.join(repr(one) for one in rules['enum'])})")
        elif "pattern" in rules:
            bad.append(f"not regexp_full_match({name}, '{rules['pattern']}')")
        elif "maxLength" in rules:
            bad.append(f"length({name}) > {rules['maxLength']}")
    if rules.get("required"):
        bad.append(f"{name} is null")
    typed.append(f"{value} as {name}")
    if bad:
        checks.append((at, " or ".join(bad)))
base.execute(f"copy (select {', '.join(typed)} from raw) to '{out}' (format parquet, compression zstd)")
flags = ", ".join(f"coalesce({bad}, false) as b{at}" for at, bad in checks)
found = base.execute(f"select * from (select n, {flags} from raw) where {' or '.join(f'b{at}' for at, _ in checks)}").fetchall()
issues = [f"{letters(at)}{row[0] + 1}" for row in found for (at, _), is_bad in zip(checks, row[1:]) if is_bad]
rows = base.execute(f"select count(*) from '{out}'").fetchone()[0]
print(json.dumps({"rows": rows, "issues": len(issues)}))
