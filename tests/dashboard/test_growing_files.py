"""Reading a file that grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.reads.growing_files import GrowingJsonLines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_a_tail_of_a_missing_file_is_empty(path: Path) -> None:
    assert GrowingJsonLines(path).lines() == []


def test_a_tail_reads_whole_lines_once(path: Path) -> None:
    tail = GrowingJsonLines(path)
    path.write_text('{"epoch": 1}\n{"epo')
    assert tail.lines() == [{"epoch": 1}]
    with path.open("a") as file:
        file.write('ch": 2}\n')
    assert tail.lines() == [{"epoch": 1}, {"epoch": 2}]
    assert tail.lines() == [{"epoch": 1}, {"epoch": 2}]


def test_a_tail_starts_again_when_the_file_was_replaced(path: Path) -> None:
    tail = GrowingJsonLines(path)
    path.write_text('{"epoch": 1}\n{"epoch": 2}\n')
    tail.lines()
    other = path.with_name("new")
    other.write_text('{"epoch": 7}\n{"epoch": 8}\n{"epoch": 9}\n')
    other.replace(path)
    assert [line["epoch"] for line in tail.lines()] == [7, 8, 9]


def test_a_tail_goes_on_in_a_longer_copy_of_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail, parsed = GrowingJsonLines(path), []

    def parse(line: bytes) -> bytes:
        parsed.append(line)
        return line

    monkeypatch.setattr("dashboard.reads.growing_files.json.loads", parse)
    for text in ("one\n", "one\ntwo\nthr", "one\ntwo\nthree\n"):
        copy = path.with_name("copy")
        copy.write_text(text)
        copy.replace(path)
        tail.lines()
    assert parsed == [b"one", b"two", b"three"]
    path.write_text("one\n")
    assert len(tail.lines()) == 1
