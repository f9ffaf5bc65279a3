"""Every column checked by its field of the table schema: type, required, range, closed list, pattern, length, and rows
that repeat a key. Whole columns at a time."""

import pandas as pd
from openpyxl.utils import get_column_letter

YES, NO = ["是", "true", "True", "TRUE"], ["否", "false", "False", "FALSE"]


def figures(cells):
    values = pd.to_numeric(cells, errors="coerce")
    unread = cells.notna() & values.isna()
    if unread.any():
        text = cells[unread].astype(str).str.normalize("NFKC").str.replace(r"[,\s元]", "", regex=True)
        values = values.astype(float)
        values[unread] = pd.to_numeric(text, errors="coerce")
    return values


def days(cells):
    text = cells.where(cells.notna(), "").astype(str).str.normalize("NFKC").str.slice(0, 11)
    text = text.str.replace(r"[年月/.]", "-", regex=True).str.replace(r"[日T\s].*", "", regex=True)
    values = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    unread = values.isna() & (text != "")
    if unread.any():
        values[unread] = pd.to_datetime(text[unread], format="%Y%m%d", errors="coerce")
    return values


def texts(cells):
    """Text as it stands; a whole figure without its point."""
    text = cells.where(cells.notna(), "").astype(str).str.strip()
    return text.str.replace(r"^(\d+)\.0$", r"\1", regex=True).where(cells.notna())


def typed(cells, field, factor):
    """The column in its type, and which filled cells are not of it."""
    if field["type"] in ("number", "integer"):
        values = figures(cells) * factor
        return values, cells.notna() & values.isna()
    if field["type"] == "date":
        values = days(cells)
        return values, cells.notna() & values.isna()
    values = texts(cells)
    if field["type"] == "boolean":
        return values.isin(YES).where(values.notna()), values.notna() & ~values.isin(YES + NO)
    if field["gongzhi:column"].endswith(("_uscc", "_code", "_name", "_number")):
        values = values.str.normalize("NFKC").str.strip()
    return values, pd.Series(False, index=cells.index)


def broken_rules(values, rules):
    """(what, which rows) of every rule of a field that is broken."""
    filled = values.notna()
    if rules.get("required"):
        yield "必填", ~filled
    if "minimum" in rules:
        yield "过小", filled & (values < rules["minimum"])
    if "maximum" in rules:
        yield "过大", filled & (values > rules["maximum"])
    if "enum" in rules and len(values[filled]):
        yield "不在列表", filled & ~values.isin(rules["enum"])
    if "pattern" in rules:
        yield "格式", filled & ~values.fillna("").str.upper().str.fullmatch(rules["pattern"])
    if "maxLength" in rules:
        yield "过长", filled & (values.fillna("").str.len() > rules["maxLength"])


def check(body, found):
    """The rows in their types without those that have an issue, and the issues as (cell, header, what)."""
    kind, columns, issues = found.kind, {}, []
    wrong = pd.Series(False, index=body.index)

    def note(column, what, rows):
        nonlocal wrong
        if rows.any():
            letter = get_column_letter(found.columns[column] + 1)
            header = kind.fields[column]["name"]
            issues.extend((f"{letter}{row}", header, what) for row in body.index[rows])
            wrong = wrong | rows

    for column, at in found.columns.items():
        field = kind.fields[column]
        cells = body[at] if at in body else pd.Series(None, index=body.index, dtype=object)
        values, unreadable = typed(cells, field, found.factors[column])
        note(column, "类型", unreadable)
        for what, rows in broken_rules(values, field.get("constraints", {})):
            note(column, what, rows & ~unreadable)
        columns[column] = values
    missing = sorted(kind.required - found.columns.keys())
    issues.extend(("", kind.fields[column]["name"], "缺列") for column in missing)
    frame = pd.DataFrame(columns, index=body.index)
    key = [column for column in kind.key if column in frame]
    if key:
        repeated = frame.duplicated(key)
        note(key[0], "重复", repeated & frame[key].notna().any(axis=1))
    frame["_row"] = body.index
    frame["_action"] = body[found.action] if found.action is not None and found.action in body else None
    return frame[~wrong], issues
