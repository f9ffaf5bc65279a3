"""What each table must look like, and which table a sheet is: by the table schemas of the items and the other spellings
of their headers."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

MEASURE = re.compile(r"[(（][^()（）]*[)）]$")
FOOTER = re.compile(r"^(合计|总计|小计|填报人|制表人|审核人|填表说明|备注|说明|注)")
LOOKED_AT = 12


def plain(header):
    """A header without blanks, width and the mark of what is required."""
    if header is None:
        return ""
    return re.sub(r"[\s*＊]+", "", unicodedata.normalize("NFKC", str(header)))


@dataclass
class Kind:
    """A table: its fields by column key, and its fields by every header they go by."""

    name: str
    title: str
    fields: dict
    key: list
    required: set
    headers: dict = field(default_factory=dict)

    def parties(self):
        """Prefixes of columns that say who somebody is."""
        return [key[:-5] for key in self.fields if key.endswith("_name") and key[:-5] + "_uscc" in self.fields]



def spellings(templates):
    """Other headers of a column, out of the templates: (item.kind, column key) → headers."""
    found = {}
    for path in Path(templates).rglob("*.yaml"):
        for kind, body in yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)["kinds"].items():
            for column in body["columns"]:
                name = f"{path.stem}.{kind}"
                if "party" in column:
                    party = column["party"]
                    found[name, f"{party}_name"] = column.get("aliases", [])
                    for part in ("uscc", "organisation_code", "registration_number"):
                        found[name, f"{party}_{part}"] = column.get(f"{part}_aliases", [])
                else:
                    found[name, column["key"]] = column.get("aliases", [])
    return found


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(folder, templates):
    """Every kind by name."""
    others, kinds = spellings(templates), {}
    for path in sorted(Path(folder).glob("*.datapackage.json")):
        package = json.loads(path.read_text(encoding="utf-8"))
        for resource in package["resources"]:
            fields = {one["gongzhi:column"]: one for one in resource["schema"]["fields"]}
            by_header = {one["name"]: key for key, one in fields.items()}
            key = [by_header[name] for name in resource["schema"].get("gongzhi:key", []) if name in by_header]
            required = {column for column, one in fields.items() if one.get("constraints", {}).get("required")}
            kind = Kind(resource["gongzhi:kind"], package["title"], fields, key, required)
            for column in fields:
                for other in others.get((kind.name, column), []):
                    kind.headers.setdefault(plain(other), column)
            kind.headers.update({plain(one["name"]): column for column, one in fields.items()})
            kinds[kind.name] = kind
    return kinds


class Headers:
    """Which columns of which kinds a header stands for: with its measure, else without it, 万元 being ten thousand."""

    def __init__(self, kinds):
        self.kinds, self.known = kinds, {}
        for kind in kinds.values():
            for header, column in kind.headers.items():
                self.known.setdefault(header, []).append((kind.name, column))

    @lru_cache(maxsize=None)
    def find(self, header):
        """By kind: (column key, factor)."""
        found = {kind: (column, 1) for kind, column in self.known.get(header, [])}
        bare = MEASURE.sub("", header)
        if bare != header:
            factor = 10_000 if "万元" in header else 1
            for kind, column in self.known.get(bare, []):
                found.setdefault(kind, (column, factor))
        return found


@dataclass
class Recognised:
    """Which table a sheet is, where its rows begin, and which column of the sheet is which of the table."""

    kind: Kind
    start: int
    columns: dict
    factors: dict
    action: int | None


def header_rows(rows):
    """Candidates for a header among the first rows: one row, or two of which the upper names groups."""
    for at, row in enumerate(rows[:LOOKED_AT]):
        names = [plain(cell) for cell in row]
        if sum(1 for name in names if name) < 2:
            continue
        yield at + 1, names
        if at + 1 < len(rows):
            upper, last = [], ""
            for name in names:
                last = name or last
                upper.append(last)
            lower = [plain(cell) for cell in rows[at + 1]] + [""] * len(upper)
            yield at + 2, [up if not low or low == up else up + low for up, low in zip(upper, lower)]


def recognise(rows, path, headers):
    """The table with the most known headers, one that the file is named for before others, the lower of two headers."""
    best, best_worth = None, (0, 0, -99, 0)
    for start, names in header_rows(rows):
        filled, by_kind = 0, {}
        for at, name in enumerate(names):
            if name:
                filled += 1
                for kind, hit in headers.find(name).items():
                    by_kind.setdefault(kind, {})[at] = hit
        for name, known in by_kind.items():
            kind = headers.kinds[name]
            missing = kind.required - {column for column, _ in known.values()}
            worth = (kind.title[:8] in path, len(known) / filled, -len(missing), len(known))
            if len(known) > 1 and len(known) * 2 >= filled and worth >= best_worth:
                columns, factors = {}, {}
                for at, (column, factor) in known.items():
                    if column not in columns:
                        columns[column], factors[column] = at, factor
                action = next((at for at, one in enumerate(names) if one.startswith("操作")), None)
                best, best_worth = Recognised(kind, start, columns, factors, action), worth
    return best


def body_rows(rows, start):
    """(row number in the sheet, cells) of the rows that are neither empty nor totals, notes or signatures."""
    for number, row in enumerate(rows[start:], start + 1):
        filled = [cell for cell in row if cell is not None]
        if filled and not (isinstance(filled[0], str) and FOOTER.match(filled[0])):
            yield number, row
