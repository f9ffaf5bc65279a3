"""What the peers check, out of the table schema: the same types, required cells, ranges, closed lists and patterns."""

import json


def load(path):
    return json.load(open(path + ".schema.json", encoding="utf-8"))["fields"]


def letters(column):
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
