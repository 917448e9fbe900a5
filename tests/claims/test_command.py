"""``verify`` as other programs and as people call it, and the example of its page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.cli.main import main
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import QUANTITIES
from tests.claims.support import PAPER, ROOT
from tests.cli.test_command_line import complaint, printed
from tests.test_pipeline import small_spec

DOCUMENT = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
KEYS = ["claim", "verdict", "claimed", "found", "why", "quantity", "unit", "tolerance"]
KEYS += ["interval", "n", "source"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def finished(small_table: Path) -> RunFolder:
    train = {"epochs": 4, "fine_tune_epochs": 1, "batch_size": 64, "device": "cpu"}
    prune = {"stages": 1, "param_reduction": 0.6}
    return api.run(small_spec(small_table, train=train, prune=prune, seeds=[3, 1, 2]))


def test_the_papers_claims_as_json(capsys: Capture) -> None:
    found = printed(capsys, "verify", str(PAPER), "--json")
    assert list(found) == ["claims"]
    assert all(list(row) == KEYS for row in found["claims"])
    assert found["claims"] == api.verify(PAPER)
    assert found["claims"][1]["verdict"] == "contradicted"
    assert found["claims"][1]["found"] == 377_282


def test_the_papers_claims_for_people(capsys: Capture) -> None:
    assert main(["verify", str(PAPER)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "✓ confirmed 666,882 666,882 The dense network" in shown
    assert "✗ contradicted 56 % 43.75 % From 512 to 384 neurons" in shown
    assert "– not measured 31.5 % The pruned network needs" in shown
    assert "(512*512) / (384*384) = 1.78." in shown
    counts = "confirmed: 3, contradicted: 12, undecided: 0, not measured: 6, not checkable: 0"
    assert counts in shown


def test_claims_against_a_real_run(capsys: Capture, tmp_path: Path, finished: RunFolder) -> None:
    result = finished.result()
    assert result is not None
    structured = next(arm for arm in result["arms"] if arm["arm"] == "structured")
    network = api.load_network(finished.path / result["stages"][1]["checkpoint"])
    params = sum(p.numel() for p in network.parameters() if isinstance(p, torch.nn.Parameter))
    right = {
        "r2": structured["r2"]["mean"],
        "speed_up": None,
        "latency": structured["latency_us"]["64"]["median"],
        "file_bytes": (finished.path / result["stages"][1]["checkpoint"]).stat().st_size,
        "run_param_reduction": 1 - params / result["dense_params"],
        "r2_difference": result["verdict"]["cost_of_pruning"]["difference"]["mean"],
        "peak_memory_share": None,
    }
    more: dict[str, Any] = {
        "r2_difference": {"against": "dense_longer"},
        "file_bytes": {"stage": 1},
    }
    more |= {"speed_up": {"batch": 64}, "latency": {"batch": 64}}
    path = tmp_path / "claims.json"
    claims = [{"claim": q, "quantity": q, "value": "0", **more.get(q, {})} for q in right]
    path.write_text(json.dumps({"claims": claims}))
    rows = printed(capsys, "verify", str(path), "--run", finished.run_id, "--json")["claims"]
    for row in rows:
        assert row["verdict"] in {
            "latency": ("contradicted",),
            "speed_up": ("contradicted", "not_measured"),  # on a busy machine equal work may differ
        }.get(row["quantity"], ("confirmed", "contradicted", "undecided"))
        if right[row["quantity"]] is not None:
            assert row["found"] == pytest.approx(right[row["quantity"]], rel=1e-9)
    difference = next(row for row in rows if row["quantity"] == "r2_difference")
    judged = result["verdict"]["cost_of_pruning"]["difference"]
    assert difference["interval"] == pytest.approx([judged["low"], judged["high"]])


def test_runs_and_files_that_cannot_be_used_are_one_line(
    capsys: Capture, small_table: Path, tmp_path: Path
) -> None:
    new = create_run(small_spec(small_table))
    words = ["verify", str(PAPER), "--json", "--run"]
    assert "there is no run 'nope'" in complaint(capsys, *words, "nope")
    assert "is not a run id" in complaint(capsys, *words, "../x")
    unfinished = complaint(capsys, *words, new.run_id)
    assert "is not finished, so no claim can be held against it yet" in unfinished
    assert "there is no such claims file" in complaint(
        capsys, "verify", str(tmp_path / "none.json")
    )
    assert "not a claims file: claims: field required" in complaint(
        capsys, "verify", str(new.spec_path)
    )
    path = tmp_path / "bad.json"
    path.write_text('{"claims": [{"claim": "a", "quantity": "b", "value": 1}]}')
    told = complaint(capsys, "verify", str(path))
    assert "claim 1: quantity: unknown quantity 'b': use one of params, " in told
    assert "Missing argument 'CLAIMS.json'" in complaint(capsys, "verify")


def test_the_example_of_the_page_is_a_claims_file(capsys: Capture, tmp_path: Path) -> None:
    [example] = re.findall(r"^```json\n(.*?)^```$", DOCUMENT, flags=re.MULTILINE | re.DOTALL)
    path = tmp_path / "claims.json"
    path.write_text(example)
    rows = printed(capsys, "verify", str(path), "--json")["claims"]
    verdicts = [row["verdict"] for row in rows]
    assert verdicts == ["contradicted", "confirmed", "not_measured", "not_measured"]


def test_the_page_names_every_quantity_with_what_it_depends_on() -> None:
    lines: dict[str, str] = {}
    for line in DOCUMENT.splitlines():
        if line.startswith("| `"):
            cells = line.split("|")
            lines |= dict.fromkeys(re.findall(r"`(\w+)`", cells[1]), cells[2])
    assert lines.keys() == QUANTITIES.keys()
    for name, quantity in QUANTITIES.items():
        names = re.findall(r"`(\w+)`", lines[name])
        assert set(quantity.names) <= set(names) <= {*quantity.names, *quantity.may_name}


def test_the_page_names_the_keys_of_a_row() -> None:
    listed = re.search(r'\{"claims": \[\{(.*?)\}\]\}', DOCUMENT, flags=re.DOTALL)
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == KEYS
