"""rapidfuzz with blocking: names that share a rare pair of signs are compared, the most alike three are kept.

match_rapidfuzz.py REGISTRY.parquet NAMES.csv OUT.jsonl. Names are folded first. A block is all names with one pair of
neighbouring signs; the rarest blocks of a name are read until there are MOST candidates. The score is the mean of the
ratio of the whole names and that of the names without their legal form, which found more than ratio, WRatio,
Jaro-Winkler and OSA of either alone. One core."""

import sys
import time

import numpy as np
from names import read_names, read_registry, told, without_form, write_answers
from rapidfuzz import fuzz, process

TOP, SIFTED, MOST = 3, 8, 6000


def pairs_of(texts):
    """The pairs of neighbouring signs of all texts, and the text that each is of."""
    joined = np.frombuffer("\n".join(texts).encode("utf-32-le"), dtype=np.uint32)
    text = np.cumsum(joined == 10, dtype=np.int32)
    inside = (joined[:-1] != 10) & (joined[1:] != 10)
    pairs = joined[:-1][inside].astype(np.uint64) << np.uint64(32) | joined[1:][inside]
    return pairs, text[:-1][inside]


class Blocks:
    """Which names hold which pair: the names, sorted by pair, and where each pair begins."""

    def __init__(self, texts):
        pairs, owners = pairs_of(texts)
        order = np.argsort(pairs, kind="stable")
        self.owners = owners[order]
        self.pairs, self.starts = np.unique(pairs[order], return_index=True)
        self.ends = np.append(self.starts[1:], len(self.owners))

    def candidates(self, name):
        """Names of the rarest blocks, without repeats."""
        pairs = np.unique(pairs_of([name])[0])
        at = np.searchsorted(self.pairs, pairs)
        at = at[(at < len(self.pairs)) & (self.pairs[np.minimum(at, len(self.pairs) - 1)] == pairs)]
        sizes = self.ends[at] - self.starts[at]
        found, count = [], 0
        for block, size in sorted(zip(at, sizes), key=lambda one: one[1]):
            if found and count + size > MOST:
                break
            found.append(self.owners[self.starts[block] : self.starts[block] + min(size, MOST)])
            count += size
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)


registry_path, names_path, out = sys.argv[1:4]
start = time.perf_counter()
folded, codes = read_registry(registry_path)
blocks = Blocks(folded)
cores = np.array([without_form(name) for name in folded], dtype=object)
index_seconds = time.perf_counter() - start

start = time.perf_counter()
names = read_names(names_path)
answers = []
for name in names:
    block = blocks.candidates(name)
    sifted = process.extract(without_form(name), cores[block], scorer=fuzz.ratio, limit=SIFTED)
    scored = [(fuzz.ratio(name, folded[block[at]]) / 2 + score / 2, codes[block[at]]) for _, score, at in sifted]
    scored.sort(key=lambda one: -one[0])
    answers.append([(code, score) for score, code in scored[:TOP]])
find_seconds = time.perf_counter() - start
write_answers(out, answers)
told(index_seconds, find_seconds, len(names))
