"""Bringing a checkpoint on Plan: its R2 is seen first, and nothing hostile is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from dashboard.parts.forms.network import IMPORTED, TAKEN
from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.store.runs import RunFolder
from tests.dashboard.support import opened, table_with, words
from tests.words.support import read


@pytest.fixture
def bare(
    finished_run: RunFolder, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The dense network of a run as a script would save it: weights alone."""
    whole = torch.load(finished_run.checkpoints / "dense_pinn_improved_final.pt", weights_only=True)
    path = tmp_path / "mine.pt"
    torch.save(whole["state_dict"], path)
    monkeypatch.setenv("SPINN_RESULTS", str(store))  # the run stays in the store of all tests
    return path


def test_its_r2_is_shown_for_every_scaling_before_anything_runs(bare: Path) -> None:
    app = opened("plan", network=IMPORTED, dense=str(bare), dense_activation="tanh")
    assert not app.error
    shown = table_with(app, "Standardised")
    assert [label.removesuffix(TAKEN) for label in shown["Standardised"]] == [
        "inputs and targets", "inputs only", "targets only", "nothing",
    ]  # fmt: skip
    spec = api.RunSpec.from_dict({"model": {"dense": str(bare), "activation": "tanh"}})
    imported = api.import_network(spec)
    for (_, row), (way, r2) in zip(shown.iterrows(), imported.r2.items(), strict=True):
        told = [float(read(row[f"R² {name}"])) for name in r2]
        assert told == pytest.approx(list(r2.values()), abs=5e-5)
        assert row["Standardised"].endswith(TAKEN) == (way == imported.spec.model.dense_scaling)
    assert table_with(app, "Hidden widths")["Hidden widths"].iloc[0] == "12-8"


def test_what_the_file_does_not_say_is_asked_for(bare: Path) -> None:
    app = opened("plan", network=IMPORTED, dense=str(bare))
    assert plain("does not say which activation") in app.error[0].value
    assert not [button for button in app.button if button.key == "start"]
    app.selectbox(key="dense_activation").set_value("tanh").run()
    assert not app.error


def test_no_checkpoint_yet_is_no_error_of_the_visitor() -> None:
    app = opened("plan", network=IMPORTED)
    assert "upload a checkpoint" in app.error[0].value


def test_a_clone_begins_with_the_imported_network(bare: Path) -> None:
    spec = api.RunSpec.from_dict(
        {
            "model": {"dense": str(bare), "activation": "tanh"},
            "train": {"epochs": 1},
            "seeds": [0],
        }
    )
    run_id = api.submit(spec).run_id
    app = opened("plan", **{"from": run_id})
    assert not app.error
    assert app.text_input(key="dense").value == str(bare)
    shown = table_with(app, "Standardised")
    assert any(label.endswith(TAKEN) for label in shown["Standardised"])


def test_an_upload_is_kept_once_and_under_a_name_that_cannot_leave_the_folder(
    bare: Path,
) -> None:
    content = bare.read_bytes()
    for name in ("../../etc/passwd.pt", "..\\..\\x.pt", "a/b c?.PTH", "\x00.pt", "x" * 300):
        path = api.keep_upload(name, content)
        assert path.parent == api.results_root() / "uploads"
        assert path.read_bytes() == content
        assert api.keep_upload(name, content) == path


def test_what_cannot_be_read_is_not_kept() -> None:
    for content in (b"", b"<!DOCTYPE html><p>404", np.random.default_rng(0).bytes(3000)):
        with pytest.raises(SpinnError, match="model.pt") as refused:
            api.keep_upload("model.pt", content)
        assert "/tmp" not in str(refused.value)
    assert not list((api.results_root()).glob("uploads/*"))


def test_the_run_page_says_that_the_network_was_imported(bare: Path) -> None:
    spec = api.RunSpec.from_dict(
        {
            "model": {"dense": str(bare), "activation": "tanh"},
            "train": {"epochs": 1, "fine_tune_epochs": 1, "batch_size": 2048},
            "prune": {"stages": 1, "pruning_ratio": 0.25},
            "compare": {"controls": ["dense_longer"]},
            "seeds": [0, 1],
        }
    )
    folder = api.run(spec)
    app = opened("run", run=folder.run_id)
    assert plain(bare.name) in words(app)
    assert "all repetitions begin with it" in words(app)
