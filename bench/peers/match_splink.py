"""Splink on DuckDB: a link_only model over the parts of a name, blocked by rare windows of three signs, trained by
random sampling and expectation maximisation, as its documentation advises.

match_splink.py REGISTRY.parquet NAMES.csv OUT.jsonl. Names are folded first and split into place, the rest of the core
and form. DuckDB's distances count bytes, three a sign; overlaps of pairs of signs are counted as lists. Pairs are
ranked by match weight, those of one weight by the overlap of their pairs. Splink says of itself that it is not made for
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

TOP, RARE, PAIRS = 3, 400, 5e6
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


def add_windows(base):
    """Arrays of windows and pairs; a window that many names share blocks nothing."""
    windows = "select unique_id, unnest(list_distinct(list_transform(range(1, length(core) - 1), lambda n: substr(core, n, 3)))) as w from "
    base.execute(f"create temp table asked_windows as {windows} asked where length(core) > 2")
    base.execute(f"create temp table known_windows as select * from ({windows} known where length(core) > 2) semi join asked_windows using (w)")
    base.execute(f"create temp table rare as select w from known_windows group by w having count(*) <= {RARE}")
    for table in ("asked", "known"):
        base.execute(
            f"create table {table}_all as select t.*, coalesce(g.windows, []) as windows, substr(t.core, 1, 6) as head,"
            " list_distinct(list_transform(range(1, length(t.name)), lambda n: substr(t.name, n, 2))) as pairs"
            f" from {table} t left join (select unique_id, list(w) as windows from {table}_windows semi join rare using (w)"
            " group by unique_id) g using (unique_id)"
        )
        base.execute(f"drop table {table}; drop table {table}_windows")


OVERLAP = "2.0 * len(list_intersect(pairs_l, pairs_r)) / greatest(len(pairs_l) + len(pairs_r), 1)"
REST = cl.CustomComparison(
    output_column_name="rest",
    comparison_levels=[
        cll.NullLevel("rest"),
        cll.ExactMatchLevel("rest", term_frequency_adjustments=True),
        cll.LevenshteinLevel("rest", 3),
        cll.CustomLevel("length(rest_l) > 5 and levenshtein(rest_l, rest_r) <= 6", "two signs of six and more"),
        cll.JaroWinklerLevel("rest", 0.92),
        cll.JaroWinklerLevel("rest", 0.8),
        cll.ElseLevel(),
    ],
)
WHOLE = cl.CustomComparison(
    output_column_name="pairs",
    comparison_levels=[
        cll.NullLevel("pairs"),
        *[cll.CustomLevel(f"{OVERLAP} >= {share}", f"overlap {share}") for share in (0.99, 0.8, 0.7, 0.6)],
        cll.ElseLevel(),
    ],
)
SETTINGS = SettingsCreator(
    link_type="link_only",
    comparisons=[
        REST,
        WHOLE,
        cl.LevenshteinAtThresholds("place", [3, 6]),
        cl.ExactMatch("form"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("core"),
        block_on("head"),
        block_on("windows", arrays_to_explode=["windows"]),
    ],
    additional_columns_to_retain=["name"],
)


def train(linker):
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=1)
    for rule in (block_on("rest"), block_on("head")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=PAIRS)


registry_path, names_path, out = sys.argv[1:4]
start = time.perf_counter()
folded, codes = read_registry(registry_path)
names = read_names(names_path)
spill = tempfile.TemporaryDirectory()
base = duckdb.connect(config={"temp_directory": spill.name, "memory_limit": "6GB"})
for table, frame_of in (("known", frame(folded, "k")), ("asked", frame(names, "a"))):
    base.execute(f"create table {table} as select * from frame_of")
del frame_of
add_windows(base)
api = DuckDBAPI(base)
tables = [api.register(f"{table}_all", dataset_display_name=table) for table in ("asked", "known")]
linker = Linker(tables, SETTINGS, log_level=None)
train(linker)
index_seconds = time.perf_counter() - start

start = time.perf_counter()
predicted = linker.inference.predict(threshold_match_weight=-10)
best = base.execute(
    f"""select asked, known, weight from (
        select unique_id_l as asked, unique_id_r as known, match_weight + {OVERLAP} / 100 as weight,
        from {predicted.physical_name})
    qualify row_number() over (partition by asked order by weight desc, known) <= {TOP} order by asked, weight desc, known"""
).fetchall()
answers = [[] for _ in names]
for asked, known, weight in best:
    answers[int(asked[1:])].append((codes[int(known[1:])], weight))
find_seconds = time.perf_counter() - start
write_answers(out, answers)
told(index_seconds, find_seconds, len(names))
