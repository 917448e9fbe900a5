"""Reading a file of metrics that grows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.reads.growing_files import GrowingMetrics
from spinn_engine import api
from spinn_engine.errors import SpinnError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def line(epoch: int) -> str:
    figures = {"val_loss": [0.5], "val_r2": [0.5]}
    return json.dumps({"stage": 0, "arm": "dense", "epoch": epoch, **figures}) + "\n"


def epochs(tail: GrowingMetrics) -> list[int]:
    return [one["epoch"] for one in tail.lines()]


def test_a_tail_of_a_missing_file_is_empty(path: Path) -> None:
    assert GrowingMetrics(path).lines() == []


def test_a_tail_reads_whole_lines_once(path: Path) -> None:
    tail = GrowingMetrics(path)
    path.write_text(line(1) + line(2)[:5])
    assert epochs(tail) == [1]
    with path.open("a") as file:
        file.write(line(2)[5:])
    assert epochs(tail) == [1, 2]
    assert epochs(tail) == [1, 2]


def test_a_tail_starts_again_when_the_file_was_replaced(path: Path) -> None:
    tail = GrowingMetrics(path)
    path.write_text(line(1) + line(2))
    tail.lines()
    other = path.with_name("new")
    other.write_text(line(7) + line(8) + line(9))
    other.replace(path)
    assert epochs(tail) == [7, 8, 9]


def test_a_tail_goes_on_in_a_longer_copy_of_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail = GrowingMetrics(path)
    parsed: list[int] = []
    original = api.parsed_metrics

    def parse(path: Path, lines: list[bytes]) -> list[dict[str, Any]]:
        found = original(path, lines)
        parsed.extend(one["epoch"] for one in found)
        return found

    monkeypatch.setattr(api, "parsed_metrics", parse)
    for text in (line(1), line(1) + line(2) + line(3)[:3], line(1) + line(2) + line(3)):
        copy = path.with_name("copy")
        copy.write_text(text)
        copy.replace(path)
        tail.lines()
    assert parsed == [1, 2, 3]
    path.write_text(line(1))
    assert len(tail.lines()) == 1


@pytest.mark.parametrize("bad", ['{"epoch": 1}', "{", "[" * 100_000, '{"stage": "0"}', "7"])
def test_a_line_that_is_none_of_metrics_is_told_at_every_look(path: Path, bad: str) -> None:
    tail = GrowingMetrics(path)
    path.write_text(line(1))
    tail.lines()
    path.write_text(line(1) + bad + "\n")
    for _ in range(2):
        with pytest.raises(SpinnError, match=r"metrics\.jsonl cannot be read: "):
            tail.lines()
    path.write_text(line(1) + line(2))
    assert epochs(tail) == [1, 2]
