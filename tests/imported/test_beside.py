"""Tensors beside the layers: what counts and what an equation has is left out, and said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel

from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported.support import mlp, saved


def with_extra(**extra: torch.Tensor) -> dict[str, torch.Tensor]:
    return {**mlp().state_dict(), **extra}


def weights_of(path: Path) -> list[np.ndarray]:
    return list(read_network(path).weights)


def test_an_averaged_model_is_its_network(tmp_path: Path) -> None:
    module = mlp()
    averaged = AveragedModel(module)
    averaged.update_parameters(module)
    path = saved(tmp_path / "swa.pt", averaged.state_dict())
    plain = weights_of(saved(tmp_path / "plain.pt", module.state_dict()))
    for one, other in zip(weights_of(path), plain, strict=True):
        np.testing.assert_array_equal(one, other)
    assert "What trainers count was left out: n_averaged." in read_network(path).notes


@pytest.mark.parametrize("name", ["nu", "lambda_1", "pde.viscosity", "coeff_wear"])
def test_a_coefficient_of_an_equation_is_left_out(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / "a.pt", with_extra(**{name: torch.tensor(0.01)}))
    assert any(name in note and "equation" in note for note in read_network(path).notes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gain", torch.tensor(1.5)),  # a factor that is learned changes what is computed
        ("nu", torch.ones(3)),  # more than one number is no coefficient
        ("total", torch.tensor(1.0)),  # a metric stands under a name of its own
        ("input_mean", torch.zeros(3)),
    ],
)
def test_what_may_change_the_outputs_is_refused(
    tmp_path: Path, name: str, value: torch.Tensor
) -> None:
    with pytest.raises(BadInputError, match="beside its layers"):
        read_network(saved(tmp_path / "a.pt", with_extra(**{name: value})))


def test_states_of_metrics_are_left_out(tmp_path: Path) -> None:
    states = {"val_r2.sum_squared_error": torch.zeros(2), "val_r2.total": torch.tensor(9)}
    path = saved(tmp_path / "a.pt", {"state_dict": {**mlp().state_dict(), **states}})
    assert any("val_r2.total" in note for note in read_network(path).notes)
