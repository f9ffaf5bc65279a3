"""What an office does with a folder of sheets today, as a script: open every file, find the header, look a taxpayer up
by code and else by exact name, and compare grants of land with the deed and stamp tax paid. It checks types and
required cells of every sheet, keeps nothing, and answers two questions of the twelve."""

import json
import sys
import unicodedata
from pathlib import Path

import pandas as pd

folder = Path(sys.argv[1])


def narrow(value):
    return unicodedata.normalize("NFKC", str(value)).strip() if pd.notna(value) else ""


def frames(path):
    suffix = path.suffix.lower()
    try:
        if suffix in {".csv", ".txt", ".tsv"}:
            for encoding in ("utf-8-sig", "gb18030", "utf-16"):
                try:
                    return [pd.read_csv(path, header=None, dtype=str, encoding=encoding, sep=None, engine="python")]
                except (UnicodeError, pd.errors.ParserError):
                    continue
            return []
        if suffix in {".xlsx", ".xlsm"}:
            return list(pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine="openpyxl").values())
        if suffix in {".xls", ".xlsb", ".ods"}:
            return list(pd.read_excel(path, sheet_name=None, header=None, dtype=object, engine="calamine").values())
    except Exception:
        return []
    return []


def table(frame):
    """The header is the first row with the most texts among the first ten."""
    head = frame.head(10)
    if head.empty:
        return None
    at = int(head.notna().sum(axis=1).to_numpy().argmax())
    columns = [narrow(name) for name in frame.iloc[at]]
    body = frame.iloc[at + 1 :].copy()
    body.columns = [name or f"column_{number}" for number, name in enumerate(columns)]
    return body.loc[:, ~body.columns.duplicated()]


rows, files, problems = 0, 0, 0
registry, by_name, grants, payments = {}, {}, [], []
for path in sorted(folder.rglob("*")):
    if not path.is_file() or path.name == "coverage.csv":
        continue
    files += 1
    for frame in frames(path):
        body = table(frame)
        if body is None or body.shape[1] < 2:
            continue
        rows += len(body)
        for name in body.columns:
            cells = body[name].map(narrow)
            if "代码" in name or "识别号" in name:
                filled = cells[cells != ""]
                problems += int((~filled.str.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}")).sum())
            elif "日期" in name:
                problems += int(pd.to_datetime(cells[cells != ""], errors="coerce", format="mixed").isna().sum())
            elif "金额" in name or "价款" in name:
                filled = cells[cells != ""].str.replace(r"[,，]", "", regex=True)
                problems += int(pd.to_numeric(filled, errors="coerce").isna().sum())
        columns = set(body.columns)
        code = next((name for name in body.columns if "识别号" in name or name.endswith("统一社会信用代码")), None)
        if {"纳税人名称", "纳税人状态"} <= columns and code:
            for uscc, name in zip(body[code].map(narrow), body["纳税人名称"].map(narrow)):
                registry[uscc] = name
                by_name.setdefault(name, set()).add(uscc)
        elif {"征收项目", "实缴金额"} <= columns and code:
            payments.append(body[[code, "征收项目", "实缴金额"]].set_axis(["code", "tax", "paid"], axis=1))
        elif any(name.startswith("招拍挂取得土地使用权单位") for name in columns):
            price = next((name for name in body.columns if "成交价款" in name), None)
            holder = next(name for name in body.columns if name.startswith("招拍挂取得土地使用权单位"))
            if price:
                times = 10000 if "万元" in price else 1
                values = pd.to_numeric(body[price].map(narrow).str.replace(",", ""), errors="coerce") * times
                codes = body[code].map(narrow) if code else pd.Series("", index=body.index)
                grants.append(pd.DataFrame({"name": body[holder].map(narrow), "code": codes, "price": values}))

leads = 0
if grants and payments:
    grants = pd.concat(grants, ignore_index=True)
    lookup = {name: next(iter(codes)) for name, codes in by_name.items() if len(codes) == 1}
    known = grants["code"].isin(registry.keys())
    grants["taxpayer"] = grants["code"].where(known, grants["name"].map(lookup))
    paid = pd.concat(payments, ignore_index=True)
    paid["paid"] = pd.to_numeric(paid["paid"].map(narrow).str.replace(",", ""), errors="coerce")
    for tax, rate in (("契税", 0.03), ("印花税", 0.0005)):
        due = grants.groupby("taxpayer")["price"].sum() * rate
        have = paid[paid["tax"].map(narrow) == tax].groupby("code")["paid"].sum()
        gap = due.sub(have.reindex(due.index).fillna(0))
        leads += int((gap > 100).sum())
print(json.dumps({"files": files, "rows": rows, "problems": problems, "leads": leads}))
