"""Files of an office's folder as rows of cells: workbooks by openpyxl, old ones by calamine, and what is only named so.

Every sheet is a list of rows, a row a list of values; empty text is None."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import pandas as pd
from openpyxl import load_workbook

SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"


def filled(row):
    """How many cells a row has up to its last filled one."""
    return next((at + 1 for at in range(len(row) - 1, -1, -1) if row[at] is not None), 0)


def tidy(rows):
    """Without blanks around texts, and without the empty columns behind the last filled one."""
    rows = [[cell.strip() or None if isinstance(cell, str) else cell for cell in row] for row in rows]
    width = max(map(filled, rows), default=0)
    return [row[:width] for row in rows]


def decoded(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def text_rows(data):
    text = decoded(data)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text[:2000] else ","))


def html_sheets(data, name):
    text = decoded(data)
    width = max(row.count("<td") + row.count("<th") for row in text.split("<tr"))
    as_text = {column: str for column in range(width)}
    for table in pd.read_html(io.StringIO(text), header=None, flavor="lxml", converters=as_text, keep_default_na=False):
        # Rows of th at the start have become the names of the columns.
        above = zip(*(as_tuple(one) for one in table.columns if not isinstance(one, int)))
        yield name, [list(row) for row in above] + table.to_numpy().tolist()


def as_tuple(name):
    return name if isinstance(name, tuple) else (name,)


def xml_sheets(data):
    for sheet in ElementTree.fromstring(data).iter(SPREADSHEET + "Worksheet"):
        rows = []
        for row in sheet.iter(SPREADSHEET + "Row"):
            cells = []
            for cell in row.iter(SPREADSHEET + "Cell"):
                index = int(cell.get(SPREADSHEET + "Index", len(cells) + 1))
                cells += [None] * (index - 1 - len(cells))
                value = cell.find(SPREADSHEET + "Data")
                cells.append(None if value is None else value.text)
            rows.append(cells)
        yield sheet.get(SPREADSHEET + "Name"), rows


def workbook_sheets(source):
    book = load_workbook(source, read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]
    book.close()


def sheets_of(data, name):
    """The sheets of a file, told by its first bytes as much as by its name."""
    suffix, stem = name.rsplit(".", 1)[-1].lower(), name.rsplit(".", 1)[0]
    if suffix in ("csv", "txt", "tsv"):
        yield stem, text_rows(data)
    elif suffix == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from ((f"{member}/{sheet}", rows) for sheet, rows in sheets_of(archive.read(member), member))
    elif data[:4] == b"PK\x03\x04" and suffix in ("xlsx", "xlsm"):
        yield from workbook_sheets(io.BytesIO(data))
    elif re.match(rb"\s*(<html|<table|<!doctype html)", data[:200], re.I):
        yield from html_sheets(data, stem)
    elif re.match(rb"\s*<\?xml|\s*<Workbook", data[:200]):
        yield from xml_sheets(data)
    elif suffix in ("xls", "xlsb", "ods"):
        frames = pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, dtype=object, engine="calamine")
        for sheet, frame in frames.items():
            yield sheet, frame.where(frame.notna(), None).to_numpy().tolist()


def read(path):
    """(sheet, rows) of every sheet that is not empty."""
    for sheet, rows in sheets_of(path.read_bytes(), path.name):
        rows = tidy(rows)
        if any(any(cell is not None for cell in row) for row in rows):
            yield sheet, rows
