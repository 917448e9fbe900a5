import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec

NASA = Path(__file__).parents[3] / "shared" / "data" / "nasa_milling"


def frame(rows: int = 60, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "speed": rng.normal(size=rows),
            "life": [f"tool {n % 12}" for n in range(rows)],
            "wear": rng.normal(size=rows),
            "load": np.arange(rows),
            "on": np.arange(rows) % 2 == 0,
        }
    )


def write(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False)
    return path


def load(
    path: Path,
    *targets: str,
    group: str | None = "life",
    drop: tuple[str, ...] = (),
) -> Problem:
    return load_problem(
        DataSpec(source=f"table:{path}", targets=targets or ("wear",), group=group, drop=drop)
    )


@pytest.mark.parametrize("suffix", ["csv", "parquet", "CSV"])
def test_one_file_is_split_by_group(tmp_path: Path, suffix: str) -> None:
    table = frame()
    problem = load(write(table, tmp_path / f"a:b.{suffix}"))
    assert problem.input_names == ("speed", "load", "on")
    assert problem.target_names == ("wear",)
    assert np.allclose(problem.inputs, table[["speed", "load", "on"]].to_numpy(dtype=float))
    assert np.allclose(problem.targets[:, 0], table["wear"])
    assert problem.groups is not None
    assert list(problem.groups) == [n % 12 for n in range(60)]
    sides = [set(problem.groups[rows]) for rows in (problem.train, problem.val, problem.test)]
    assert [len(side) for side in sides] == [8, 2, 2]
    assert len(set.union(*sides)) == 12
    assert not problem.simulated
    assert problem.ceiling is None
    assert problem.notes == ()


def test_one_file_without_a_group_is_split_by_shuffled_rows(tmp_path: Path) -> None:
    path = write(frame(100), tmp_path / "rows.csv")
    problem = load(path, "wear", "speed", group=None, drop=("life",))
    assert problem.groups is None
    assert problem.input_names == ("load", "on")
    assert problem.target_names == ("wear", "speed")
    parts = (problem.train, problem.val, problem.test)
    assert [len(part) for part in parts] == [70, 15, 15]
    assert sorted(np.concatenate(parts)) == list(range(100))
    again = load(path, "wear", "speed", group=None, drop=("life",))
    assert again.sha256() == problem.sha256()


def test_a_folder_keeps_its_own_split_whatever_the_order_of_columns(tmp_path: Path) -> None:
    train, val, test = frame(20, 1), frame(12, 2), frame(14, 3)
    write(train, tmp_path / "train.csv")
    write(val[val.columns[::-1]], tmp_path / "val.parquet")
    write(test, tmp_path / "test.csv")
    (tmp_path / "README.md").write_text("not a table")
    problem = load(tmp_path)
    assert [list(rows) for rows in (problem.train, problem.val, problem.test)] == [
        list(range(20)),
        list(range(20, 32)),
        list(range(32, 46)),
    ]
    assert problem.input_names == ("speed", "load", "on")
    wear = np.concatenate([part["wear"] for part in (train, val, test)])
    assert np.allclose(problem.targets[:, 0], wear)
    assert problem.groups is not None
    assert problem.groups[0] == problem.groups[20]  # "tool 0" in two files


def test_missing_and_infinite_cells_are_left_out_and_counted(tmp_path: Path) -> None:
    table = frame(50)
    table.loc[[3, 4], "speed"] = np.nan
    table.loc[4, "wear"] = np.inf
    table.loc[7, "life"] = None
    table["comment"] = [None, "all well"] * 25
    problem = load(write(table, tmp_path / "gaps.csv"), drop=("comment",))
    kept = table.drop(index=[3, 4, 7])
    assert np.allclose(problem.targets[:, 0], kept["wear"])
    assert problem.notes == (
        "3 of 50 rows were left out: a cell in a used column was missing or not finite.",
    )


@settings(max_examples=25)
@given(st.data())
def test_kept_rows_are_those_without_a_gap(data: st.DataObject) -> None:
    rows = data.draw(st.integers(12, 40))
    names = ["speed", "wear", "load"]
    cells = st.tuples(st.integers(0, rows - 1), st.sampled_from(names))
    holes = data.draw(st.sets(cells))
    table = frame(rows)[names].astype(float)
    for row, name in holes:
        table.loc[row, name] = np.nan
    with tempfile.TemporaryDirectory() as folder:
        path = write(table, Path(folder) / "holes.csv")
        kept = table.dropna()
        if len(kept) < 10:
            with pytest.raises(BadInputError, match=r"complete row|no row is complete"):
                load(path, group=None)
            return
        problem = load(path, group=None)
    assert np.allclose(problem.inputs, kept[["speed", "load"]])
    assert sum(len(part) for part in (problem.train, problem.val, problem.test)) == len(kept)


