"""TF-IDF over signs and pairs of signs: scikit-learn makes the vectors, sparse_dot_topn multiplies them, keeping three.

match_tfidf.py REGISTRY.parquet NAMES.csv OUT.jsonl. Names are folded first. Signs and pairs that a tenth of all names
have (those of the legal form) are left out: they cost most of the time and add nothing. Both cores."""

import sys
import time

import numpy as np
from names import read_names, read_registry, told, write_answers
from sklearn.feature_extraction.text import TfidfVectorizer
from sparse_dot_topn import sp_matmul_topn

TOP, CHUNK, LEAST, THREADS = 3, 1000, 0.3, 2

registry_path, names_path, out = sys.argv[1:4]
start = time.perf_counter()
folded, codes = read_registry(registry_path)
vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), max_df=0.1, lowercase=False, dtype=np.float32)
index = vectorizer.fit_transform(folded).T.tocsr()
index_seconds = time.perf_counter() - start

start = time.perf_counter()
names = read_names(names_path)
answers = []
for at in range(0, len(names), CHUNK):
    vectors = vectorizer.transform(names[at : at + CHUNK])
    best = sp_matmul_topn(vectors, index, top_n=TOP, threshold=LEAST, sort=True, n_threads=THREADS)
    for row in range(best.shape[0]):
        part = slice(best.indptr[row], best.indptr[row + 1])
        answers.append([(codes[entry], score) for entry, score in zip(best.indices[part], best.data[part])])
find_seconds = time.perf_counter() - start
write_answers(out, answers)
told(index_seconds, find_seconds, len(names))
