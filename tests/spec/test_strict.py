"""A spec means one thing: no wrong kinds, nothing twice, nothing absurd."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.cli import main
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec

DEEP = "[" * 200_000


@pytest.mark.parametrize("value", [True, "2", 2.5, [2], {}])
def test_a_number_of_epochs_is_a_whole_number(value: Any) -> None:
    with pytest.raises(BadInputError, match=r"a\.json: train\.epochs: input should be a valid int"):
        RunSpec.from_json(json.dumps({"train": {"epochs": value}}), "a.json")


@pytest.mark.parametrize(
    "part",
    [
        {"prune": {"param_reduction": True}},
        {"model": {"hidden": [16, "16"]}},
        {"model": {"hidden": [True]}},
        {"data": {"source": "table:a.csv", "targets": [1]}},
        {"compare": {"margin": "0.1"}},
        {"seeds": [True]},
        {"seeds": "012"},
    ],
)
def test_values_are_of_their_own_kinds(part: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match=r"^a\.json: "):
        RunSpec.from_json(json.dumps(part), "a.json")


def test_a_share_may_be_written_in_percent() -> None:
    spec = RunSpec.from_json('{"prune": {"param_reduction": "68.5%"}}')
    assert spec.prune.param_reduction == 0.685


def test_every_default_is_of_its_own_kind() -> None:
    assert RunSpec.from_json(RunSpec().to_json()) == RunSpec()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"seeds": [0], "seeds": [1]}', "'seeds' is there twice in one object"),
        ('{"train": {"epochs": 3, "epochs": 4}}', "'epochs' is there twice in one object"),
        ('{"compare": {"controls": ["random", "random"]}}', "random is listed twice"),
        (DEEP, "nested too deeply"),
        (f'{{"a": {"9" * 5000}}}', "a number in it has thousands of digits"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "verify"])
def test_what_is_there_twice_or_too_deep_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str, command: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    words = ["plan", "--spec", str(path)] if command == "plan" else ["verify", str(path)]
    assert main.main(words) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert says in told or (command == "verify" and "random" in text)


def test_a_key_that_is_there_twice_is_found_at_once_among_many() -> None:
    keys = ",".join(f'"a{number}":1' for number in range(30_000))
    begun = time.monotonic()
    with pytest.raises(BadInputError, match="'last' is there twice in one object"):
        RunSpec.from_json(f'{{{keys},"last":1,"last":2}}')
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
@pytest.mark.parametrize(
    "words", [("plan", "--spec"), ("verify",), ("inspect",), ("run", "--dense")]
)
def test_what_is_no_plain_file_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "x"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    assert main.main([*words, str(path)]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"it is a {kind}" in told or "it is a folder or a device" in told


SWEEP = [f"--sweep=train.batch_size={','.join(map(str, range(1, 101)))}"]
SWEEP += [f"--sweep=prune.stages={','.join(map(str, range(1, 11)))}"]
SWEEP += [f"--sweep=prune.least_width={','.join(map(str, range(1, 101)))}"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["submit", "--seeds", "1000000000"],
            "--seeds must be from 1 to 256 but got 1,000,000,000",
        ),
        (
            ["plan", "--hidden", ",".join(["65536"] * 64)],
            "4,194,304 neurons in all",
        ),
        (["submit", *SWEEP], "the sweep has 100,000 runs, more than 500"),
    ],
    ids=["seeds", "widths", "sweep"],
)
def test_absurd_amounts_take_no_memory(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    main.main(["plan", "--json"])
    capsys.readouterr()
    tracemalloc.start()
    code = main.main(words)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert peak < 20_000_000
