#!/usr/bin/env bash
# Guess:     a column of categories that comes from Parquet has int32 codes, as pandas and pyarrow write them, so that -1
#            can stand for a missing cell, as it does in pandas' own codes.
# Behaviour: polars' Categorical comes back from pyarrow with uint32 codes and its Enum with uint8: the type is kept in the
#            Arrow schema inside the file. Filling the missing codes with -1 raises OverflowError.
# Seen:      polars 2.1.0, pyarrow 26.0.1: uint32, uint8 and int32, as below.
# Follows:   cast codes to int64 before missing cells get a number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q polars==2.1.0 pyarrow==26.0.1
cd "$folder"
env/bin/python - > seen <<'PYTHON'
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

tools = ["a", "b", None, "b"]
for kind in (pl.Categorical, pl.Enum(["a", "b"])):
    pl.DataFrame({"tool": pl.Series(tools, dtype=kind)}).write_parquet("polars.parquet")
    codes = pq.read_table("polars.parquet")["tool"].chunk(0).indices
    try:
        told = codes.fill_null(-1).to_pylist()
    except OverflowError as error:
        told = type(error).__name__
    print("polars", codes.type, told)
pq.write_table(pa.table({"tool": pa.array(tools).dictionary_encode()}), "pyarrow.parquet")
codes = pq.read_table("pyarrow.parquet")["tool"].chunk(0).indices
print("pyarrow", codes.type, codes.fill_null(-1).to_pylist())
PYTHON
diff - seen <<'SEEN'
polars uint32 OverflowError
polars uint8 OverflowError
pyarrow int32 [0, 1, -1, 1]
SEEN
