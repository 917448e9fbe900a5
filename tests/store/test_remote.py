"""A store on another machine: what arrives, what is sent, and what is left alone."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spinn_engine.artifacts import creation
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec
from spinn_engine.store import runs
from spinn_engine.store.remote import mirror
from spinn_engine.store.remote.store import RemoteStore
from spinn_engine.store.run_folder import RESULT_NAME
from tests.store.remote_support import Clock, Machines, Requests, Wire, contents, read_all, write

RUN = {
    "spec.json": "{}",
    "metrics.jsonl": '{"epoch": 1}\n',
    "log.txt": "begun\n",
    "fields.npz": "large",
    "checkpoints/dense.pt": "weights",
    "importance/stage0.npz": "scores",
    "stacks/dense_facts.npz": "facts",
    "stacks/stage0_dense.pt": "all weights",
}


def published(machines: Machines, name: str = "r1", **more: str) -> RemoteStore:
    """A run that machine ``a`` has sent."""
    remote = machines.be("a")
    write(remote, name, RUN | more)
    remote.publish(name)
    return remote


def test_what_one_machine_publishes_another_reads(any_store: str, machines: Machines) -> None:
    published(machines, **{RESULT_NAME: "{}"})
    there = machines.be("b")
    assert there.names() == ["r1"]
    there.refresh("r1")
    small = {"spec.json", "metrics.jsonl", "log.txt", RESULT_NAME}
    assert set(contents(there.mirror.path("r1"))) == small
    assert read_all(there, "r1") == RUN | {RESULT_NAME: "{}"}
    assert there.sizes("r1") == {k: len(v) for k, v in (RUN | {RESULT_NAME: "{}"}).items()}


def test_nothing_is_transferred_twice(
    any_store: str, machines: Machines, wire: Wire, clock: Clock
) -> None:
    here = published(machines)
    assert sorted(wire.sent) == sorted(RUN)
    there = machines.be("b")
    read_all(there, "r1")
    assert sorted(wire.taken) == sorted(RUN)
    wire.clear()
    here.publish("r1")
    with there.lock("r1"):
        there.fetch("r1")
    clock.now += 100
    there.refresh("r1")
    assert (wire.sent, wire.taken) == ([], [])
    write(here, "r1", {"log.txt": "begun\nended\n"})
    here.publish("r1")
    clock.now += 100
    read_all(there, "r1")
    assert (wire.sent, wire.taken) == (["log.txt"], ["log.txt"])
    assert (there.mirror.path("r1") / "log.txt").read_text() == "begun\nended\n"


def test_live_sends_what_there_is_to_watch(
    any_store: str, machines: Machines, wire: Wire, clock: Clock
) -> None:
    here = published(machines)
    there = machines.be("b")
    there.refresh("r1")
    wire.clear()
    changed = {"metrics.jsonl": "more\n", "log.txt": "more\n", "stacks/stage1_dense.pt": "w"}
    write(here, "r1", changed)
    here.publish("r1", live=True)
    assert sorted(wire.sent) == ["log.txt", "metrics.jsonl"]
    clock.now += 3
    there.refresh("r1")
    assert (there.mirror.path("r1") / "metrics.jsonl").read_text() == "more\n"
    assert "stacks/stage1_dense.pt" not in there.sizes("r1")


def test_what_marks_something_as_finished_is_put_last(
    s3_store: str, machines: Machines, requests: Requests
) -> None:
    here = machines.be("a")
    write(here, "r1", {RESULT_NAME: "{}", "stacks/stage0_dense.pt": "first"})
    folder = write(here, "r1", RUN | {"checkpoints/z.pt": "z", "stacks/stage0_b.pt": "last"})
    (folder / "stacks" / ".stage1.pt.0123").write_text("half")
    here.publish("r1")
    put = [key.partition("/r1/")[2] for method, key in requests if method == "put_object"]
    assert put[-3:] == ["stacks/stage0_dense.pt", "stacks/stage0_b.pt", RESULT_NAME]
    others = {"checkpoints/z.pt", *RUN} - {"stacks/stage0_dense.pt"}
    assert set(put[:-3]) == others


def test_fetch_leaves_exactly_what_the_store_has(
    any_store: str, machines: Machines, wire: Wire
) -> None:
    here = published(machines)
    leftovers = {"log.txt": "cut off", "stacks/stage1_dense.pt": "unsent", "new/x": "unsent"}
    write(here, "r1", leftovers)
    wire.clear()
    with here.lock("r1"):
        here.fetch("r1")
        assert contents(here.mirror.path("r1")) == RUN
    assert wire.taken == ["log.txt"]


def test_readers_see_the_files_of_who_works_and_replace_none(
    any_store: str, machines: Machines, clock: Clock, wire: Wire
) -> None:
    published(machines)
    here = machines.be("b")
    run = runs.RunFolder(here, "r1")
    stack = run.stacks / "stage1_dense.pt"
    with here.lock("r1"):
        assert run.spec_path.exists() is False
        assert runs.open_run("r1").fetch(run.metrics_path).read_text() == RUN["metrics.jsonl"]
        here.fetch("r1")
        write(here, "r1", {"metrics.jsonl": "mine\n", "stacks/stage1_dense.pt": "mine"})
        wire.clear()
        clock.now += 100
        assert runs.open_run("r1").fetch(run.metrics_path).read_text() == "mine\n"
        assert run.has(stack)
        assert wire.taken == []
    assert not run.has(stack)
    assert run.fetch(run.metrics_path).read_text() == RUN["metrics.jsonl"]


def test_a_copy_that_begins_before_the_work_ends_without_harm(
    any_store: str, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(machines)
    here = machines.be("b")
    get = here._files.get

    def slowly(folder: str, files: dict[str, Path]) -> None:
        get(folder, files)
        work.__enter__()
        write(here, "r1", {"log.txt": "the worker's"})

    work = here.lock("r1")
    monkeypatch.setattr(here._files, "get", slowly)
    here.refresh("r1")
    work.__exit__(None, None, None)
    assert contents(here.mirror.path("r1"))["log.txt"] == "the worker's"
    assert contents(here.mirror.path("r1"))["spec.json"] == "{}"


def test_a_run_is_locked_by_one_process_until_it_ends(
    s3_store: str, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = published(machines)
    code = (
        "from spinn_engine.store.runs import *\n"
        "with open_run('r1').lock():\n    print('locked', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        monkeypatch.setattr(mirror, "_LOCK_SECONDS", 0.1)
        with pytest.raises(BadInputError, match="another process of this machine works on r1"):
            here.lock("r1").__enter__()
        other.kill()
    with here.lock("r1"):
        assert here.mirror.is_locked("r1")


def test_what_is_removed_elsewhere_is_gone_here(
    any_store: str, machines: Machines, clock: Clock
) -> None:
    here = published(machines, "sweeps", extra="x")
    published(machines, "r1")
    there = machines.be("b")
    assert "extra" in read_all(there, "sweeps")
    read_all(there, "r1")
    here._files._fs.rm(f"{here._files._root}/sweeps/extra")
    here.remove("r1")
    assert here.names() == ["sweeps"]
    clock.now += 100
    there.refresh("sweeps")
    assert contents(there.mirror.path("sweeps")) == RUN
    with pytest.raises(BadInputError, match="there is no run 'r1' in "):
        runs.open_run("r1")
    assert contents(there.mirror.path("r1")) == {}
    assert runs.list_runs() == []


def test_keys_that_would_escape_or_are_half_written_are_left(
    s3_store: str, machines: Machines
) -> None:
    remote = published(machines)
    fs, root = remote._files._fs, remote._files._root
    for key in ("r1/../../evil", "r1/stacks/../../evil", "r1/.spec.json.12ab", "r1/a\\..\\b"):
        fs.call_s3("put_object", Bucket=root.split("/")[0], Key=f"runs/{key}", Body=b"evil")
    for name in ("..", "a b", "r2"):
        fs.call_s3("put_object", Bucket=root.split("/")[0], Key=f"runs/{name}/spec.json", Body=b"")
    there = machines.be("b")
    assert [run.run_id for run in runs.list_runs()] == ["r2", "r1"]
    with there.lock("r1"):
        there.fetch("r1")
    assert contents(there.mirror.path("r1")) == RUN
    assert not list(machines.folder.rglob("*evil*"))


def test_several_threads_fetch_each_file_once(
    s3_store: str, machines: Machines, wire: Wire
) -> None:
    names = ["r1", "r2", "r3"]
    for name in names:
        published(machines, name)
    there = machines.be("b")
    wire.clear()
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda name: read_all(there, name), names * 8))
    assert read == [RUN] * 24
    assert sorted(wire.taken) == sorted([*RUN] * 3)


def test_a_made_run_is_in_the_store_at_once(any_store: str, machines: Machines) -> None:
    machines.be("a")
    made = creation.create_run(RunSpec())
    machines.be("b")
    assert [run.run_id for run in runs.list_runs()] == [made.run_id]
    found = runs.open_run(made.run_id)
    assert found.path != made.path
    assert found.spec().prune == RunSpec().prune
    assert not found.is_complete()
    runs.remove_run(made.run_id)
    assert runs.list_runs() == []
    assert not found.path.exists()


def test_a_broken_record_costs_a_transfer_and_no_more(
    any_store: str, machines: Machines, wire: Wire
) -> None:
    here = published(machines)
    record = here.mirror.root / ".sync" / "r1.json"
    for text in ("", "[]", "null", '{"log.txt": 1}'):
        record.write_text(text)
        with here.lock("r1"):
            here.fetch("r1")
        assert contents(here.mirror.path("r1")) == RUN
