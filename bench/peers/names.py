"""What the peers of the name search share: reading, folding, writing.

Names are folded as whoever links Chinese names of companies does it: NFKC, simplified signs (OpenCC), no blanks and no
brackets or other punctuation, capitals, 有限责任公司 as 有限公司."""

import csv
import json
import re
import unicodedata

import opencc
import pyarrow.parquet as pq

PUNCTUATION = re.compile(r"[\W_]+")
FORMS = re.compile(r"有限责任公司|股份有限公司|有限公司|集团|公司|有限合伙|普通合伙|个体工商户")


def simplified():
    """Every sign of the common plane that OpenCC writes in another way, as a table for str.translate."""
    convert = opencc.OpenCC("t2s").convert
    pairs = ((sign, convert(chr(sign))) for sign in range(0x3400, 0xA000))
    return {sign: other for sign, other in pairs if len(other) == 1 and other != chr(sign)}


SIMPLIFIED = simplified()


def fold(name):
    name = unicodedata.normalize("NFKC", name).translate(SIMPLIFIED)
    return PUNCTUATION.sub("", name).upper().replace("有限责任公司", "有限公司")


def without_form(folded):
    """The folded name without its words of legal form; the whole of it when nothing else is left."""
    return FORMS.sub("", folded) or folded


def read_registry(path):
    """Names, folded names and codes."""
    table = pq.read_table(path, columns=["name", "uscc"])
    return [fold(name or "") for name in table["name"].to_pylist()], table["uscc"].to_pylist()


def read_names(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [fold(row["name"]) for row in csv.DictReader(file)]


def write_answers(path, answers):
    """A line a name: its best candidates, each a code and a score, best first."""
    with open(path, "w", encoding="utf-8") as file:
        for candidates in answers:
            best = [{"uscc": uscc, "score": round(float(score), 6)} for uscc, score in candidates]
            file.write(json.dumps({"candidates": best}) + "\n")


def peak_memory_bytes():
    """The most memory this process has used so far, as Linux counts it."""
    with open("/proc/self/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def told(index_seconds, find_seconds, names):
    print(
        json.dumps(
            {
                "index_seconds": index_seconds,
                "find_seconds": find_seconds,
                "names": names,
                "peak_memory_bytes": peak_memory_bytes(),
            }
        )
    )
