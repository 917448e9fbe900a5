"""What was read is kept until a file of it changes, and shared by all visitors."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reads import data_source, run_files
from dashboard.reads.cached import cached, stamp
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec
from spinn_engine.store.run_folder import RunFolder
from tests.dashboard.support import opened

NUMBERS = count(1)
WRITE, TOUCH, MOVE, READ = "write", "touch", "move", "read"


def counted(shared: bool) -> tuple[Callable[[Path], list[str]], list[Path]]:
    """A read of the texts in a folder, and every folder that was really read."""
    done: list[Path] = []

    @cached(lambda folder: [folder], most=1000, shared=shared)
    def read(folder: Path) -> list[str]:
        done.append(folder)
        return [file.read_text() for file in sorted(folder.iterdir())]

    return read, done


@pytest.mark.parametrize("shared", [True, False])
@given(
    changes=st.lists(
        st.one_of(
            st.tuples(st.just(WRITE), st.sampled_from("ab"), st.text("xy", max_size=3)),
            st.tuples(st.sampled_from((TOUCH, MOVE)), st.sampled_from("ab"), st.just("")),
            st.just((READ, "", "")),
        ),
        max_size=12,
    )
)
def test_a_changed_file_is_read_again_and_an_equal_one_is_not(
    changes: list[tuple[str, str, str]], shared: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read, done = counted(shared)
    folder = tmp_path_factory.mktemp("files")
    known: dict[str, tuple[str, int]] = {}  # text and time of each file
    seen: set[tuple[tuple[str, int, int], ...]] = set()
    for what, name, text in [*changes, (READ, "", "")]:
        path = folder / name
        if what == WRITE or (what == TOUCH and name in known):
            known[name] = (text if what == WRITE else known[name][0], next(NUMBERS))
            path.write_text(known[name][0])
            os.utime(path, ns=(known[name][1], known[name][1]))
        elif what == MOVE and name in known:
            known[name + name] = known.pop(name)
            path.rename(folder / (name + name))
        elif what == READ:
            assert read(folder) == [text for _, (text, _) in sorted(known.items())]
            seen.add(tuple((name, at, len(text)) for name, (text, at) in sorted(known.items())))
            assert len(done) == len(seen)


def test_a_stamp_says_path_time_and_size(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    assert stamp(path) == ()
    path.write_text("ab")
    os.utime(path, ns=(7, 7))
    assert stamp(path) == stamp(tmp_path) == ((str(path), 7, 2),)


def test_a_visitor_may_change_a_copy_and_shares_what_is_shared(tmp_path: Path) -> None:
    for shared, later in ((True, ["more"]), (False, [])):
        read, done = counted(shared)
        folder = tmp_path / str(shared)
        folder.mkdir()
        read(folder).append("more")
        assert read(folder) == later
        assert len(done) == 1


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    data = DataSpec(source=f"table:{tmp_path / 'runs.csv'}", targets=("y",))
    for _ in range(2):
        with pytest.raises(BadInputError):
            data_source.split(data)
    (tmp_path / "runs.csv").write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(40)))
    assert sum(data_source.split(data).rows.values()) == 40


def test_reads_of_equal_files_are_told_apart_by_name(finished_run: RunFolder) -> None:
    found = run_files.result(finished_run.run_id)
    assert found is not None
    assert found == finished_run.result()
    assert run_files.result("earlier_single") != found


def test_two_visitors_share_a_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, check = store / "shared.csv", api.check
    asked: list[DataSpec] = []

    def counting(data: DataSpec) -> list[dict[str, Any]]:
        asked.append(data)
        return check(data)

    monkeypatch.setattr(api, "check", counting)
    store.mkdir()
    table.write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(40)))
    where = {"source": "table", "path": str(table), "targets": "y"}
    for _ in range(2):
        opened("data", **where)
    assert len(asked) == 1
    table.write_text("x,y\n" + "".join(f"{n},{n + n}\n" for n in range(50)))
    opened("data", **where)
    assert len(asked) == 2
