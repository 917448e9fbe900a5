"""Tags and notes: whole, within bounds, changing nothing else, and never lost in silence."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.spec import RunSpec
from spinn_engine.store.remarks import (
    LONGEST_NOTE,
    MOST_TAGS,
    Remarks,
    RemarksChangedError,
    read_remarks,
    write_remarks,
)
from spinn_engine.store.runs import RunFolder, open_run
from tests.store.remote_support import Machines


@pytest.fixture
def run() -> RunFolder:
    return create_run(RunSpec())


def hashes(folder: RunFolder) -> dict[str, str]:
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_run_begins_without_remarks(run: RunFolder) -> None:
    assert api.remarks(run.run_id) == Remarks((), "", "")


def test_what_is_written_is_read_and_nothing_else_changes(run: RunFolder) -> None:
    before, data = hashes(run), run.data_hash()
    tags = ["paper", "<script>alert(1)</script>", "größer"]
    written = api.set_remarks(run.run_id, tags, "two\nlines & <b>")
    assert api.remarks(run.run_id) == written
    assert written.tags == tuple(tags)
    assert written.note == "two\nlines & <b>"
    after = hashes(run)
    assert after.keys() - before.keys() == {"remarks.json"}
    assert {name: after[name] for name in before} == before
    assert run.data_hash() == data
    assert open_run(run.run_id).spec().prune == RunSpec().prune


def test_spaces_and_repeats_go(run: RunFolder) -> None:
    assert write_remarks(run, [" a ", "a", "b"], "  note \n").tags == ("a", "b")
    assert read_remarks(run).note == "note"


@given(
    tags=st.lists(st.text(min_size=1, max_size=40).filter(str.isprintable), max_size=20),
    note=st.text(max_size=200),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_text_comes_back(run: RunFolder, tags: list[str], note: str) -> None:
    tags = [tag for tag in tags if tag.strip()]
    try:
        json.dumps([tags, note]).encode()
        note.encode()
    except UnicodeEncodeError:
        return
    found = write_remarks(run, tags, note)
    assert found == read_remarks(run)
    assert list(found.tags) == list(dict.fromkeys(tag.strip() for tag in tags))
    assert found.note == note.strip()


@pytest.mark.parametrize(
    ("tags", "note", "words"),
    [
        ([""], "", "1 to 40 characters"),
        (["   "], "", "1 to 40 characters"),
        (["x" * 41], "", "1 to 40 characters"),
        (["two\nlines"], "", "in one line"),
        ([str(i) for i in range(MOST_TAGS + 1)], "", "up to 20 tags, but 21"),
        ([], "x" * (LONGEST_NOTE + 1), "up to 2,000 characters"),
    ],
)
def test_too_much_is_refused_and_nothing_is_written(
    run: RunFolder, tags: list[str], note: str, words: str
) -> None:
    write_remarks(run, ["kept"], "kept")
    with pytest.raises(BadInputError, match=words):
        write_remarks(run, tags, note)
    assert read_remarks(run).tags == ("kept",)


def test_who_has_not_seen_what_is_there_is_refused(run: RunFolder) -> None:
    seen = read_remarks(run)
    first = write_remarks(run, ["first"], "", seen.stamp)
    with pytest.raises(RemarksChangedError, match="changed by somebody else") as refused:
        write_remarks(run, ["second"], "", seen.stamp)
    assert refused.value.now == first
    assert read_remarks(run) == first
    assert write_remarks(run, ["second"], "", first.stamp).tags == ("second",)


def test_of_many_who_save_at_once_one_wins_and_all_others_hear(run: RunFolder) -> None:
    start, won, refused = threading.Barrier(8), [], []

    def save(number: int) -> None:
        start.wait()
        try:
            won.append(write_remarks(open_run(run.run_id), [str(number)], "", ""))
        except RemarksChangedError:
            refused.append(number)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(refused)) == (1, 7)
    assert read_remarks(run) == won[0]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"tags": "a", "note": ""}', '{"tags": [3], "note": ""}']
)
def test_a_broken_file_is_named(run: RunFolder, text: str) -> None:
    (run.path / "remarks.json").write_text(text)
    with pytest.raises(CorruptArtifactError, match=r"remarks\.json"):
        api.remarks(run.run_id)


def test_a_run_that_is_not_there_has_none() -> None:
    with pytest.raises(BadInputError, match="no run 'nope'"):
        api.remarks("nope")
    with pytest.raises(BadInputError, match="no run 'nope'"):
        api.set_remarks("nope", [], "")


def test_reading_and_writing_load_no_torch(run: RunFolder) -> None:
    code = (
        "import sys; from spinn_engine import api; "
        f"api.set_remarks({run.run_id!r}, ['a'], 'b'); assert api.remarks({run.run_id!r}).note; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_another_machine_sees_them_and_is_refused_when_it_has_not(
    any_store: str, machines: Machines
) -> None:
    machines.be("a")
    run_id = create_run(RunSpec()).run_id
    machines.be("b")
    seen = api.remarks(run_id)
    assert seen == Remarks()
    machines.be("a")
    written = api.set_remarks(run_id, ["of a"], "", seen.stamp)
    machines.be("b")
    with pytest.raises(RemarksChangedError) as refused:
        api.set_remarks(run_id, ["of b"], "", seen.stamp)
    assert refused.value.now == written
    api.look_for_changes()
    assert api.remarks(run_id) == written
    both = api.set_remarks(run_id, ["of a", "of b"], "", written.stamp)
    machines.be("a")
    api.look_for_changes()
    assert api.remarks(run_id) == both


def test_a_finished_run_elsewhere_is_looked_at_again_only_when_asked(
    any_store: str, machines: Machines
) -> None:
    machines.be("a")
    folder = create_run(RunSpec())
    folder.result_path.write_text("{}")
    folder.publish()
    machines.be("b")
    assert open_run(folder.run_id).is_complete()
    machines.be("a")
    api.set_remarks(folder.run_id, ["new"], "")
    machines.be("b")
    assert api.remarks(folder.run_id).tags == ()
    api.look_for_changes()
    assert api.remarks(folder.run_id).tags == ("new",)


def test_no_other_file_of_the_store_is_a_run(run: RunFolder, store: Path) -> None:
    write_remarks(run, ["a"], "")
    assert [folder.run_id for folder in api.list_runs()] == [run.run_id]
