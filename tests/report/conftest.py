"""Small finished runs of every kind, made once, and their reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.pipeline import Runner
from spinn_engine.spec import RunSpec

WILD_TARGETS = (
    "<script>alert('y')</script>",
    'z {\\x}_~^$ é \N{CJK UNIFIED IDEOGRAPH-6E29} -- "q"',
)
TINY: dict[str, Any] = {
    "model": {"hidden": [12, 8]},
    "train": {"epochs": 2, "fine_tune_epochs": 1, "batch_size": 2048, "device": "cpu"},
    "prune": {"stages": 2, "pruning_ratio": 0.25},
}
SPECS: dict[str, dict[str, Any]] = {
    "folds": {
        **TINY,
        "seeds": [0, 1, 2],
        "compare": {"folds": 3, "controls": ["dense_longer", "linear", "magnitude"]},
    },
    "single": {**TINY, "seeds": [4], "compare": {"controls": []}},
    "burgers": {
        "data": {"source": "burgers"},
        "model": {"hidden": [8, 8]},
        "train": {
            "epochs": 3,
            "lbfgs_iterations": 20,
            "fine_tune_epochs": 0,
            "fine_tune_lbfgs_iterations": 20,
            "device": "cpu",
        },
        "prune": {"stages": 1, "param_reduction": 0.4},
        "seeds": [0, 1, 2],
        "compare": {"controls": ["dense_longer", "linear"]},
    },
}


def wild_spec(folder: Path) -> RunSpec:
    """A table whose names would do harm where they are not escaped; every control, four seeds."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 3))
    frame = pd.DataFrame(x, columns=["a<b>&", "c_%$#", "d"])
    frame[WILD_TARGETS[0]] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2]
    frame[WILD_TARGETS[1]] = 100 + 20 * np.sin(x[:, 1])
    frame["g"] = np.repeat(np.arange(20), 20)
    path = folder / "wild <img src=x onerror=alert(1)> &.csv"
    frame.to_csv(path, index=False)
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{path}", "targets": WILD_TARGETS, "group": "g"},
            "model": {"hidden": [24, 16]},
            "train": {"epochs": 20, "fine_tune_epochs": 5, "batch_size": 32, "device": "cpu"},
            "prune": {"stages": 3, "param_reduction": 0.6},
            "seeds": [0, 1, 2, 3],
        }
    )


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of the runs by name; ``unfinished`` was cut off after its dense network."""
    store, found = tmp_path_factory.mktemp("results"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(store))
        specs = {name: RunSpec.from_dict(spec) for name, spec in SPECS.items()}
        specs["wild"] = wild_spec(tmp_path_factory.mktemp("data"))
        for name, spec in specs.items():
            found[name] = api.run(spec).path
        cut_off = create_run(specs["single"])
        Runner(cut_off).run_stage(0)
        found["unfinished"] = cut_off.path
    return found


@pytest.fixture
def runs(made_store: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Run ids by name, in a store that is set."""
    monkeypatch.setenv("SPINN_RESULTS", str(made_store["wild"].parent))
    return {name: path.name for name, path in made_store.items()}


@pytest.fixture(scope="session")
def reports(
    made_store: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A report of every finished run, by name; ``wild`` with claims."""
    folder = tmp_path_factory.mktemp("reports")
    claims = folder / "claims.json"
    claims.write_text(json.dumps(CLAIMS), encoding="utf-8")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(made_store["wild"].parent))
        for name in (*SPECS, "wild"):
            found[name] = folder / name
            api.write_report(made_store[name].name, found[name], claims if name == "wild" else None)
    return found


CLAIMS = {
    "title": "Claims",
    "source": "a paper",
    "claims": [
        {
            "claim": "The <b>dense</b> network has 530 parameters & no more.",
            "quantity": "params",
            "value": "530",
            "inputs": 3,
            "hidden": [24, 16],
            "outputs": 2,
        },
        {
            "claim": "It has 531.",
            "quantity": "params",
            "value": "531",
            "inputs": 3,
            "hidden": [24, 16],
            "outputs": 2,
        },
    ],
}


def result_of(report: Path) -> dict[str, Any]:
    """The result that lies in a report."""
    found: dict[str, Any] = json.loads((report / "spinn_structured_metrics.json").read_text())
    return found
