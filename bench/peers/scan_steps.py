"""The steps that all questions share, as SQL: who is meant, where, whether figures and coverage are there, whether it is
due, what is due, and what was paid of it. The order is that of `core/models/steps.rs`.

Amounts are computed in double precision and rounded to the fen once, as one does in DuckDB, where a quotient of decimals
is a double anyway. Evidence and the formula in words are not made."""

import re

from scan_formula import Formula

OTHER_AUTHORITY, GRACE, SIX_TAXES = "place/other_authority", "due_on/grace", "relief/six_taxes_half"
COUNTED = {"days", "months", "years", "persons", "flag"}
CASE_VALUES = 12
PERIODS = {
    "month": ("strftime(event_day, '%Y-%m')", "interval 1 month"),
    "quarter": ("year(event_day) || 'Q' || quarter(event_day)", "interval 3 months"),
    "year": ("cast(year(event_day) as varchar)", "interval 1 year"),
}


class Figures:
    """The figures of law: as SQL that looks one up by region, class and day."""

    def __init__(self, read, region, as_of):
        self.read, self.region, self.as_of = read, region, as_of

    def values(self, key):
        """Those that can hold in the county, the nearest region first, its classes first, the latest first."""
        values = [{"region": "00", "class": "", **value} for value in self.read(key)["values"]]
        for value in values:
            value["region"], value["class"] = str(value["region"]), str(value["class"])
            value["depth"] = 0 if value["region"] == "00" else len(value["region"])
        near = lambda region: region == "00" or region.startswith(self.region) or self.region.startswith(region)
        values = [value for value in values if near(value["region"])]
        return sorted(values, key=lambda value: (value["depth"], value["class"] != "", str(value["from"])), reverse=True)

    def sql(self, key, region, kind, day):
        """The figure as an expression; null where there is none."""
        cases = []
        for value in self.values(key):
            tests = [f"{day} >= date '{value['from']}'"]
            tests += [f"{day} <= date '{value['to']}'"] if value.get("to") else []
            tests += [f"starts_with({region}, '{value['region']}')"] if value["depth"] > len(self.region) else []
            tests += [f"{kind} = '{value['class']}'"] if value["class"] else []
            cases.append(f"when {' and '.join(tests)} then {value['value']}::double")
        return f"case {' '.join(cases)} end" if cases else "null::double"

    def fixed(self, key):
        """The figure of the county on the run's day, as SQL of the questions names it."""
        found = [
            value for value in self.values(key)
            if not value["class"] and value["depth"] <= len(self.region)
            and str(value["from"]) <= self.as_of <= str(value.get("to") or "9999")
        ]
        whole = self.read(key)["measure"] in COUNTED
        return f"{found[0]['value']}::{'bigint' if whole else 'double'}" if found else "null"


def small_scale(day):
    general = f"vat_general_from <= {day} and (vat_general_to is null or {day} <= vat_general_to)"
    return f"""case when vat_payer_kind is null then null when {general} then false when vat_payer_kind = 'small_scale' then true
      when vat_payer_kind = 'general' and vat_general_from is not null then true end"""


def small_profit(day):
    """The settlement of the year before last decides until June, that of the last year from July; else the next listed."""
    decisive = f"(year({day}) - case when month({day}) >= 7 then 1 else 2 end)"
    years = [f"({decisive} + {ahead})" for ahead in range(3)]
    whens = " ".join(
        f"when list_contains(profit_years, {year}) then true when list_contains(no_profit_years, {year}) then false"
        for year in years
    )
    return f"case when who in ('public_body', 'village', 'person', 'sole_trader') then false {whens} end"


def adapt(sql, values):
    """A model's SQL as DuckDB takes it: days are added to dates as they are, a reserved word gives way, parameters are put
    in, evidence is left out."""
    sql = re.sub(r"--[^\n]*", "", sql)
    sql = re.sub(r"string_agg\((distinct )?[\w.]+, ';'\)", "cast(null as varchar)", sql)
    sql = re.sub(r"cast\(cast\(([\w.$]+) as int\) \+ cast\(\s*((?:case.*?end)|[\w.$]+) as int\) as date\)", r"(\1 + cast(\2 as int))", sql, flags=re.S)
    sql = re.sub(r"\boverlaps\b", "overlapping", sql)
    for name, value in sorted(values.items(), reverse=True):
        sql = re.sub(rf"\${name}\b", value, sql)
    return sql


