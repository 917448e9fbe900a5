"""Bare numbers are read as the network that was trained, or refused; networks are trained here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from torch import Tensor, nn

from spinn_engine import api
from spinn_engine.artifacts.imported_dense import import_network
from spinn_engine.errors import BadInputError
from spinn_engine.imported.search.readings import line_r2
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import RunSpec

Scales = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
WIDTH = 16


def rows() -> pd.DataFrame:
    """A curved law of four inputs of other sizes, in groups."""
    draw = np.random.default_rng(3)
    a, b, c, d = draw.uniform(0, 1, (4, 480))
    wear = 0.2 + 0.5 * np.sin(3 * a) * b + 0.3 * c**2 + 0.05 * draw.normal(size=480)
    return pd.DataFrame(
        {
            "tool": np.repeat(np.arange(24), 20),
            "minute": 30 * a,
            "feed": 0.2 + 0.3 * b,
            "force": 400 + 250 * c**0.5,
            "vib": d**2 - 0.2,
            "wear": np.exp(wear),
        }
    )


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    rows().to_csv(path, index=False)
    return path


def asked(table: Path, file: Path, **model: Any) -> RunSpec:
    data = {"source": f"table:{table}", "targets": ["wear"], "group": "tool"}
    return RunSpec.from_dict({"data": data, "model": {"dense": str(file), **model}})


def z(values: np.ndarray[Any, Any]) -> Scales:
    return values.mean(axis=0), values.std(axis=0)


def minmax(values: np.ndarray[Any, Any]) -> Scales:
    return values.min(axis=0), np.ptp(values, axis=0)


def symmetric(values: np.ndarray[Any, Any]) -> Scales:
    return (values.min(axis=0) + values.max(axis=0)) / 2, np.ptp(values, axis=0) / 2


def robust(values: np.ndarray[Any, Any]) -> Scales:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75), axis=0)
    return middle, high - low


def raw(values: np.ndarray[Any, Any]) -> Scales:
    return np.zeros(values.shape[1]), np.ones(values.shape[1])


class Sine(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(5 * x)


class Skips(nn.Module):
    """h + tanh(W h + b), whose tensors look like those of a plain network."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, WIDTH), nn.Linear(WIDTH, WIDTH)])
        self.layers += [nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)]

    def forward(self, x: Tensor) -> Tensor:
        first, *middle, last = self.layers
        h = torch.tanh(first(x))
        for layer in middle:
            h = h + torch.tanh(layer(h))
        return torch.as_tensor(last(h))


