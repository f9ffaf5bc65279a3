"""DuckDB asked what the models ask, over the same Parquet files: the state rolled, links attached, the catalogue's
questions and shared steps as SQL, leads written.

scan_duckdb.py HOME COVERAGE AS_OF OUT.jsonl LAYER; with `--bare` in place of OUT the needed columns are read and nothing
else is done. The questions' SQL is the catalogue's, which DuckDB takes almost as it stands; what is around it is written
for DuckDB in `scan_views.py` and `scan_steps.py`. A question that opens sealed personal columns can't be asked here."""

import json
import sys
import time
from itertools import groupby
from pathlib import Path

import duckdb
import yaml
from scan_steps import CASE_VALUES, Coverage, Figures, Question, lay
from scan_views import Tables, county_of, last_day, make_calendar

ROOT = Path(__file__).resolve().parents[2]
home, coverage_file, as_of, out, layer = sys.argv[1:6]


def read_yaml(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_parameter(key, known={}):
    if key not in known:
        local = Path(layer) / "params" / f"{key}.yaml"
        known[key] = read_yaml(local if local.exists() else ROOT / "catalog/params" / f"{key}.yaml")
    return known[key]


def read_models():
    models = {}
    for path in sorted((ROOT / "catalog/models").glob("*/*.sql")):
        model = read_yaml(path.with_suffix(".yaml"))
        if not model.get("opens"):
            models[f"{path.parent.name}/{path.stem}"] = (model, path.read_text(encoding="utf-8"))
    return models


def read_kinds(item):
    return read_yaml(next((ROOT / "catalog/templates").glob(f"*/{item}.yaml")))["kinds"]


def is_stock(table):
    return all(kind["mark"] == "stock" for kind in read_kinds(table).values())


def without_comments(sql):
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


began = time.perf_counter()
steps = {}


def end_step(name):
    global began
    now = time.perf_counter()
    steps[name] = round(now - began, 3)
    began = now


base = duckdb.connect()
base.execute("set threads = 2")
base.execute("set preserve_insertion_order = false")
models = read_models()
views = {path.stem: without_comments(path.read_text(encoding="utf-8")) for path in (ROOT / "catalog/views").glob("*.sql")}
tables = Tables(base, home, [sql for _, sql in models.values()] + list(views.values()))
wanted = sorted(tables.words & set(tables.views))
end_step("catalogue")

if out == "--bare":
    print(json.dumps({"rows": sum(tables.read_bare(view) for view in wanted)}))
    sys.exit()

for view in wanted:
    tables.make(view)
for path in (ROOT / "catalog/templates").glob("*/*.yaml"):
    for view in tables.words - set(wanted):
        if view.startswith(f"{path.stem}_") and (kind := read_kinds(path.stem).get(view[len(path.stem) + 1 :])):
            tables.make_empty(view, kind)
end_step("state")

region = county_of(tables.views)
figures = Figures(read_parameter, region, as_of)
make_calendar(base, {int(path.stem): read_yaml(path) for path in (ROOT / "catalog/calendar").glob("*.yaml")})
for name in ("registration", "payments", "arrears", "prepayments", "real_estate_prepayments", "activity", "returns", "declared", "payments_beyond_sources"):
    base.execute(f"create temp view {name} as {views[name]}")
years = "list_transform(string_split_regex({}, '[;；,，、 ]+'), lambda y: try_cast(y as int))"
base.execute(f"""create temp table standings as
  select distinct on (taxpayer) taxpayer, nullif(authority, '') as authority, nullif(subject, '') as subject,
    nullif(vat_payer_kind, '') as vat_payer_kind, vat_general_from, vat_general_to,
    {years.format('small_profit_years')} as profit_years, {years.format('not_small_profit_years')} as no_profit_years
  from registration where taxpayer <> ''""")
SIGNS, WEIGHTS = "0123456789ABCDEFGHJKLMNPQRTUWXY", [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
base.execute(f"""create macro is_uscc(code) as regexp_full_match(code, '[{SIGNS}]{{18}}') and
  (list_sum(list_transform(range(17), lambda i: (strpos('{SIGNS}', code[i + 1]) - 1) * {WEIGHTS}[i + 1]))
    + strpos('{SIGNS}', code[18]) - 1) % 31 = 0""")
base.execute("create temp table figures (key varchar, class varchar, valid_from date, valid_to date, value double)")
for key in {use["param"] for model, _ in models.values() for use in (model.get("parameters") or {}).values()}:
    values = figures.values(key)
    if len(values) > CASE_VALUES:
        lines = [f"('{key}', '{v['class']}', date '{v['from']}', date '{v.get('to') or '9999-12-31'}', {v['value']})" for v in values]
        base.execute(f"insert into figures values {', '.join(lines)}")
coverage = Coverage(base, coverage_file, is_stock)
end_step("shared")

floor_yuan, floor_ratio = (float(figures.fixed(f"lead/floor_{name}").split("::")[0]) for name in ("yuan", "ratio"))
leads, seconds = [], {}


def leads_of(question):
    """What is due less what was paid, above the floors."""
    base.execute(f"create or replace temp table debts as {question.sql()}")
    payments = {}
    for taxpayer, rows in groupby(base.execute(question.payments_sql()).fetchall(), key=lambda row: row[0]):
        payments[taxpayer] = [row[1:] for row in rows]
    debts = base.execute("select taxpayer, period, first_day, last_day, low, high from debts order by taxpayer, first_day")
    for taxpayer, rows in groupby(debts.fetchall(), key=lambda row: row[0]):
        rows = list(rows)
        paid = lay([(row[2], row[3], row[5]) for row in rows], payments.get(taxpayer, ()), question.model["paid"].get("later"))
        for (_, period, _, _, low, _), amount in zip(rows, paid):
            if low - amount > max(floor_yuan * 100, floor_ratio * low, 0):
                yield taxpayer, period, f"{(low - amount) / 100:.2f}"


for key, (model, sql) in models.items():
    started = time.perf_counter()
    question = Question(model, sql, figures, coverage)
    if question.formula:
        found = list(leads_of(question))
    else:
        found = [(*row, None) for row in base.execute(question.sql()).fetchall()]
    leads += [(key, *lead) for lead in found]
    seconds[key] = round(time.perf_counter() - started, 3)
end_step("questions")

with open(out, "w", encoding="utf-8") as file:
    for model, taxpayer, period, gap in leads:
        file.write(json.dumps({"model": model, "taxpayer": {"uscc": taxpayer}, "period": period, "gap": gap}) + "\n")
print(json.dumps({"rows": tables.rows, "leads": len(leads), "steps": steps, "questions": seconds}))