class Question:
    """One model: its facts, then the shared steps."""

    def __init__(self, model, sql, figures, coverage):
        self.model, self.figures, self.coverage = model, figures, coverage
        self.parameters = model.get("parameters") or {}
        values = {"as_of": f"date '{figures.as_of}'", "region": f"'{figures.region}'"}
        for name, use in self.parameters.items():
            if re.search(rf"\${name}\b", sql):
                values[name] = figures.fixed(use["param"])
        self.facts_sql = adapt(sql, values)
        self.formula = model.get("formula")

    def numbers(self):
        """Facts that the formula computes with."""
        if not self.formula:
            return []
        texts = [*(self.formula.get("steps") or {}).values(), self.formula["low"], self.formula.get("high", "")]
        words = set(re.findall(r"[a-z_]\w*", " ".join(map(str, texts))))
        return [name for name in self.model["facts"] if name in words]

    def sql(self):
        """Leads of a finding; what is due by taxpayer and period, for an amount."""
        steps = ["facts as (" + self.facts_sql + ")", *self.who(), *self.when(), *self.covered(), *self.figured()]
        if self.formula:
            steps += self.amounts()
            end = """select taxpayer, period, first_day, last_day, cast(round(sum(low) * 100) as bigint) as low,
              cast(round(sum(high) * 100) as bigint) as high from due where low is not null and high is not null
              group by taxpayer, period, first_day, last_day"""
        else:
            end = "select distinct taxpayer, period from figured where finding is not null"
        return "with " + ",\n".join(steps) + "\n" + end

    def who(self):
        left_out = ", ".join(f"'{subject}'" for subject in self.model.get("leaves_out") or [""])
        columns = ["f.taxpayer", "f.event_day", "f.subject"]
        columns += ["f.place_region"] if self.model["taxed_at"] in ("object", "work") else []
        columns += ["f.finding"] if not self.formula else []
        columns += [f"cast(f.{name} as double) as {name}" for name in self.numbers()]
        named = {use.get(part) for use in self.parameters.values() for part in ("on", "class")}
        columns += [f"f.{name}" for name in named if name in self.model["facts"] and name not in self.numbers()]
        tests = [f"f.{name} is null" for name in sorted(set(re.findall(r"\b(?:left_out|not_comparable|service)\b", self.facts_sql)))]
        tests += [f"f.{name} is not null" for name in self.model.get("needs") or []]
        tests.append(f"coalesce(f.subject, 'unknown') not in ({left_out})")
        tests.append(f"(s.subject is null or s.subject = 'unknown' or s.subject not in ({left_out}))")
        tests.append("f.taxpayer <> ''")
        tests.append("(f.confidence in ('certain', 'probable') or (f.confidence = 'stated' and is_uscc(f.taxpayer)))")
        seat = "null"
        if self.model["taxed_at"] == "seat":
            seat = f"coalesce(s.authority, '{self.figures.region}')"
            tests.append(f"s.taxpayer is not null and starts_with({seat}, '{self.figures.region}')")
        columns += [f"{seat} as seat"]
        if self.model.get("halved"):
            columns += ["s.subject as registered", "s.vat_payer_kind", "s.vat_general_from", "s.vat_general_to",
                        "s.profit_years", "s.no_profit_years"]
        yield f"who as (select {', '.join(columns)} from facts f left join standings s on s.taxpayer = f.taxpayer where {' and '.join(tests)})"

    def when(self):
        text, length = PERIODS[self.model["period"]]
        region = {"seat": "seat", "here": "null"}.get(self.model["taxed_at"], "place_region")
        region = f"coalesce({region}, '{self.figures.region}')"
        other = self.figures.sql(OTHER_AUTHORITY, region, region, "event_day")
        yield f"""placed as (
          select *, {region} as region, {text} as period, cast(date_trunc('{self.model['period']}', event_day) as date) as first_day,
            cast(date_trunc('{self.model['period']}', event_day) + {length} - interval 1 day as date) as last_day
          from who where event_day is not null and {other} is null)"""
        due = self.model.get("due")
        if not due:
            yield f"due_days as (select *, null::date as due_day, least(event_day, date '{self.figures.as_of}') as decisive from placed)"
            return
        start = "p.event_day" if due["after"] == "event" else "p.last_day"
        count = f"cast({self.figures.sql(due['param'], 'p.region', chr(39) * 2, start)} as int)"
        months = self.figures.read(due["param"])["measure"] == "months"
        day = f"last_day({start} + to_months({count}))" if months else f"{start} + {count}"
        yield f"""due_days as (
          select p.*, c.next_working_day as due_day, least(c.next_working_day, date '{self.figures.as_of}') as decisive
          from placed p join calendar c on c.day = {day})"""

    def covered(self):
        """Coverage hangs on place, period and decisive day: asked once for each of these, not for each row."""
        yield "spots as (select distinct region, first_day, last_day, decisive from due_days)"
        tests = []
        for number, need in enumerate(self.model["coverage"]):
            name = f"covered_{number}"
            yield from self.coverage.sql(name, need, self.figures.as_of)
            tests.append(f"(region, first_day, last_day, decisive) in (from {name})")
        if self.model.get("absence"):
            raise ValueError("whether an item was delivered is asked only where personal columns are opened")
        yield f"covered as (from spots where {' and '.join(tests) or 'true'})"
        grace = self.figures.sql(GRACE, "region", "''", "due_day")
        yield f"""comparable as (
          select d.* from due_days d semi join covered c
            on c.region = d.region and c.first_day = d.first_day and c.last_day = d.last_day and c.decisive = d.decisive
          where due_day is null or date '{self.figures.as_of}' > due_day + cast(coalesce({grace}, 0) as int))"""

    def figured(self):
        columns, joins, tests = [], [], []
        for name, use in self.parameters.items():
            on, kind = use.get("on") or "event_day", use.get("class")
            day = {"period_end": "last_day", "as_of": f"date '{self.figures.as_of}'"}.get(on, on)
            tests += [f"{column} is not null" for column in (use.get("on"), kind) if column in self.model["facts"]]
            if len(self.figures.values(use["param"])) > CASE_VALUES:
                joins.append(f"""left join figures p_{name} on p_{name}.key = '{use['param']}' and p_{name}.class = {kind}
                  and p_{name}.valid_from <= {day} and {day} <= p_{name}.valid_to""")
                value = f"p_{name}.value"
            else:
                value = self.figures.sql(use["param"], "region", f"cast({kind} as varchar)" if kind else "''", day)
            columns.append(f"{value} as {name}")
            tests += [] if use.get("optional") else [f"{name} is not null"]
        yield f"""figured as (
          select * from (select c.*{''.join(', ' + column for column in columns)} from comparable c {' '.join(joins)})
          {'where ' + ' and '.join(tests) if tests else ''})"""

    def amounts(self):
        """The steps of the formula, level by level: a step stands below those it is made of."""
        names = {name: name for name in [*self.numbers(), *self.parameters]}
        steps, level_of, idle, before = self.formula.get("steps") or {}, {}, set(), "figured"
        levels = {}
        for name, text in steps.items():
            names[name] = name
            level_of[name] = 1 + max([level_of.get(word, 0) for word in re.findall(r"[a-z_]\w*", str(text))], default=0)
            read = Formula(text, names, idle)
            if read.may_be_none:
                idle.add(name)
            levels.setdefault(level_of[name], []).append(f"{read.sql} as {name}")
        for level, columns in sorted(levels.items()):
            yield f"level_{level} as (select *, {', '.join(columns)} from {before})"
            before = f"level_{level}"
        low = Formula(self.formula["low"], names, idle).sql
        high = Formula(self.formula["high"], names, idle).sql if "high" in self.formula else low
        share = ("1", "1")
        if self.model.get("halved"):
            yield from self.halving(before)
            before, share = "relieved", ("least_share", "most_share")
        yield f"ends as (select *, {low} as one, {high} as other from {before})"
        yield f"due as (select *, least(one, other) * {share[0]} as low, greatest(one, other) * {share[1]} as high from ends where one is not null and other is not null)"

    def halving(self, before):
        """A payer known to qualify pays the rest, known not to qualify all, unknown a range."""
        yield f"subjects as (select *, coalesce(nullif(subject, 'unknown'), registered) as who from {before})"
        flags = {
            "sole_trader": "who = 'sole_trader'", "small_scale": small_scale("event_day"),
            "small_profit": small_profit("event_day"),
        }
        columns = []
        for kind, flag in flags.items():
            columns += [f"{flag} as flag_{kind}", f"1 - {self.figures.sql(SIX_TAXES, 'region', chr(39) + kind + chr(39), 'event_day')} as rest_{kind}"]
        yield f"flagged as (select *, {', '.join(columns)} from subjects)"
        low = [f"case when coalesce(flag_{kind}, true) then rest_{kind} end" for kind in flags]
        high = [f"case when flag_{kind} then rest_{kind} end" for kind in flags]
        yield f"relieved as (select *, least(1, {', '.join(low)}) as least_share, least(1, {', '.join(high)}) as most_share from flagged)"

    def payments_sql(self):
        """Payments of those who owe, oldest first, refunds behind; what a payment says it is for must fit."""
        paid = self.model["paid"]
        kinds = ", ".join(f"'{kind}'" for kind in paid["tax_kinds"])
        words = [f"contains(tax_item, '{word}')" for word in paid.get("items") or []]
        item = f"and (coalesce(tax_item, '') = '' or {' or '.join(words)})" if words else ""
        return f"""select taxpayer, period_from, period_to, cast(amount_yuan * 100 as bigint) as amount
          from {paid.get('view', 'payments')}
          where tax_kind in ({kinds}) {item} and period_from is not null and period_to is not null
            and taxpayer in (select taxpayer from debts where high > 0)
          order by taxpayer, amount_yuan < 0, period_from, period_to, evidence"""


