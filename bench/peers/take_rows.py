"""Takes so many tenths of the rows of a Parquet file, spread evenly.

take_rows.py SOURCE.parquet OUT.parquet TENTHS"""

import json
import sys

import duckdb

source, out, tenths = sys.argv[1], sys.argv[2], int(sys.argv[3])
rows = duckdb.connect().execute(f"""
    copy (select * from read_parquet('{source}') where file_row_number % 10 < {tenths})
    to '{out}' (format parquet, compression zstd)""").fetchone()[0]
print(json.dumps({"rows": rows}))