def test_constant_inputs_and_nullable_and_decimal_text_columns_are_read(tmp_path: Path) -> None:
    table = frame()
    table["always"] = 3.0
    table["maybe"] = pd.array([None, *range(59)], dtype="Int64")
    table["written"] = [" 1.5"] * 60
    problem = load(write(table, tmp_path / "kinds.parquet"))
    assert problem.input_names[-3:] == ("always", "maybe", "written")
    assert list(problem.inputs[0, -3:]) == [3.0, 0.0, 1.5]
    assert len(problem.inputs) == 59


def test_a_named_parquet_index_is_a_column(tmp_path: Path) -> None:
    table = frame().set_index("life")
    problem = load(write(table, tmp_path / "indexed.parquet"))
    assert problem.groups is not None
    assert len(np.unique(problem.groups)) == 12


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (DataSpec(), r"no target is named, .*speed, life, wear, load and on"),
        (DataSpec(targets=("were",)), r"target 'were' is not .*speed, life, wear, load and on"),
        (DataSpec(targets=("wear",), drop=("x",)), "dropped column 'x' is not"),
        (DataSpec(targets=("wear",), group="x"), "group column 'x' is not"),
        (DataSpec(targets=("wear",), group="wear"), "'wear' is named as target and as group"),
        (DataSpec(targets=("wear",), drop=("wear",)), "'wear' is named as target and as dropped"),
        (DataSpec(targets=("wear", "wear")), "'wear' is named twice"),
        (DataSpec(targets=("wear",), time="wear"), "'wear' is named as target and as time"),
        (DataSpec(targets=("wear",), time="on", group="on"), "'on' is named as group .* as time"),
        (DataSpec(targets=("wear",), time="when"), "time column 'when' is not"),
        (
            DataSpec(targets=("wear",), time="life"),
            "'life' holds 'tool 0' in row 1, which is no time",
        ),
        (DataSpec(targets=("life",)), "target 'life' holds text like 'tool 0'"),
        (DataSpec(targets=("wear",), drop=("speed", "life", "load", "on")), "no input column"),
        (DataSpec(targets=("wear",), group="on", drop=("life",)), r"'on' has 2 groups"),
    ],
)
def test_columns_that_cannot_be_used_so(tmp_path: Path, options: DataSpec, expected: str) -> None:
    path = write(frame(), tmp_path / "runs.csv")
    with pytest.raises(BadInputError, match=expected) as caught:
        load_problem(options.model_copy(update={"source": f"table:{path}"}))
    assert str(path) in str(caught.value)