class Coverage:
    """What the tax side's loads cover, from `coverage.csv`."""

    def __init__(self, base, path, is_stock):
        self.base, self.is_stock = base, is_stock
        base.execute(f"""create temp table loads as select "table" as name, coalesce(tax_kind, '') as tax_kind,
          coalesce(authority, '') as authority, cast("from" as date) as first_day, cast("to" as date) as last_day,
          cast(as_of as date) as as_of from read_csv('{path}', all_varchar = true, header = true)""")

    def sql(self, name, need, as_of):
        """Spots that the loads of a table cover, for every tax kind needed (none named: for any one that was loaded): of
        a stock one load decides, of a flow they must leave no day out."""
        stock, kinds = self.is_stock(need["table"]), need.get("tax_kinds") or []
        fresh = "coalesce(v.as_of >= s.decisive, false) or v.last_day >= s.decisive" if stock else "coalesce(v.as_of >= s.decisive, true)"
        wanted = f"(select unnest({kinds}) as kind)" if kinds else f"(select distinct tax_kind as kind from loads where name = '{need['table']}')"
        spot = "region, first_day, last_day, decisive"
        yield f"""{name}_loads as (
          select s.*, k.kind, v.first_day as load_from, v.last_day as load_to
          from spots s join loads v on v.name = '{need['table']}' and starts_with(s.region, v.authority) and ({fresh})
          join {wanted} k on v.tax_kind in ('', k.kind))"""
        whole = f"{name}_loads"
        if not stock:
            whole = f"{name}_whole"
            yield f"""{name}_gaps as (
              select *, load_from > greatest(first_day, coalesce(max(load_to) over before + 1, first_day)) as gap from {name}_loads
              window before as (partition by {spot}, kind order by load_from, load_to rows between unbounded preceding and 1 preceding))"""
            yield f"""{name}_chains as (
              select *, bool_or(gap) over (partition by {spot}, kind order by load_from, load_to rows unbounded preceding) as broken
              from {name}_gaps)"""
            yield f"""{whole} as (
              select {spot}, kind from {name}_chains where not broken
              group by all having max(load_to) >= least(last_day, date '{as_of}'))"""
        yield f"{name} as (select {spot} from {whole} group by all having count(distinct kind) >= {max(1, len(kinds))})"


def lay(debts, payments, later):
    """Lays the payments of one taxpayer against its debts, as (first day, last day, most due): a payment counts once,
    first towards debts of its own days, oldest first; where the question allows, what is left towards older ones.
    Gives what was paid towards each."""
    rests = [[first, last, amount] for first, last, amount in payments if amount > 0]
    for first, last, amount in payments:
        back = -amount
        for same in (True, False):
            for rest in rests if back > 0 else ():
                if ((rest[0], rest[1]) == (first, last)) == same:
                    taken = min(back, rest[2])
                    rest[2] -= taken
                    back -= taken
    paid = [0] * len(debts)
    for overlapping in (True, False) if later else (True,):
        for rest in rests:
            for at, (first, last, most) in enumerate(debts):
                fits = first <= rest[1] and (rest[0] <= last or not overlapping)
                taken = min(most - paid[at], rest[2]) if fits else 0
                if taken > 0:
                    paid[at] += taken
                    rest[2] -= taken
    return paid
