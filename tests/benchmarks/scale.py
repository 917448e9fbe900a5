"""What large tables take: ``python -m tests.benchmarks.scale [--rows N] [--csv-bytes N]``.

Makes a Parquet file of ten million rows by 20 columns, a CSV file of 2 GB and a table of ten
thousand columns, and prints for each command its time, its peak of resident memory and that over
the numbers of the table in single precision; the peak is that of the largest process, and of all
that lived together. Importing torch is measured for itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv, parquet

COLUMNS = 20
PART = 500_000  # rows that are made at once
SPINN = (sys.executable, "-m", "spinn_engine")
TINY = "--stages 1 --pruning-ratio 0.3 --seeds 1 --hidden 32,32 --epochs 1 --fine-tune-epochs 1"


def main() -> None:
    """Print one line a command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--csv-bytes", type=int, default=2_000_000_000)
    asked = parser.parse_args()
    measured("import torch", (sys.executable, "-c", "import torch"))
    with tempfile.TemporaryDirectory() as folder:
        path, matrix = Path(folder) / "long.parquet", 4 * asked.rows * COLUMNS
        with parquet.ParquetWriter(path, next(tables(1)).schema) as writer:
            for table in tables(asked.rows):
                writer.write_table(table)
        data = ("--data", f"table:{path}", "--targets", "y", "--json")
        measured("check, long Parquet", (*SPINN, "check", *data), matrix)
        tiny = (*TINY.split(), "--batch-size", "8192")
        measured("run, long Parquet", (*SPINN, "run", *data, *tiny), matrix)
        path = Path(folder) / "long.csv"
        rows = write_csv(path, asked.csv_bytes)
        data = ("--data", f"table:{path}", "--targets", "y", "--json")
        measured("check, long CSV", (*SPINN, "check", *data), 4 * rows * COLUMNS)
        path = Path(folder) / "wide.csv"
        wide = np.random.default_rng(0).normal(size=(10_000, 60)).round(6)
        names = ["wear", *(f"s{n}" for n in range(1, 10_000))]
        csv.write_csv(pa.table(dict(zip(names, wide, strict=True))), path)
        data = ("--data", f"table:{path}", "--targets", "wear", "--json")
        measured("check, 10,000 columns", (*SPINN, "check", *data), 4 * wide.size)


def tables(rows: int) -> Iterator[pa.Table]:
    """So many rows of noise with a target in double precision, some at a time."""
    rng = np.random.default_rng(0)
    for start in range(0, rows, PART):
        x: NDArray[np.float64] = rng.normal(size=(COLUMNS - 1, min(PART, rows - start)))
        y = np.sin(x[0]) + x[1] * x[2] + 0.1 * rng.normal(size=x.shape[1])
        yield pa.table({**{f"x{n}": column for n, column in enumerate(x)}, "y": y})


def write_csv(path: Path, most: int) -> int:
    """Write rows until the file is as long as asked for; how many there are."""
    rows: int = 0
    with path.open("wb") as file:
        for table in tables(sys.maxsize):
            csv.write_csv(table, file, csv.WriteOptions(include_header=rows == 0))
            rows += int(table.num_rows)
            if file.tell() >= most:
                return rows
    raise AssertionError("there is no end of rows")


def measured(name: str, command: tuple[str, ...], matrix: int | None = None) -> None:
    """Run a command, and print its time and its peak of memory."""
    with tempfile.TemporaryDirectory() as store:
        start, peaks, together = time.monotonic(), dict[int, int](), 0
        environment = {**psutil.Process().environ(), "SPINN_RESULTS": store}
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        ) as running:
            first = psutil.Process(running.pid)
            while running.poll() is None:
                now = 0
                with suppress(psutil.Error):
                    for one in (first, *first.children(recursive=True)):
                        held = one.memory_info().rss
                        peaks[one.pid] = max(peaks.get(one.pid, 0), held)
                        now += held
                together = max(together, now)
                time.sleep(0.02)
    largest = max(peaks.values())
    over = f", {largest / matrix:.2f} of its numbers in single precision" if matrix else ""
    print(
        f"{name}: {time.monotonic() - start:.0f} s, {largest / 1e9:.2f} GB in one process{over}, "
        f"{together / 1e9:.2f} GB together, exit code {running.returncode}",
        flush=True,
    )


if __name__ == "__main__":
    main()
