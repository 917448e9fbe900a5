"""Reading a file that grows, and looking at the queue together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.reads import cache
from dashboard.reads.cache import stamp
from dashboard.reads.growing_files import LineTail
from spinn_engine import api
from spinn_engine.errors import SpinnError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_a_tail_of_a_missing_file_is_empty(path: Path) -> None:
    assert LineTail(path).lines() == []


def test_a_tail_reads_whole_lines_once(path: Path) -> None:
    tail = LineTail(path)
    path.write_text('{"epoch": 1}\n{"epo')
    assert tail.lines() == [{"epoch": 1}]
    with path.open("a") as file:
        file.write('ch": 2}\n')
    assert tail.lines() == [{"epoch": 1}, {"epoch": 2}]
    assert tail.lines() == [{"epoch": 1}, {"epoch": 2}]


def test_a_tail_starts_again_when_the_file_was_replaced(path: Path) -> None:
    tail = LineTail(path)
    path.write_text('{"epoch": 1}\n{"epoch": 2}\n')
    tail.lines()
    other = path.with_name("new")
    other.write_text('{"epoch": 7}\n{"epoch": 8}\n{"epoch": 9}\n')
    other.replace(path)
    assert [line["epoch"] for line in tail.lines()] == [7, 8, 9]


def test_a_tail_goes_on_in_a_longer_copy_of_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tail, parsed = LineTail(path), []

    def parse(line: bytes) -> bytes:
        parsed.append(line)
        return line

    monkeypatch.setattr("dashboard.reads.cache.json.loads", parse)
    for text in ("one\n", "one\ntwo\nthr", "one\ntwo\nthree\n"):
        copy = path.with_name("copy")
        copy.write_text(text)
        copy.replace(path)
        tail.lines()
    assert parsed == [b"one", b"two", b"three"]
    path.write_text("one\n")
    assert len(tail.lines()) == 1


def test_a_stamp_changes_with_the_file(path: Path) -> None:
    assert stamp(path) == ()
    path.write_text("a")
    first = stamp(path)
    path.write_text("ab")
    assert stamp(path) != first
    assert len(stamp(path.parent)) == 1


def test_all_visitors_share_a_look_at_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def slow_look() -> list[api.Job]:
        looks.append(time.monotonic())
        time.sleep(0.05)
        return []

    monkeypatch.setattr(api, "jobs", slow_look)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: cache.queue(), range(10)))
    assert len(looks) == 1
    time.sleep(0.6)
    cache.queue()
    assert len(looks) == 2


def test_what_was_just_done_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(api, "jobs", lambda: list(done))
    assert cache.queue()[0] == []
    done.append("cancelled")
    cache.look_again()
    assert list(map(str, cache.queue()[0])) == ["cancelled"]


def test_a_look_that_failed_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[api.Job]:
        raise SpinnError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(api, "jobs", fail)
        with pytest.raises(SpinnError, match="away"):
            cache.queue()
    assert cache.queue() == ([], [])
