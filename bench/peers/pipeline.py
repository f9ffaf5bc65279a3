"""What an office does with a folder of sheets, as a script: every file read, every column of every sheet checked, the
rows kept, every party looked up, eleven of the twenty questions asked, the leads written as a workbook.

pipeline.py COUNTY SCHEMAS OUT. SCHEMAS holds the table schemas of all items. It reads with openpyxl and pandas,
checks whole columns at a time, looks names up with rapidfuzz where neither code nor exact name is known, and writes
issues.csv, a Parquet file a table, leads.csv and leads.xlsx."""

import csv
import json
import sys
import time
from pathlib import Path

import office_questions
import pandas as pd
from office_check import check
from office_files import read
from office_names import Register
from office_schema import Headers, body_rows, load, recognise
from openpyxl import Workbook

MENDED, NOTES = "（更正）", "填报说明"
TEMPLATES = Path(__file__).resolve().parents[2] / "catalog" / "templates"

county, schemas, out = map(Path, sys.argv[1:4])
told = {"files": 0, "unread": 0, "sheets": 0, "unknown": 0, "rows": 0, "problems": 0, "parties": {}, "seconds": {}}
clock = time.perf_counter()


def took(step):
    global clock
    told["seconds"][step] = round(time.perf_counter() - clock, 2)
    clock = time.perf_counter()


def take_in():
    """Frames by kind out of every sheet that is a known table, and all issues."""
    kinds, frames, issues = load(schemas, TEMPLATES), {}, []
    headers = Headers(kinds)
    paths = sorted(path for path in county.rglob("*") if path.is_file() and path.name != "coverage.csv")
    names = {path.relative_to(county).with_suffix("").as_posix() for path in paths}
    for path in paths:
        told["files"] += 1
        inside = path.relative_to(county).as_posix()
        replaced = path.relative_to(county).with_suffix("").as_posix() + MENDED in names
        try:
            sheets = list(read(path))
        except Exception as error:
            told["unread"] += 1
            issues.append((inside, "", "", "", f"不能读取：{error}"))
            continue
        for sheet, rows in sheets:
            if sheet == NOTES:
                continue
            found = recognise(rows, inside, headers)
            if found is None:
                told["unknown"] += 1
                issues.append((inside, sheet, "", "", "不能识别的表"))
                continue
            body = dict(body_rows(rows, found.start))
            frame = pd.DataFrame(list(body.values()), index=list(body), dtype=object)
            kept, wrong = check(frame, found)
            told["sheets"] += 1
            told["rows"] += len(frame)
            issues += [(inside, sheet, *issue) for issue in wrong]
            if not replaced:
                frames.setdefault(found.kind.name, []).append(kept.assign(_file=inside, _sheet=sheet))
    told["problems"] = len(issues)
    return kinds, {name: stand(pd.concat(parts, ignore_index=True), kinds[name]) for name, parts in frames.items()}, issues


def stand(frame, kind):
    """What holds after additions, changes and revocations: the last word on a key."""
    if kind.key and frame["_action"].notna().any():
        key = [column for column in kind.key if column in frame]
        frame = frame.drop_duplicates(key, keep="last")
    return frame[~frame["_action"].isin(["撤销"])].drop(columns="_action")


def look_up(frames, kinds):
    """A column of codes beside every party."""
    sources = [("tax_registration.taxpayer", "taxpayer"), ("business_opening.opening", "enterprise"), ("business_closing.closing", "enterprise")]
    sources = [(frames[kind], party) for kind, party in sources if kind in frames]
    register = Register([(frame[f"{party}_uscc"], frame[f"{party}_name"]) for frame, party in sources])
    for name, frame in frames.items():
        for party in kinds[name].parties():
            columns = [frame.get(f"{party}_{part}", pd.Series(None, index=frame.index, dtype=object)) for part in ("uscc", "name")]
            frame[f"{party}_taxpayer"], how = register.find(*columns)
            for word, count in how.value_counts().items():
                told["parties"][word] = told["parties"].get(word, 0) + int(count)


def write(frames, issues, leads):
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "issues.csv", "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("文件", "工作表", "单元格", "列", "问题"), *issues])
    for name, frame in frames.items():
        frame.to_parquet(out / f"{name}.parquet")
    book = Workbook(write_only=True)
    for name, found in leads.items():
        sheet = book.create_sheet(name.split("/")[1][:31])
        sheet.append(["纳税人", "所属期", "应缴", "已缴"])
        for row in found[["taxpayer", "period", "due", "paid"]].itertuples(index=False):
            sheet.append([None if pd.isna(cell) else cell for cell in row])
    book.save(out / "leads.xlsx")
    joined = pd.concat([found.assign(model=name) for name, found in leads.items()])
    joined = joined.rename(columns={"taxpayer": "uscc"})
    joined[["model", "uscc", "period", "due", "paid"]].to_csv(out / "leads.csv", index=False)
    told["leads"] = len(joined)


kinds, frames, issues = take_in()
took("intake")
look_up(frames, kinds)
took("identity")
leads = office_questions.answer(frames, kinds)
took("models")
write(frames, issues, leads)
took("reports")
told["questions"] = len(leads)
print(json.dumps(told))
