"""Tables of eight shapes go through with no option but the targets, and a group where there is one.

``python -m tests.problems.test_table_shapes FOLDER`` writes them and prints their options.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spinn_engine.problems import load_problem
from spinn_engine.spec import DataSpec


@dataclass(frozen=True)
class Shape:
    rows: int
    inputs: int
    targets: int
    file: str
    categories: tuple[int, ...] = ()  # how many different texts each of these columns has
    groups: int = 0
    holes: int = 0  # rows with a missing or infinite cell
    extras: tuple[str, ...] = ()  # index, date, double, empty
    writing: dict[str, str] = field(default_factory=dict)

    @property
    def target_names(self) -> tuple[str, ...]:
        return tuple(f"y{n}" for n in range(self.targets))

    @property
    def inputs_expected(self) -> int:
        return self.inputs + sum(self.categories) + ("date" in self.extras)


GERMAN = {"sep": ";", "decimal": ",", "encoding": "cp1252"}
SHAPES = {
    "small": Shape(100, 4, 1, "small.csv"),
    "semicolons": Shape(1_500, 12, 2, "semicolons.csv", writing=GERMAN, groups=30, holes=40),
    "wide": Shape(800, 260, 3, "wide.csv", holes=25),
    "categories": Shape(3_000, 6, 14, "categories.csv", categories=(2, 9, 20), holes=100),
    "long": Shape(40_000, 18, 5, "long.parquet", groups=200),
    "workbook": Shape(600, 8, 2, "workbook.xlsx", categories=(3,), extras=("date", "index")),
    "utf16": Shape(2_000, 30, 4, "utf16.tsv", writing={"sep": "\t", "encoding": "utf-16"},
                   groups=25, extras=("empty",)),
    "folder": Shape(900, 5, 1, "folder", categories=(4,), extras=("index", "double", "empty")),
}  # fmt: skip


def make(shape: Shape) -> pd.DataFrame:
    """Smooth targets of some inputs; header units, and what people leave in their files."""
    rng = np.random.default_rng(shape.rows)
    x = rng.normal(size=(shape.rows, shape.inputs))
    table = pd.DataFrame(x, columns=[f"größe {n} [N]" for n in range(shape.inputs)])
    for number, count in enumerate(shape.categories):
        kinds = rng.permutation(np.arange(shape.rows) % count)
        table[f"kind{number}"] = [f"type {kind}" for kind in kinds]
    for number, name in enumerate(shape.target_names):
        table[name] = np.sin(x[:, number % shape.inputs]) + x[:, (number + 1) % shape.inputs] ** 2
    for row in range(shape.holes):
        table.iloc[row * 3, row % shape.inputs] = [np.nan, np.inf][row % 2]
    if shape.groups:
        table["run"] = [f"run {n}" for n in np.arange(shape.rows) % shape.groups]
    if "date" in shape.extras:
        table["when"] = pd.date_range("2024-01-01", periods=shape.rows, freq="min")
    if "double" in shape.extras:
        table.insert(0, "again", table["größe 0 [N]"])
        table = table.rename(columns={"again": "größe 0 [N]"})
    if "empty" in shape.extras:
        table["remark"] = [None] * (shape.rows - 1) + ["broken"]
    return table


def save(shape: Shape, folder: Path) -> Path:
    table, path = make(shape), folder / shape.file
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".xlsx":
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            table.to_excel(book)
    elif path.suffix:
        options = {"sep": ",", **shape.writing}
        table.to_csv(path, index="index" in shape.extras, **options)  # type: ignore[call-overload]
    else:
        path.mkdir()
        for part, first, last in (("train", 0, 600), ("val", 600, 750), ("test", 750, 900)):
            table.iloc[first:last].to_csv(path / f"{part}.csv")
    return path


@pytest.mark.parametrize("name", SHAPES)
def test_the_table_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    shape = SHAPES[name]
    table = make(shape)
    group = "run" if shape.groups else None
    source = f"table:{save(shape, tmp_path)}"
    problem = load_problem(DataSpec(source=source, targets=shape.target_names, group=group))
    numbers = table.filter(like="größe").to_numpy(dtype=float)
    kept = np.isfinite(numbers).all(axis=1)
    assert problem.inputs.shape == (kept.sum(), shape.inputs_expected)
    assert len(problem.inputs) == shape.rows - shape.holes
    written = table.loc[kept, list(shape.target_names)]
    assert np.allclose(problem.targets, written, rtol=1e-12)
    unique = table.loc[kept, ~table.columns.duplicated()].filter(like="größe")
    sizes = [n for n, unit in problem.units.items() if unit == "N"]
    assert sizes == [f"größe {n}" for n in range(shape.inputs)]
    places = [problem.input_names.index(size) for size in sizes]
    assert np.allclose(problem.inputs[:, places], unique, rtol=1e-12)
    for number, count in enumerate(shape.categories):
        columns = [f"kind{number}={k}" for k in sorted(f"type {n}" for n in range(count))]
        block = problem.inputs[:, [problem.input_names.index(column) for column in columns]]
        made = pd.get_dummies(table.loc[kept, f"kind{number}"])[
            sorted(table[f"kind{number}"].unique())
        ]
        assert np.array_equal(block, made)
    assert sorted(np.concatenate([problem.train, problem.val, problem.test])) == [
        *range(kept.sum())
    ]
    if shape.groups:
        assert problem.groups is not None
        assert problem.groups.max() == shape.groups - 1


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    for one in SHAPES.values():
        options = f"--data table:{save(one, target)} --targets {','.join(one.target_names)}"
        sys.stdout.write(options + (" --group run" if one.groups else "") + "\n")
