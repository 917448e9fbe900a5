"""A million rows, in a process of their own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

LOAD = r"""
import re, sys
from pathlib import Path
from spinn_engine.problems import load_problem
from spinn_engine.problems.matrix import blocks_of
from spinn_engine.spec import DataSpec
data = DataSpec(source="table:" + sys.argv[1], targets=("y",), group="run", time="t")
problem = load_problem(data)
problem.sha256()
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the process before exec
kibibytes = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
total = sum(block.sum() for block in blocks_of(problem.inputs))
print(*problem.inputs.shape, total, kibibytes * 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak")
def test_a_million_rows_take_less_than_four_times_the_file(tmp_path: Path) -> None:
    rows = 1_000_000
    rng = np.random.default_rng(0)
    columns = {f"x{n}": rng.normal(size=rows).round(5) for n in range(17)}
    columns["t"] = np.tile(np.arange(1000.0), 1000)
    columns["run"] = np.repeat(np.arange(1000), 1000)
    columns["y"] = columns["x0"] + columns["x1"]
    columns["x3"][::1000] = np.nan
    path = tmp_path / "million.csv"
    csv.write_csv(pa.table({n: pa.array(v, from_pandas=True) for n, v in columns.items()}), path)
    command = [sys.executable, "-c", LOAD, str(path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    count, inputs, total, peak = (float(word) for word in done.stdout.split())
    whole = ~np.isnan(columns["x3"])
    assert (count, inputs) == (whole.sum(), 18)
    expected = sum(
        values[whole].sum() for name, values in columns.items() if name not in ("run", "y")
    )
    assert total == pytest.approx(expected, rel=1e-9)
    assert peak < 4 * path.stat().st_size


TRAIN = r"""
import re, sys
from pathlib import Path
import torch
from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import check_problem
from spinn_engine.spec import DataSpec
from spinn_engine.training.data import on_device
def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) * 1024
before = peak()
problem = load_problem(DataSpec(source="table:" + sys.argv[1], targets=("y",)))
problem.sha256()
check_problem(problem)
checked = peak()
placed = on_device(problem, torch.device("cpu"))
print(before, checked, peak(), float(placed.x.double().sum()))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak")
def test_a_large_parquet_file_is_placed_in_less_than_twice_its_single_precision(
    tmp_path: Path,
) -> None:
    rows, groups = 2_000_000, 8
    path, rng = tmp_path / "large.parquet", np.random.default_rng(0)
    names = [*(f"x{n}" for n in range(19)), "y"]
    schema = pa.schema([(name, pa.float64()) for name in names])
    with parquet.ParquetWriter(path, schema) as writer:
        for _ in range(groups):
            values = rng.normal(size=(20, rows // groups))
            writer.write_table(pa.table(dict(zip(names, values, strict=True))))
    command = [sys.executable, "-c", TRAIN, str(path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    before, checked, peak, total = (float(word) for word in done.stdout.split())
    matrix = 4 * rows * 20
    fixed = 100_000_000  # blocks and samples, however many rows there are
    assert abs(total) < 1e-2 * rows * 19  # standardised: the test rows' mean is near 0
    assert checked - before < 1.2 * matrix + fixed
    assert peak - before < 2 * matrix + fixed
