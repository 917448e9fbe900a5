"""Finished runs of which a file is damaged, or of another form: a sentence, never a traceback."""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spinn_engine import api
from spinn_engine.artifacts.neuron_fate import read_fate
from spinn_engine.cli import main
from spinn_engine.errors import CorruptArtifactError, SpinnError
from spinn_engine.store.demo import demo_run
from spinn_engine.store.run_folder import RESULT_NAME, RunFolder
from spinn_engine.store.runs import open_run
from tests.results import whole_result

FIRST_FORM = Path(__file__).with_name("data") / "first_form"
COMMANDS = ("whatif {}", "compare {}", "compare {} --json", "verify paper --run {}", "runs")
READS: tuple[Callable[[str], Any], ...] = (
    lambda run: api.importance(run, 0),
    lambda run: api.neuron(run, 0, 0),
    lambda run: api.whatif_curve(run),
    lambda run: api.stage_rows(api.open_run(run)),
    lambda run: api.limits(run),
)


def copied(store: Path, name: str = "copy", listed: bool = True) -> RunFolder:
    """The run that comes with the project as one of this store, with or without a manifest."""
    demo = demo_run()
    assert demo is not None
    shutil.copytree(demo.path, store / name)
    folder = open_run(name)
    if listed:
        files = [path for path in folder.path.rglob("*") if path.is_file()]
        content = folder.result_path.read_bytes()
        folder.record("all", files, (folder.result_path, content))
    return folder


def check_told(words: str, capsys: pytest.CaptureFixture[str]) -> int:
    """A command does its work, or says in a line why not, with exit code 2."""
    code = main.main(words.split())
    told = capsys.readouterr().err
    assert code in (0, 2), words
    assert "Traceback" not in told
    assert code == 0 or told.strip(), words
    return code


def damaged(content: bytes, how: str) -> bytes:
    if how == "flipped":
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return {"cut": content[: len(content) // 2], "emptied": b"", "other": b"[1]\n"}[how]


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not-listed"])
@pytest.mark.parametrize(
    "file",
    [RESULT_NAME, "spec.json", "metrics.jsonl", "importance/stage0.npz", "stacks/dense_facts.npz"],
)
def test_a_damaged_file_is_told_in_a_sentence(
    store: Path, capsys: pytest.CaptureFixture[str], file: str, listed: bool
) -> None:
    folder = copied(store, listed=listed)
    path = folder.path / file
    content = path.read_bytes()
    for how in ("flipped", "cut", "emptied", "other", "gone"):
        path.write_bytes(b"" if how == "gone" else damaged(content, how))
        if how == "gone":
            path.unlink()
        codes = [check_told(words.format("copy"), capsys) for words in COMMANDS]
        assert not listed or file == "metrics.jsonl" or file[:3] == "imp" or 2 in codes, how
        errors = 0
        for read in READS:
            try:
                read("copy")
            except SpinnError:
                errors += 1
        assert not listed or errors, how


def test_a_damaged_checkpoint_is_not_exported(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(store)
    path = folder.checkpoints / "spinn_structured_final.pt"
    path.write_bytes(damaged(path.read_bytes(), "flipped"))
    assert main.main(["export", "copy", "--format", "module", "--out", str(tmp_path / "x")]) == 2
    told = capsys.readouterr().err.replace("\n", " ")
    assert "spinn_structured_final.pt is not as it was written: 'spinn resume copy'" in told


def test_a_choice_that_is_lost_is_not_left_out_in_silence(store: Path) -> None:
    folder = copied(store)
    folder.importance_path(0).unlink()
    with pytest.raises(CorruptArtifactError, match=r"stage0\.npz is not as it was written"):
        read_fate(folder, 0, 0, 0)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to everything in a result; of a list, to its first entry."""
    for key in value if isinstance(value, dict) else range(min(len(value), 1)):
        yield (*at, key)
        if isinstance(value[key], dict | list):
            yield from places(value[key], (*at, key))


def test_what_a_result_lacks_is_told(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, result = copied(store, listed=False), whole_result()
    found = [place for place in places(result) if place[0] != "spec"]
    for place in random.Random(3).sample(found, 12):
        changed = copy.deepcopy(result)
        inner = changed
        for key in place[:-1]:
            inner = inner[key]
        del inner[place[-1]]
        folder.result_path.write_text(json.dumps(changed))
        for words in COMMANDS[1:4]:
            check_told(words.format("copy"), capsys)


def test_a_run_of_the_first_form_is_refused_by_name(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was made by the first version that had runs, whose results lack verdict and checks."""
    shutil.copytree(FIRST_FORM, store / "first-form")
    out = str(tmp_path / "out")
    for words in (*COMMANDS[:4], f"report {{}} --out {out}"):
        assert main.main(words.format("first-form").split()) == 2
        told = " ".join(capsys.readouterr().err.split())
        assert "an earlier version of this program wrote it" in told
        assert "spec.json' runs it again" in told
    assert main.main(["runs"]) == 0
    spec = str(store / "first-form" / "spec.json")
    assert main.main(["plan", "--spec", spec]) == 0


def test_a_result_of_a_later_form_is_refused(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(store, listed=False)
    folder.result_path.write_text(json.dumps({**whole_result(), "schema_version": 99}))
    assert main.main(["compare", "copy"]) == 2
    assert "has the form 99" in " ".join(capsys.readouterr().err.split())
