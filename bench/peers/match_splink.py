"""Splink on DuckDB: a link_only model over the parts of a name, blocked by rare windows of three signs, trained by
random sampling and expectation maximisation, as its documentation advises.

match_splink.py REGISTRY.parquet NAMES.csv OUT.jsonl. Names are folded first and split into place, the rest of the core
and form. DuckDB's distances count bytes, three a sign. Pairs are ranked by match weight, those of one weight by
Jaro-Winkler of the whole names. Splink says of itself that it is not made for
a single column of names; it is here because it is the usual tool."""

import re
import sys
import tempfile
import time

import duckdb
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from names import read_names, read_registry, told, without_form, write_answers
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

TOP, RARE, PAIRS, MEMORY = 3, 400, 5e6, "6GB"
PLACE = re.compile(r"^(?:.{2,7}?(?:省|自治区))?(?:.{2,6}?(?:市|自治州|地区|盟))?(?:.{1,6}?(?:县|区|旗|市))?")
FORM = re.compile(r"股份有限公司|有限公司|公司|集团|合伙|厂|店|部|合作社")


def frame(folded, prefix):
    cores = [without_form(name) for name in folded]
    places = [PLACE.match(core).group() for core in cores]
    rest = [core[len(place) :] or core for core, place in zip(cores, places)]
    forms = ["".join(FORM.findall(name)) or None for name in folded]
    ids = [f"{prefix}{number}" for number in range(len(folded))]
    columns = {"unique_id": ids, "name": folded, "core": cores, "place": [place or None for place in places]}
    return pd.DataFrame({**columns, "rest": rest, "form": forms})


def add_blocks(base):
    """What blocks are made of: the first and the last signs, and windows of three that few names share."""
    windows = "unnest(list_distinct(list_transform(range(1, length(core) - 1), lambda n: substr(core, n, 3))))"
    base.execute(f"create temp table asked_windows as select unique_id, {windows} as w from asked where length(core) > 2")
    base.execute(
        f"create temp table known_windows as select * from (select unique_id, {windows} as w from known where length(core) > 2)"
        " semi join asked_windows using (w)"
    )
    base.execute(f"create temp table rare as select w from known_windows group by w having count(*) <= {RARE}")
    for table in ("asked", "known"):
        base.execute(
            f"create table {table}_all as select t.*, coalesce(g.windows, []) as windows, substr(core, 1, 6) as head,"
            f" substr(core, -6) as tail from {table} t left join (select unique_id, list(w) as windows from {table}_windows"
            " semi join rare using (w) group by unique_id) g using (unique_id)"
        )
        base.execute(f"drop table {table}; drop table {table}_windows")


SIGNS = "list_sort(string_split(core_{}, ''))"
CORE = cl.CustomComparison(
    output_column_name="core",
    comparison_levels=[
        cll.NullLevel("core"),
        cll.ExactMatchLevel("core"),
        cll.LevenshteinLevel("core", 3),
        cll.CustomLevel(f"length(core_l) = length(core_r) and {SIGNS.format('l')} = {SIGNS.format('r')}", "same signs"),
        cll.LevenshteinLevel("core", 6),
        cll.JaroWinklerLevel("core", 0.92),
        cll.JaroWinklerLevel("core", 0.85),
        cll.ElseLevel(),
    ],
)
SETTINGS = SettingsCreator(
    link_type="link_only",
    comparisons=[CORE, cl.LevenshteinAtThresholds("place", [3]), cl.JaroWinklerAtThresholds("rest", [0.95, 0.85]), cl.ExactMatch("form")],
    blocking_rules_to_generate_predictions=[
        block_on("core"),
        block_on("head"),
        block_on("tail"),
        block_on("windows", arrays_to_explode=["windows"]),
    ],
    additional_columns_to_retain=["name"],
)


def train(linker):
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=1)
    for rule in (block_on("head"), block_on("tail")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


registry_path, names_path, out = sys.argv[1:4]
start = time.perf_counter()
folded, codes = read_registry(registry_path)
names = read_names(names_path)
spill = tempfile.TemporaryDirectory()
base = duckdb.connect(config={"temp_directory": spill.name})
base.execute(f"set memory_limit = '{MEMORY}'")
for table, frame_of in (("known", frame(folded, "k")), ("asked", frame(names, "a"))):
    base.execute(f"create table {table} as select * from frame_of")
del frame_of
add_blocks(base)
api = DuckDBAPI(base)
tables = [api.register(f"{table}_all", dataset_display_name=table) for table in ("asked", "known")]
linker = Linker(tables, SETTINGS, log_level=None)
train(linker)
index_seconds = time.perf_counter() - start

start = time.perf_counter()
predicted = linker.inference.predict(threshold_match_weight=-10)
best = base.execute(
    f"""select asked, known, weight from (
        select unique_id_l as asked, unique_id_r as known, match_weight + jaro_winkler_similarity(name_l, name_r) / 100 as weight
        from {predicted.physical_name})
    qualify row_number() over (partition by asked order by weight desc, known) <= {TOP} order by asked, weight desc, known"""
).fetchall()
answers = [[] for _ in names]
for asked, known, weight in best:
    answers[int(asked[1:])].append((codes[int(known[1:])], weight))
find_seconds = time.perf_counter() - start
write_answers(out, answers)
told(index_seconds, find_seconds, len(names))