class Features(nn.Module):
    """Fourier features whose matrix may as well be one of eight inputs, before layers of sines."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("B", 0.1 * torch.randn(4, 8))
        self.net = nn.Sequential(nn.Linear(16, WIDTH), Sine(), nn.Linear(WIDTH, 1))

    def forward(self, x: Tensor) -> Tensor:
        turned = 2 * torch.pi * x @ self.get_buffer("B")
        return torch.as_tensor(self.net(torch.cat([turned.sin(), turned.cos()], dim=1)))


def plain(kind: Callable[[], nn.Module], last: nn.Module | None = None) -> nn.Sequential:
    layers = [nn.Linear(4, WIDTH), kind(), nn.Linear(WIDTH, WIDTH), kind(), nn.Linear(WIDTH, 1)]
    return nn.Sequential(*layers, *([last] if last else []))


@dataclass(frozen=True)
class Case:
    make: Callable[[], nn.Module]
    x: Callable[[np.ndarray[Any, Any]], Scales]
    y: Callable[[np.ndarray[Any, Any]], Scales]
    reading: str
    log: bool = False


CASES = {
    "tanh": Case(lambda: plain(nn.Tanh), z, z, "both; tanh"),
    "elu, inputs only": Case(lambda: plain(nn.ELU), z, raw, "inputs; elu"),
    "minmax": Case(lambda: plain(nn.SiLU), minmax, minmax, "minmax/minmax; silu"),
    "symmetric": Case(lambda: plain(nn.Tanh), symmetric, z, "symmetric/z; tanh"),
    "robust": Case(lambda: plain(nn.Softplus), robust, z, "robust/z; softplus"),
    "logarithm": Case(lambda: plain(nn.Tanh), z, raw, "z/log; tanh", log=True),
    "sine": Case(lambda: plain(Sine), z, z, "both; sin of 5 times"),
    "skips": Case(Skips, z, z, "both; skips around each layer; tanh"),
    "features": Case(Features, z, z, "both; sines before cosines of 2 pi x; sin of 5 times"),
    "sigmoid": Case(
        lambda: plain(nn.Tanh, nn.Sigmoid()), z, minmax, "z/minmax; tanh; sigmoid behind"
    ),
}


def fitted(case: Case, problem: Problem) -> tuple[nn.Module, float]:
    """A network trained on the training rows, and its R2 on the validation rows."""
    inputs, targets = problem.inputs[problem.train], problem.targets[problem.train]
    targets = np.log(targets) if case.log else targets
    (a, b), (c, d) = case.x(inputs), case.y(targets)
    torch.manual_seed(5)
    network = case.make()
    x, y = (torch.tensor(v).float() for v in ((inputs - a) / b, (targets - c) / d))
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(400):
        optimizer.zero_grad()
        nn.functional.mse_loss(network(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    seen = torch.tensor((problem.inputs[problem.val] - a) / b).float()
    found = network(seen).detach().double().numpy() * d + c
    found = np.exp(found) if case.log else found
    return network.eval(), float(r2_score(problem.targets[problem.val], found))


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_as_it_was_trained(name: str, table: Path, tmp_path: Path) -> None:
    case, file = CASES[name], tmp_path / "net.pt"
    problem = load_problem(asked(table, file).data)
    network, r2 = fitted(case, problem)
    torch.save(network.state_dict(), file)
    found = import_network(asked(table, file), problem)
    assert found.spec.model.dense_reading == case.reading
    assert found.mean_r2() == pytest.approx(r2, abs=1e-4)
    assert len(found.r2) == 3


def test_what_was_found_is_found_again_and_another_can_be_taken(
    table: Path, tmp_path: Path
) -> None:
    file = tmp_path / "net.pt"
    problem = load_problem(asked(table, file).data)
    torch.save(fitted(CASES["sigmoid"], problem)[0].state_dict(), file)
    found = import_network(asked(table, file), problem)
    assert import_network(found.spec, problem).spec == found.spec
    other = list(found.r2)[1]
    taken = import_network(asked(table, file, dense_reading=other), problem)
    assert taken.spec.model.dense_reading == other


def test_the_wrong_activation_is_refused_and_the_right_one_named(
    table: Path, tmp_path: Path
) -> None:
    file = tmp_path / "net.pt"
    problem = load_problem(asked(table, file).data)
    network, _ = fitted(CASES["elu, inputs only"], problem)
    torch.save(network.state_dict(), file)
    with pytest.raises(BadInputError, match="straight line.*give that .--activation elu.") as said:
        import_network(asked(table, file, activation="relu"), problem)
    assert "\n" not in str(said.value)
    found = import_network(asked(table, file, activation="elu"), problem)
    assert found.spec.model.dense_reading == "inputs; elu"


def test_random_weights_are_no_network_of_these_rows(table: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    file = tmp_path / "net.pt"
    torch.save(plain(nn.Tanh).state_dict(), file)
    with pytest.raises(BadInputError, match="not clearly better on the training rows than a"):
        api.import_network(asked(table, file))
    forced = api.import_network(asked(table, file, dense_scaling="both", activation="tanh"))
    assert forced.spec.model.dense_scaling == "both"
    with pytest.raises(BadInputError, match="no such reading of it among the best"):
        api.import_network(asked(table, file, dense_reading="both; cosh"))


def test_columns_in_another_order_are_found(table: Path, tmp_path: Path) -> None:
    file, turned = tmp_path / "net.pt", tmp_path / "turned.csv"
    problem = load_problem(asked(table, file).data)
    network, r2 = fitted(CASES["tanh"], problem)
    torch.save(network.state_dict(), file)
    rows()[["tool", "vib", "force", "feed", "minute", "wear"]].to_csv(turned, index=False)
    found = api.import_network(asked(turned, file))
    order = "inputs in the order minute, feed, force and vib"
    assert found.spec.model.dense_reading == f"both; tanh; {order}"
    assert found.mean_r2() == pytest.approx(r2, abs=1e-4)


def test_a_line_is_scikit_learns(table: Path) -> None:
    problem = load_problem(asked(table, table).data)
    x, y = problem.inputs[problem.train], problem.targets[problem.train]
    assert line_r2(x, y) == pytest.approx(LinearRegression().fit(x, y).score(x, y), abs=1e-9)


def test_of_several_heads_the_one_that_fits_is_taken(table: Path, tmp_path: Path) -> None:
    """A mean and a logarithm of the variance beside it, in one last layer."""
    file = tmp_path / "net.pt"
    problem = load_problem(asked(table, file).data)
    network, r2 = fitted(CASES["tanh"], problem)
    state = network.state_dict()
    state["4.weight"] = torch.cat([torch.randn(1, WIDTH), state["4.weight"]])
    state["4.bias"] = torch.cat([torch.randn(1), state["4.bias"]])
    torch.save(state, file)
    found = import_network(asked(table, file), problem)
    assert found.spec.model.dense_reading == "both; output 2; tanh"
    assert found.mean_r2() == pytest.approx(r2, abs=1e-4)
