"""What holds, as tables of DuckDB: the batches that the control store lists, rolled to their state by the rules of
`core/state.rs`, with the links of every party beside them; the shared views of the catalogue; the working days.

Each table is made once and with the columns that some question names, because several questions read it."""

import calendar
import re
import sqlite3
from collections import defaultdict
from datetime import date, timedelta

READ = "union_by_name = true, hive_partitioning = false"
TAIL = {"_region": "region", "_period_from": "covers_from", "_period_to": "covers_to"}
# Of the two great tables every question names the tax kinds it is about: the others need not be carried along.
ASKED_KINDS = {
    "tax_return_return": ("environment_tax", "enterprise_income_tax", "land_vat"),
    "tax_payment_payment": ("stamp_tax", "deed_tax", "farmland_tax", "land_use_tax", "property_tax", "resource_tax"),
}
PARTY_COLUMNS = ("name", "uscc", "taxpayer", "confidence", "subject")
TYPES = {
    "amount": "decimal(18, 2)", "quantity": "decimal(18, 4)", "rate": "decimal(18, 8)", "integer": "bigint",
    "boolean": "boolean", "date": "date",
}
FIXED_HOLIDAYS = "(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (4, 5)"


def last_day(period):
    year = int(period[:4])
    month = 12 if len(period) == 4 else int(period[5:]) * 3 if period[4] == "Q" else int(period[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


def read_batches(home):
    """Every batch with the links made last, by view."""
    store = sqlite3.connect(f"file:{home}/control.sqlite?mode=ro", uri=True)
    store.row_factory = sqlite3.Row
    links = dict(store.execute("select batch_id, key from links order by sequence"))
    batches = [dict(row) for row in store.execute("select * from batches order by sequence")]
    by_id = {batch["id"]: batch for batch in batches}
    views = defaultdict(list)
    for batch in batches:
        corrected = batch
        while corrected["supplement_of"] in by_id:
            corrected = by_id[corrected["supplement_of"]]
        batch["links_key"] = links.get(batch["id"])
        batch["covers"] = (corrected["covers_from"], corrected["covers_to"])
        batch["counts_in"] = corrected["period"]
    for batch in batches:
        batch["whole"], behind = role_of(batch, batches)
        batch["order"] = (last_day(batch["counts_in"]), behind, batch["accepted_at"], batch["sequence"])
        view = f"{batch['item']}_{batch['kind']}"
        views[view].append(batch)
        # What each period said of its keys: as of a flow kind, a full set replaces no rows but those of its own period.
        views[f"{view}_by_period"].append(batch | {"mark": "flow", "by_period": True})
        # Everything ever reported: of a stock kind a full set only corrects its own period.
        mark = "ever" if batch["mark"] == "stock" else "flow"
        views[f"{view}_ever"].append(batch | {"mark": mark})
    return views


def says_whole(batch):
    return batch["mode"] in ("full", "nothing_exists") or (batch["mode"] == "nil" and batch["mark"] == "flow")


def role_of(batch, batches):
    """Whether a set is whole, and whether it stands behind the whole ones of its period. One that says nothing is whole
    where every set is full, and as the first list of a period whose full set is due."""
    if batch["mode"] != "unsaid":
        return says_whole(batch), batch["mode"] == "differential"
    if batch["item_mode"] == "full":
        return True, False
    same = ("region", "lineage", "item", "kind", "counts_in")
    others = [other for other in batches if other is not batch and all(other[key] == batch[key] for key in same)]
    place = lambda one: (one["accepted_at"], one["sequence"])
    lists = [other for other in others if says_whole(other) or other["mode"] == "unsaid"]
    is_due = batch["item_mode"] == "full_then_differential" and batch["counts_in"][4:] in ("", "Q1", "-01")
    if is_due and all(place(other) > place(batch) for other in lists):
        return True, False
    return False, not any(says_whole(other) and place(other) > place(batch) for other in others)


def county_of(views):
    counts = defaultdict(int)
    for batch in (batch for batches in views.values() for batch in batches):
        counts[batch["region"][:6]] += 1
    return min(counts, key=lambda region: (-counts[region], region))


def replaces(later, earlier):
    """Whether a whole set has the last word about the rows of an earlier one."""
    if later["mark"] == "stock":
        return True
    if later["mark"] == "ever":
        return later["counts_in"] == earlier["counts_in"]
    return later["covers"][0] <= earlier["covers"][0] and earlier["covers"][1] <= later["covers"][1]


def order_sets(batches):
    """The sets in the order in which they count, group by group; which of them a later whole set has ended."""
    groups = defaultdict(list)
    for batch in batches:
        groups[batch["region"], batch["lineage"]].append(batch)
    for number, group in enumerate(groups.values()):
        group.sort(key=lambda batch: batch["order"])
        for at, batch in enumerate(group):
            batch["group"] = number
            batch["ended"] = any(later["whole"] and replaces(later, batch) for later in group[at + 1 :])
    return [batch for group in groups.values() for batch in group if batch["main_key"]], len(groups)


class Tables:
    """Makes the tables that the questions read."""

    def __init__(self, base, home, texts):
        self.base, self.data, self.views = base, f"{home}/data", read_batches(home)
        self.words = set(re.findall(r"\w+", " ".join(texts)))
        self.sets, self.rows = 0, 0

    def files(self, sets, key):
        return "[" + ", ".join(f"'{self.data}/{batch[key]}'" for batch in sets) + "]"

    def columns_of(self, files):
        found = self.base.execute(f"describe select * from read_parquet({files}, {READ})").fetchall()
        return [name for name, *_ in found if name in self.words and not name.startswith("_")]

    def put_sets(self, sets):
        """The sets by the place of their file in the list that is read. A row's place in the order of things is the
        set's place and its number in the set."""
        lines = [
            f"({at}, {batch['place']}::bigint << 32, {batch['group']}, {batch['ended']}, '{batch['region']}',"
            f" date '{batch['covers'][0]}', date '{batch['covers'][1]}')"
            for at, batch in enumerate(sets)
        ]
        names = "file, place, group_number, ended, region, covers_from, covers_to"
        self.base.execute(f"create or replace temp table sets as from (values {', '.join(lines)}) as s({names})")

    def order(self, view):
        sets, groups = order_sets(self.views[view])
        for batch in sets:
            self.sets += 1
            batch["place"] = self.sets
        alive = [batch for batch in sets if not batch["ended"]] or sets[:1]
        if any(batch["links_key"] for batch in alive) != all(batch["links_key"] for batch in alive):
            raise ValueError(f"{view}: some sets have no links")
        return sets, groups, alive

    def make(self, view):
        """The state of a kind as a table under the name of its view."""
        sets, groups, alive = self.order(view)
        self.rows += sum(batch["row_count"] for batch in sets)
        self.put_sets(sets)
        group = ["s.group_number"] * (groups > 1) + ["s.covers_to"] * ("by_period" in sets[0]) + ["m._key"]
        self.base.execute(f"""
            create or replace temp table held as
            select s.place + m.file_row_number as place
            from read_parquet({self.files(sets, 'main_key')}, {READ}) m
            join sets s on s.file = m.file_index
            where not s.ended or m._action = 'revoke'
            qualify row_number() over (partition by {', '.join(group)} order by s.place + m.file_row_number desc) = 1 and m._action <> 'revoke'""")
        held = self.base.execute("select count(*) from held").fetchone()[0]
        self.put_sets(alive)
        self.base.execute(self.state_sql(view, alive, held < sum(batch["row_count"] for batch in alive)))

    def state_sql(self, view, alive, some_are_lost):
        main = self.files(alive, "main_key")
        columns = [f"m.{name}" for name in self.columns_of(main)]
        columns += [f"s.{source} as {name}" for name, source in TAIL.items() if name in self.words]
        links = ""
        if alive[0]["links_key"]:
            linked = self.files(alive, "links_key")
            columns += [f"l.{name}" for name in self.columns_of(linked)]
            links = f"""
            join read_parquet({linked}, {READ}) l on l.file_index = m.file_index and l._row_id = m.file_row_number"""
        tests = ["s.place + m.file_row_number in (from held)"] if some_are_lost else []
        tests += [f"m.tax_kind in {ASKED_KINDS[view]}"] if view in ASKED_KINDS else []
        where = f"where {' and '.join(tests)}" if tests else ""
        return f"""
            create temp table {view} as
            select {', '.join(columns)}, s.place + m.file_row_number as _ref
            from read_parquet({main}, {READ}) m
            join sets s on s.file = m.file_index {links} {where}"""

    def make_empty(self, view, kind):
        """The table of a kind that nobody sent, with the columns of its template."""
        columns = {"_ref": "bigint", "_region": "varchar", "_period_from": "date", "_period_to": "date"}
        for column in kind["columns"]:
            if "party" in column:
                columns |= {f"{column['party']}_{part}": "varchar" for part in PARTY_COLUMNS}
            else:
                columns[column["key"]] = TYPES.get(column["type"], "varchar")
        self.base.execute(f"create temp table {view} ({', '.join(f'{name} {form}' for name, form in columns.items())})")

    def read_bare(self, view):
        """Decodes what `make` reads, and does nothing with it."""
        sets, _, alive = self.order(view)
        reads = [(sets, "main_key", ["_key", "_action"])]
        for key in ("main_key", "links_key") if alive[0]["links_key"] else ("main_key",):
            reads.append((alive, key, self.columns_of(self.files(alive, key))))
        for read, key, columns in reads:
            prints = f"bit_xor(hash({', '.join(columns)}))" if columns else "count(*)"
            self.base.execute(f"select {prints} from read_parquet({self.files(read, key)}, {READ})").fetchall()
        return sum(batch["row_count"] for batch in sets)


def make_calendar(base, years):
    """One row a day: the day itself or the next one on which offices work."""
    first, last = date(min(years) - 10, 1, 1), date(max(years) + 10, 12, 31)
    published = {year: text for year, text in years.items() if text.get("published", True)}
    days = lambda key: ", ".join(
        f"date '{day}'" for text in published.values() for day in text.get(key, [])
    ) or "null::date"
    known = ", ".join(str(year) for year in published)
    base.execute(f"""
        create temp table calendar as
        with days as (select cast(d as date) as day from range(date '{first}', date '{last + timedelta(1)}', interval 1 day) r(d)),
        judged as (
          select day, case
            when year(day) in ({known}) then day in ({days('workdays')}) or not (isodow(day) > 5 or day in ({days('holidays')}))
            else isodow(day) <= 5 and (month(day), day(day)) not in ({FIXED_HOLIDAYS})
          end as working
          from days
        )
        select day, working, min(case when working then day end) over (order by day rows between current row and unbounded following)
          as next_working_day
        from judged""")
