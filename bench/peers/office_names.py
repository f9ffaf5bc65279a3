"""Who a row speaks of: by code, by an older code within it, by the exact name, else by the most alike name."""

import re
from collections import defaultdict

import pandas as pd
from rapidfuzz import fuzz, process

ALIKE, HEAD = 90, 3
PUNCTUATION = re.compile(r"[\W_]+")


def plain(names):
    return (
        names.str.normalize("NFKC")
        .str.replace(PUNCTUATION, "", regex=True)
        .str.upper()
        .str.replace("有限责任公司", "有限公司", regex=False)
    )


class Register:
    """Taxpayers by code, organisation code and name; names by their first signs and by their last."""

    def __init__(self, frames):
        """frames: (codes, names) of the tables that say who there is."""
        known = pd.concat([pd.DataFrame({"code": code, "name": name}) for code, name in frames], ignore_index=True)
        known = known[known["code"].str.len() == 18].dropna().drop_duplicates()
        known["name"] = plain(known["name"])
        self.codes = set(known["code"])
        self.by_organisation = dict(zip(known["code"].str.slice(8, 17), known["code"]))
        owners = known.drop_duplicates().groupby("name")["code"].agg(["first", "nunique"])
        self.by_name = owners["first"][owners["nunique"] == 1].to_dict()
        self.by_head, self.by_tail = defaultdict(list), defaultdict(list)
        for name in self.by_name:
            self.by_head[name[: HEAD + 2]].append(name)
            self.by_tail[name[-HEAD - 4 :]].append(name)

    def nearest(self, name):
        """The code of the most alike name among those that begin or end alike."""
        if len(name) < 4:
            return None
        block = self.by_head.get(name[: HEAD + 2], []) + self.by_tail.get(name[-HEAD - 4 :], [])
        best = process.extractOne(name, block, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.by_name[best[0]] if best else None

    def find(self, codes, names):
        """Codes of the taxpayers meant, and how each was found."""
        asked = pd.DataFrame({"code": codes.fillna("").str.upper(), "name": plain(names.fillna(""))}, index=codes.index)
        unique = asked.drop_duplicates().copy()
        code = unique["code"]
        of_code = code.where(code.isin(self.codes))
        organisation = code.str.replace("-", "").str.slice(-9).where(code.str.len().isin([9, 10, 15, 18]))
        of_organisation = organisation.map(self.by_organisation)
        of_name = unique["name"].map(self.by_name)
        found = of_code.fillna(of_organisation).fillna(of_name)
        how = pd.Series("code", index=unique.index).where(of_code.notna() | of_organisation.notna(), "name")
        # A good code that the register does not have is somebody else's.
        stranger = code.str.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}") & of_code.isna()
        rest = found.isna() & ~stranger & (unique["name"] != "")
        found[rest] = unique["name"][rest].map(self.nearest)
        how[rest] = "alike"
        unique["taxpayer"], unique["how"] = found, how.where(found.notna())
        joined = asked.merge(unique, on=["code", "name"], how="left")
        joined.index = asked.index
        return joined["taxpayer"], joined["how"]
