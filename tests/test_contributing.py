"""The examples of CONTRIBUTING.md do what it says."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from spinn_engine import api
from spinn_engine.problems.problem import Problem
from spinn_engine.pruning.importance import Scores, ScoringData
from spinn_engine.spec import DataSpec
from spinn_engine.training.network import Stack, new_stack
from spinn_engine.vocabulary import SOURCES

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(heading: str, **names: Any) -> dict[str, Any]:
    """What the Python of a section defines, given the names that its module would import."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    code = re.search(r"```python\n(.*?)```", section, flags=re.DOTALL)
    assert code is not None
    exec(code.group(1), names)
    return names


def test_the_problem_runs_through_the_whole_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path))
    found = example("Add a problem", np=np, Problem=Problem, DataSpec=DataSpec)
    row = replace(SOURCES["milling-sim"], name="sine", loader="sine:load_sine")
    monkeypatch.setitem(SOURCES, "sine", row)
    module = ModuleType("sine")
    module.__dict__.update(found)
    monkeypatch.setitem(sys.modules, "sine", module)
    spec = api.RunSpec.from_dict(
        {
            "data": {"source": "sine"},
            "model": {"hidden": [16, 16]},
            "train": {"epochs": 3, "fine_tune_epochs": 1},
            "prune": {"stages": 1},
            "compare": {"controls": ["linear"]},
            "seeds": [0],
        }
    )
    result = api.run(spec).result()
    assert result is not None
    assert result["data"]["source"] == "sine"
    assert [arm["arm"] for arm in result["arms"]] == ["dense", "structured", "linear"]


def test_the_criterion_is_what_its_line_says() -> None:
    found = example("Add a criterion", Stack=Stack, ScoringData=ScoringData, Scores=Scores)
    stack = new_stack((3, 5, 4, 2), "tanh", [0, 1])
    scores = found["largest"](stack, ScoringData(torch.empty(0), torch.empty(0), ()))
    for layer, weight in zip(scores, list(stack.weights)[:-1], strict=True):
        for member in range(2):
            for neuron in range(weight.shape[2]):
                incoming = [abs(w) for w in weight[member, :, neuron].tolist()]
                assert layer[member, neuron].item() == max(incoming)