def test_text_is_found_where_it_stands(tmp_path: Path) -> None:
    table = frame().astype({"load": str})
    table.loc[41, "load"] = "n/k"
    with pytest.raises(BadInputError, match="column 'load' holds 'n/k' in row 42"):
        load(write(table, tmp_path / "text.csv"))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("gone.csv", None, "there is no such file or folder"),
        (f"{'long' * 100}.csv", None, "cannot be opened: file name too long"),
        ("runs.exe", b"a,wear\n1,2\n", r"must end in \.csv, .*, \.parquet, \.xlsx"),
        ("nothing.csv", b"", "cannot be read as a table"),
        ("header.csv", b"a,wear,life\n", "has no rows"),
        ("cut_header.csv", b"a,wear,life", "has no rows"),
        ("long_row.csv", b"a,wear\n1," + b"x" * 4_000_000, r"a row takes more than 1\.05 MB"),
        ("cell.csv", b"a,wear\n" + b"x" * 200_000 + b",1\ny,2\n" * 9, "up to 200,000 letters"),
        ("blank.csv", b"\n\n\n", "the file is empty"),
        ("one.csv", b"a,wear\n1,2\n", r"1 complete row, at least 10"),
        ("unknown.csv", b"a,wear\n1,2\n\x81,2\n", "neither UTF-8, UTF-16 nor Western European"),
        ("ragged.csv", b"a,wear\n1,2\n1,2,3,4\n", r"line 3 has 4 cells but .* 2 names"),
        ("short.csv", b"a,wear\n" + b"1,2\n" * 20 + b"3", r"line 22 has 1 cell but"),
        ("wide.csv", b"a,wear\n1,2,3\n4,5,6\n", r"line 1 has 2 cells but most rows have 3"),
        ("quote.csv", b"a,wear\n" + b"1,2\n" * 20 + b'3,"4\n' + b"1,2\n" * 20, "quotation mark"),
        ("bytes.csv", bytes(range(256)) * 4, "zero bytes, so it is not text"),
        ("text.xlsx", b"a,wear\n1,2\n", "it is no workbook"),
        ("text.parquet", b"a,wear\n1,2\n", "cannot be read as a table"),
        ("short.parquet", b"PAR1", "cannot be read as a table"),
        ("few.csv", b"a,wear\n" + b"1,2\n3,4\n" * 4, r"8 complete rows, at least 10"),
        ("no_target.csv", b"a,wear\n" + b"1,\n" * 20, "target 'wear' has no finite number"),
        ("all_nan.csv", b"a,wear\n" + b"nan,NaN\n" * 20, "target 'wear' has no finite number"),
        ("no_input.csv", b"a,wear\n" + b",1\nNA,2\n" * 9, "no input column is left, .* empty: a"),
        (
            "gaps.csv",
            b"a,b,wear\n" + b"1,,2\n,2,3\n" * 20,
            "no row is complete, column 'a' has no finite number or text in 20 of 40 rows",
        ),
        ("huge.csv", b"a,wear\n" + b"1,2\n" * 20 + b"1e300,3\n", "'a' holds 1e300 in row 21,"),
        ("tiny.csv", b"a,wear\n" + b"1,1e-300\n1,2e-300\n" * 9, "'wear' is constant"),
        ("flat.csv", b"a,wear\n" + b"1,2.5\n" * 20, r"'wear' is constant \(2\.5\) in all 14 rows"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, name: str, content: bytes | None, expected: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInputError, match=expected) as caught:
        load(path, group=None)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lists_are_no_numbers_but_may_name_groups(tmp_path: Path) -> None:
    table = frame()
    table["pair"] = [[n % 12, 1] for n in range(60)]
    path = write(table, tmp_path / "lists.parquet")
    with pytest.raises(BadInputError, match="column 'pair' holds lists"):
        load(path)
    groups = load(path, group="pair", drop=("life",)).groups
    assert groups is not None
    assert list(groups) == [n % 12 for n in range(60)]


def test_a_long_list_of_columns_is_shortened(tmp_path: Path) -> None:
    table = pd.DataFrame(np.zeros((3, 200)), columns=[f"c{n}" for n in range(200)])
    with pytest.raises(BadInputError, match="c0, c1, .* and 188 more"):
        load(write(table, tmp_path / "wide.csv"))


def test_a_target_that_is_constant_in_a_held_out_part_has_no_score(tmp_path: Path) -> None:
    for part, rows in (("train", 20), ("val", 12), ("test", 12)):
        table = frame(rows)
        if part == "test":
            table["wear"] = 0.5
        write(table, tmp_path / f"{part}.csv")
    with pytest.raises(BadInputError, match=r"'wear' is constant \(0\.5\) .* of the test part"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("remove test", r"found no test file, but .* one test\.csv"),
        ("second train", r"found train\.csv and train\.parquet"),
        ("other column", r"test\.csv: columns must be those of train\.csv, but it lacks speed"),
        ("more columns", r"val\.csv: columns must be those of train\.csv, but it also has extra"),
        ("one row", r"1 complete row in the val part, at least 2 are needed"),
    ],
)
def test_folders_that_cannot_be_used(tmp_path: Path, change: str, expected: str) -> None:
    for part in ("train", "val", "test"):
        write(frame(), tmp_path / f"{part}.csv")
    if change == "remove test":
        (tmp_path / "test.csv").unlink()
    elif change == "second train":
        write(frame(), tmp_path / "train.parquet")
    elif change == "other column":
        write(frame().rename(columns={"speed": "pace"}), tmp_path / "test.csv")
    elif change == "more columns":
        write(frame().assign(extra=1), tmp_path / "val.csv")
    else:
        write(frame(1), tmp_path / "val.csv")
    with pytest.raises(BadInputError, match=expected):
        load(tmp_path)


@pytest.mark.skipif(not NASA.is_dir(), reason=f"the NASA milling tables are not at {NASA}")
def test_the_nasa_milling_tables() -> None:
    problem = load(NASA, "tool_wear", "thermal_displacement", group="experiment_id")
    assert problem.inputs.shape == (12_046, 17)
    assert [len(rows) for rows in (problem.train, problem.val, problem.test)] == [8730, 1710, 1606]
    assert problem.groups is not None
    sides = [set(problem.groups[rows]) for rows in (problem.train, problem.val, problem.test)]
    assert [len(side) for side in sides] == [11, 2, 3]
    assert len(set.union(*sides)) == 16
