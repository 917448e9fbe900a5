"""What every claim's quantity, export format and arm answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spinn_engine.claims import verify_claims
from spinn_engine.claims.quantity import Verdict
from spinn_engine.errors import BadInputError
from spinn_engine.export.folding import RawNetwork
from spinn_engine.export.translated.torch_code import torch_code
from spinn_engine.export.writers import WRITERS
from spinn_engine.graph.kinds import mlp
from spinn_engine.spec import CompareSpec, RunSpec
from spinn_engine.store.demo import demo_run
from spinn_engine.vocabulary import ARMS, CLAIM_VERDICTS, CONTROLS, FORMATS, QUANTITIES

EXAMPLES: dict[str, Any] = {
    "inputs": 18,
    "hidden": [12, 9],
    "outputs": 2,
    "before": [12, 9],
    "after": [8, 3],
    "pruning_ratio": "0.25",
    "stages": 3,
    "numbers": ["8", "6"],
}


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """The result of the run that comes with the project."""
    run = demo_run()
    assert run is not None
    found = run.result()
    assert found is not None
    return found


def claim_of(name: str, value: str = "0.5", **more: Any) -> dict[str, Any]:
    given = {field: EXAMPLES[field] for field in QUANTITIES[name].names}
    return {"claim": "So it is.", "quantity": name, "value": value, **given, **more}


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_claim_of_what_was_found_is_confirmed_in_every_unit(
    name: str, result: dict[str, Any]
) -> None:
    row = QUANTITIES[name]
    more: dict[str, Any] = {"batch": 64} if "batch" in row.may_name else {}
    for unit in row.units:
        asked = {**claim_of(name), "unit": unit, "tolerance": "1e-9", **more}
        [first] = verify_claims([asked], result)
        assert first["why"].endswith(".")
        if first["verdict"] == "not_measured":
            assert not row.of_run
            continue
        value, ends = f"{first['found']:.12f}", first["interval"] or [first["found"]] * 2
        room = 1e-6 + max(abs(end - first["found"]) for end in ends)
        again = {**asked, "value": value, "tolerance": f"{room:.12f}"}
        decided = first["n"] is None or first["interval"] is not None
        wanted = "confirmed" if decided else "undecided"
        assert [one["verdict"] for one in verify_claims([again], result)] == [wanted]
        other = 0.9 * float(value) + 1e-3 if "%" in row.units else 3 * float(value) + 7
        [wrong] = verify_claims([{**asked, "value": f"{other:.12f}"}], result)
        assert wrong["verdict"] == ("contradicted" if decided else "undecided")


def test_every_verdict_on_a_claim_has_its_row() -> None:
    assert [str(verdict) for verdict in Verdict] == list(CLAIM_VERDICTS)
    assert len({row.sign for row in CLAIM_VERDICTS.values()}) == len(CLAIM_VERDICTS)


@pytest.mark.parametrize("name", QUANTITIES)
def test_what_is_missing_and_what_does_not_belong_is_told(name: str) -> None:
    row = QUANTITIES[name]
    for field in row.names:
        lacking = {k: v for k, v in claim_of(name).items() if k != field}
        [told] = verify_claims([lacking])
        assert told["verdict"] == "not_checkable"
        assert repr(field) in told["why"]
    if row.of_run:
        assert verify_claims([claim_of(name)])[0]["verdict"] == "not_measured"
    for bad in ({"unit": "furlongs"}, {"stages": 3} if "stages" not in row.names else {"batch": 3}):
        with pytest.raises(BadInputError, match=next(iter(bad))):
            verify_claims([claim_of(name, **bad)])


def network() -> RawNetwork:
    """Half of its weights are zero."""
    torch.manual_seed(0)
    found = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 2))
    for parameter in found.parameters():
        parameter.requires_grad_(False)
        if parameter.dim() == 2:
            parameter[parameter.abs() < parameter.abs().median()] = 0.0
    return RawNetwork(mlp((8, 5), 3, 2), found.eval())


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray[Any, Any]]:
    """What a fresh process that does not know this package gets from a file of every format."""
    folder = tmp_path_factory.mktemp("files")
    rows = np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32)
    np.save(folder / "rows.npy", rows)
    lines = ["import json, numpy as np, torch", "rows, found = np.load('rows.npy'), {}"]
    for name, row in FORMATS.items():
        file = f"network_{name}{row.suffix}"
        (folder / file).write_bytes(WRITERS[name](network(), {"about": "x"}))
        code = torch_code(network().graph)
        lines += [row.load.format(name=file, network=code), "x = rows.copy()", row.run]
        lines.append(f"found[{name!r}] = np.asarray(y).tolist()")
    lines.append("import sys; assert 'spinn_engine' not in sys.modules")
    lines.append("print(json.dumps(found))")
    words = [sys.executable, "-I", "-W", "ignore", "-c", "\n".join(lines)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: np.array(values) for name, values in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_gives_the_network_back_in_a_fresh_process(
    name: str, outputs: dict[str, np.ndarray[Any, Any]], tmp_path: Path
) -> None:
    rows = torch.from_numpy(np.random.default_rng(1).normal(size=(40, 3)).astype(np.float32))
    np.testing.assert_allclose(outputs[name], network().module(rows).numpy(), atol=1e-5)
    assert WRITERS[name](network(), {"about": "x"}) == WRITERS[name](network(), {"about": "x"})
    assert FORMATS[name].suffix.startswith(".")


def test_no_two_formats_write_the_same_file() -> None:
    assert len({row.suffix for row in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", ARMS)
def test_an_arm_is_trained_where_its_row_says(name: str) -> None:
    arm = ARMS[name]
    controls = (name,) if arm.control else ()
    spec = RunSpec(compare=CompareSpec(controls=controls))
    stages = [
        stage
        for stage in range(spec.prune.stages + 1)
        for arms in spec.blocks(stage).values()
        if name in arms
    ]
    every = list(range(1, spec.prune.stages + 1))
    wanted = {"first": [0], "every": every, "last": every[-1:]}[arm.when]
    assert stages == (wanted if arm.block else [])
    if arm.control:
        without = RunSpec(compare=CompareSpec(controls=()))
        assert not any(name in arms for s in every for arms in without.blocks(s).values())
        assert arm.methods
    assert arm.about[0].isupper()
    assert arm.about.endswith(".")
    assert ("," in arm.label) == arm.spoken.startswith("“")


def test_arms_draw_apart_and_are_drawn_apart() -> None:
    for field in ("stream", "colour", "glyph", "symbol", "shape", "dash"):
        assert len({getattr(arm, field) for arm in ARMS.values()}) == len(ARMS), field
    assert len({(arm.marker, arm.hollow) for arm in ARMS.values()}) == len(ARMS)
    assert set(CONTROLS) == {name for name, arm in ARMS.items() if arm.control}
