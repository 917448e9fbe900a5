"""Bringing a checkpoint on Plan: its R2 is seen first, and nothing hostile is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from dashboard.parts.forms.network import IMPORTED, SCALINGS, TAKEN
from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import DataSpec
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import SOURCES, SPLITS
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


BOTH = "inputs and targets standardised"


@pytest.fixture
def scaled(tmp_path: Path) -> dict[str, str]:
    """Rows whose target is what a network gives of inputs scaled from 0 to 1; as Plan asks."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 9, (600, 3))
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 8), nn.Tanh())
    network.append(nn.Linear(8, 1))
    for name, parameter in network.named_parameters():
        parameter.data *= 4 if name.endswith("weight") else 1
    train = split_rows(x, tmp_path)
    low, high = train.min(axis=0), train.max(axis=0)
    with torch.no_grad():
        y = network(torch.tensor((x - low) / (high - low), dtype=torch.float32)).numpy()
    frame = pd.DataFrame(np.column_stack([x, y]), columns=["a", "b", "c", "wear"])
    frame.to_csv(tmp_path / "rows.csv", index=False)
    torch.save(network.state_dict(), tmp_path / "scaled.pt")
    return {
        "source": SOURCES["table"].label,
        "path": str(tmp_path / "rows.csv"),
        "targets": "wear",
        "split_by": SPLITS["row"].label,
        "network": IMPORTED,
        "dense": str(tmp_path / "scaled.pt"),
    }


def split_rows(x: Any, folder: Path) -> Any:
    """The training rows of inputs, which do not hang on the targets."""
    path = folder / "inputs.csv"
    frame = pd.DataFrame(np.column_stack([x, np.zeros(len(x))]), columns=["a", "b", "c", "wear"])
    frame.assign(wear=np.arange(len(x)) % 7).to_csv(path, index=False)
    problem = api.load_problem(DataSpec(source=f"table:{path}", targets=("wear",), split="row"))
    return problem.inputs[problem.train]


def test_the_best_readings_are_shown_in_words_and_another_can_be_taken(
    scaled: dict[str, str],
) -> None:
    app = opened("plan", **scaled)
    assert not app.error
    shown = table_with(app, "It is read")
    assert len(shown) == 3
    assert shown["It is read"][0].startswith("With its inputs scaled (0 to 1)")
    assert shown["It is read"][0].endswith(f"tanh{TAKEN}")
    assert float(read(shown["R² wear"][0])) == pytest.approx(1, abs=1e-4)
    assert not any(row.endswith(TAKEN) for row in shown["It is read"][1:])

    app.button(key="take_reading_0").click().run()
    again = table_with(app, "It is read")
    assert again["It is read"][0].removesuffix(TAKEN) == shown["It is read"][1]
    assert again["It is read"][0].endswith(TAKEN)
    name = app.text_input(key="dense_reading").value or ""
    by_link = opened("plan", **scaled, dense_reading=name)
    assert table_with(by_link, "It is read").equals(again)

    app.selectbox(key="dense_activation").set_value("tanh").run()  # asks anew for the best
    assert app.text_input(key="dense_reading").value == ""
    assert table_with(app, "It is read")["R² wear"][0] == shown["R² wear"][0]


def test_every_pair_of_scalings_can_be_chosen_by_its_label(scaled: dict[str, str]) -> None:
    ways = {SCALINGS[label] for label in SCALINGS}
    assert {"auto", "stored", "both", "minmax/raw", "robust/log"} <= ways
    assert not {"z/z", "log/z"} & ways
    asked = next(label for label, way in SCALINGS.items() if way == "minmax/z")
    app = opened("plan", **scaled, dense_scaling=asked)
    told = table_with(app, "It is read")["It is read"]
    assert all("(0 to 1)" in one and "(mean and spread)" in one for one in told)


def test_what_is_no_better_than_a_line_is_taken_only_by_hand(bare: Path) -> None:
    app = opened("plan", network=IMPORTED, dense=str(bare))
    assert "than a straight line" in app.error[0].value
    assert "“How its rows were scaled”" in app.error[0].value
    assert not [button for button in app.button if button.key == "start"]
    app.selectbox(key="dense_scaling").set_value(BOTH).run()
    assert not app.error
    assert [button for button in app.button if button.key == "start"]
    spec = api.RunSpec.from_dict({"model": {"dense": str(bare), "dense_scaling": "both"}})
    imported = api.import_network(spec)
    shown = table_with(app, "It is read")
    for (_, row), r2 in zip(shown.iterrows(), imported.r2.values(), strict=True):
        told = [float(read(row[f"R² {name}"])) for name in r2]
        assert told == pytest.approx(list(r2.values()), abs=5e-5)
    assert table_with(app, "Hidden widths")["Hidden widths"].iloc[0] == "12-8"


def test_no_checkpoint_yet_is_no_error_of_the_visitor() -> None:
    app = opened("plan", network=IMPORTED)
    assert "upload a checkpoint" in app.error[0].value


def test_without_data_it_is_told_what_the_file_leaves_open(scaled: dict[str, str]) -> None:
    asked = {"source": SOURCES["table"].label, "network": IMPORTED, "dense": scaled["dense"]}
    app = opened("plan", **asked)
    assert "give the path" in app.error[0].value  # of the data: they are not chosen
    [told] = [one.value for one in app.info]
    for point in api.inspect(scaled["dense"]).undecided:
        assert plain(point) in told
    assert "3 inputs, 12-8, 1 output, activation not stored; 161 parameters" in words(app)
    assert not opened("plan", **scaled).info  # with data it is found out

    missing = opened("plan", **{**asked, "dense": f"{scaled['dense']}.gone"})
    assert any("there is no such file" in plain(one.value) for one in missing.error)


def test_what_does_not_fit_the_data_is_shown_all_the_same(scaled: dict[str, str]) -> None:
    app = opened("plan", network=IMPORTED, dense=scaled["dense"])
    assert "the network takes 3 inputs" in app.error[0].value
    assert "3 inputs, 12-8, 1 output" in words(app)


def test_a_clone_begins_with_the_imported_network(bare: Path) -> None:
    spec = api.RunSpec.from_dict(
        {
            "model": {"dense": str(bare), "activation": "tanh", "dense_scaling": "both"},
            "train": {"epochs": 1},
            "seeds": [0],
        }
    )
    run_id = api.submit(spec).run_id
    app = opened("plan", **{"from": run_id})
    assert not app.error
    assert app.text_input(key="dense").value == str(bare)
    reading = app.text_input(key="dense_reading").value or ""
    assert reading == api.open_run(run_id).spec().model.dense_reading
    taken = table_with(app, "It is read")["It is read"].iloc[0]
    assert taken.casefold() == f"{api.reading_words(reading)}{TAKEN}".casefold()


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
            "model": {"dense": str(bare), "activation": "tanh", "dense_scaling": "both"},
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
