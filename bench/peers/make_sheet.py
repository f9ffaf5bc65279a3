"""Makes a sheet of many rows that a template accepts: the example of every column, with what tells rows apart varied.

make_sheet.py SCHEMA.json KIND ROWS COLUMNS OUT.{xlsx,csv}; prints how many cells were written. The schema that the
peers check by, cut to the same columns, is written beside the sheet."""

import csv
import json
import sys

schema_path, kind, rows, wanted, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
descriptor = json.load(open(schema_path, encoding="utf-8"))
resource = next(one for one in descriptor["resources"] if one["gongzhi:kind"] == kind)
fields = resource["schema"]["fields"]
key = set(resource["schema"].get("gongzhi:key", []))
needed = [field for field in fields if field.get("constraints", {}).get("required") or field["name"] in key]
rest = [field for field in fields if field not in needed]
chosen = needed + rest[: max(0, wanted - len(needed))]
fields = [field for field in fields if field in chosen]

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]


def uscc(number):
    body = f"{number % 10**6:06d}"
    organisation = "MA" + body
    total = sum(int(sign, 36) * weight for sign, weight in zip(organisation, WEIGHTS))
    check = (11 - total % 11) % 11
    text = "91652323" + organisation + ("X" if check == 10 else str(check))
    total = sum(SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(text))
    return text + SIGNS[(31 - total % 31) % 31]


def maker(field):
    column, example = field["gongzhi:column"], field.get("example", "")
    enum = field.get("constraints", {}).get("enum")
    if column.endswith("_uscc"):
        return lambda n: uscc(n)
    if column.endswith("_name") and not example:
        return lambda n: f"示例第{n}建材有限公司"
    if enum:
        return lambda n: example if example in enum else enum[0]
    if field["type"] == "number":
        base = float(example or "1000")
        return lambda n: base if n % 7 else round(base, 2)
    if field["type"] == "integer":
        return lambda n: int(example or "1")
    if field["name"] in key and field["type"] == "string":
        return lambda n: f"{example or '示例'}{n}"
    if column.endswith(("project_name", "address", "location", "receipt_number")):
        return lambda n: f"{example or '示例'}{n}"
    return lambda n: example


makers = [maker(field) for field in fields]
names = [field["name"] for field in fields]
if out.endswith(".csv"):
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for n in range(rows):
            writer.writerow([make(n) for make in makers])
else:
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("1")
    sheet.write_row(0, 0, names)
    for n in range(rows):
        sheet.write_row(n + 1, 0, [make(n) for make in makers])
    book.close()
json.dump({"fields": fields, "missingValues": [""]}, open(out + ".schema.json", "w", encoding="utf-8"))
print(json.dumps({"cells": rows * len(fields), "columns": len(fields)}))
