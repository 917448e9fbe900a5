"""What large tables take: ``python -m tests.benchmarks.scale [--rows N] [--csv-bytes N]``.

Makes Parquet files of ten million rows by 20 columns, CSV files of 2 GB, one of numbers and one of
texts, and a table of ten thousand columns, and prints for each command its time, its peak of
resident memory and that over the numbers of the table in single precision; the peak is that of the
largest process, and of all that lived together. Importing torch is measured for itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
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
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as store:
        measure = partial(measured, store)
        measure("import torch", (sys.executable, "-c", "import torch"))
        path, matrix = Path(folder) / "long.parquet", 4 * asked.rows * COLUMNS
        write_parquet(path, tables(asked.rows))
        data = ("--data", f"table:{path}", "--targets", "y", "--json")
        measure("check, long Parquet", (*SPINN, "check", *data), matrix)
        tiny = (*TINY.split(), "--batch-size", "8192")
        measure("run, long Parquet", (*SPINN, "run", *data, *tiny), matrix)
        write_parquet(path.with_stem("new"), tables(asked.rows, seed=1))
        new = ("latest", "--data", f"table:{path.with_stem('new')}", "--arms", "last_layer")
        measure("adapt, as many new rows", (*SPINN, "adapt", *new), matrix)
        for name, made, named in (
            ("numbers", tables(sys.maxsize), ()),
            ("texts", texts(sys.maxsize), ("--group", "run")),
        ):
            path = Path(folder) / f"{name}.csv"
            rows, columns = write_csv(path, made, asked.csv_bytes)
            data = ("--data", f"table:{path}", "--targets", "y", *named, "--json")
            command = (*SPINN, "check", *data)
            measure(f"check, long CSV of {name}, {rows:,} rows", command, 4 * rows * columns)
            path.unlink()
        path = Path(folder) / "wide.csv"
        wide = np.random.default_rng(0).normal(size=(10_000, 60)).round(6)
        names = ["wear", *(f"s{n}" for n in range(1, 10_000))]
        csv.write_csv(pa.table(dict(zip(names, wide, strict=True))), path)
        data = ("--data", f"table:{path}", "--targets", "wear", "--json")
        measure("check, 10,000 columns", (*SPINN, "check", *data), 4 * wide.size)


def write_parquet(path: Path, made: Iterator[pa.Table]) -> None:
    """Write rows, a row group for each table."""
    with parquet.ParquetWriter(path, next(tables(1)).schema) as writer:
        for table in made:
            writer.write_table(table)


def tables(rows: int, seed: int = 0) -> Iterator[pa.Table]:
    """So many rows of noise with a target in double precision, some at a time."""
    rng = np.random.default_rng(seed)
    for start in range(0, rows, PART):
        x: NDArray[np.float64] = rng.normal(size=(COLUMNS - 1, min(PART, rows - start)))
        y = np.sin(x[0]) + x[1] * x[2] + 0.1 * rng.normal(size=x.shape[1])
        yield pa.table({**{f"x{n}": column for n, column in enumerate(x)}, "y": y})


def texts(rows: int) -> Iterator[pa.Table]:
    """The same rows in German: a run, a category, a time, and numbers like 1.234,56."""
    marks = str.maketrans(",.", ".,")
    for number, table in enumerate(tables(rows)):
        at = number * PART + np.arange(len(table))
        when = np.datetime64("2024-01-01", "s") + at
        made = {
            "run": np.char.add("run ", (at // 10_000).astype(str)),
            "steel": np.array(["hard", "soft", "None"])[at % 3],
            "when": pc.strftime(pa.array(when), "%Y-%m-%d %H:%M:%S"),
        }
        for name in ("x0", "x1", "x2", "y"):
            numbers = (1e4 * table[name].to_numpy()).tolist()
            made[name] = [f"{one:,.2f}".translate(marks) for one in numbers]
        yield pa.table(made)


def write_csv(path: Path, made: Iterator[pa.Table], most: int) -> tuple[int, int]:
    """Write rows until the file is as long as asked for; how many there are, and columns."""
    rows: int = 0
    with path.open("wb") as file:
        for table in made:
            csv.write_csv(table, file, csv.WriteOptions(include_header=rows == 0, delimiter=";"))
            rows += int(table.num_rows)
            if file.tell() >= most:
                return rows, table.num_columns
    raise AssertionError("there is no end of rows")


def measured(store: str, name: str, command: tuple[str, ...], matrix: int | None = None) -> None:
    """Run a command, and print its time and its peak of memory."""
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
