"""A module in memory is pruned in three lines, and what comes back takes and gives what it did."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.func import jacrev, vmap

import spinn_engine
from spinn_engine import api
from spinn_engine.api.modules.prune import prune
from spinn_engine.artifacts.checkpoints import load_stack
from spinn_engine.errors import BadInputError
from spinn_engine.training.functions import jacobians
from tests.imported.programs.drawn import With

QUICK: dict[str, Any] = {
    "stages": 1,
    "max_updates": 60,
    "fine_tune_max_updates": 60,
    "controls": ["dense_longer"],
    "device": "cpu",
    "progress": False,
}


def residual(outputs: int = 2) -> nn.Sequential:
    torch.manual_seed(0)
    inside = nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 12), nn.SiLU(), nn.Linear(12, 16))
    block = With(lambda own, x: x + own.inside(x), inside=inside)
    return nn.Sequential(nn.Linear(3, 16), nn.Tanh(), block, nn.Linear(16, outputs))


def rows(count: int = 300) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).normal(size=(count, 3))


@pytest.fixture(scope="module")
def trained() -> tuple[nn.Module, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A network, the rows that it was trained on, and what it should give in units of its own."""
    x = rows()
    y = np.stack([np.sin(x[:, 0]) + x[:, 1], 300 + 40 * np.tanh(x[:, 2])], 1)
    module = With(
        lambda own, x: own.net((x - own.mean) / own.std) * own.size + own.offset,
        net=residual(),
        mean=torch.tensor(x.mean(0), dtype=torch.float32),
        std=torch.tensor(x.std(0), dtype=torch.float32),
        size=torch.tensor(y.std(0), dtype=torch.float32),
        offset=torch.tensor(y.mean(0), dtype=torch.float32),
    )
    given, wanted = (torch.tensor(part, dtype=torch.float32) for part in (x, y))
    optimizer = torch.optim.Adam(module.parameters(), 1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        (((module(given) - wanted) / module.size) ** 2).mean().backward()
        optimizer.step()
    return module, x, y


def test_a_module_with_its_data(trained: Any) -> None:
    module, x, y = trained
    module.train()
    before = copy.deepcopy(module.state_dict())
    done = spinn_engine.prune(module, x, y, param_reduction=0.5, **QUICK)  # type: ignore[operator]
    assert module.training
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())
    given = torch.tensor(x, dtype=torch.float32)
    with torch.no_grad():
        torch.testing.assert_close(done.at_stage(0)(given), module(given), rtol=1e-4, atol=1e-3)
        smaller = done.module(given)
    assert smaller.dtype == torch.float32
    count = sum(one.numel() for one in done.module.parameters())
    frame = done.frame()
    assert count == frame.loc[frame["arm"] == "structured", "params"].iloc[-1]
    dense = sum(one.numel() for one in module.parameters())
    assert count <= 0.5 * dense
    network = api.load_network(done.run)
    np.testing.assert_allclose(smaller.numpy(), network(x), rtol=1e-4, atol=1e-3)
    assert api.open_run(done.run.run_id).is_complete()
    assert done.headline.startswith(f"{(1 - count / dense) * 100:.1f} % fewer parameters")
    assert done.run.run_id in done._repr_html_()
    assert "One repetition" in done._repr_html_()
    assert done.plot().axes
    kinds = {type(part).__module__.partition(".")[0] for part in done.module.modules()}
    assert kinds == {"torch"}


def test_without_targets_it_is_its_own_teacher() -> None:
    module = With(lambda own, x: own.net(x)[:, 0], net=nn.Sequential(residual(1), nn.Dropout(0.5)))
    module.double().train()
    done = prune(module, ranges={"a": (-1, 1), "b": (0, 2), "c": (-3, 3)}, **QUICK)
    assert done.run.spec().data.split == "row"
    assert any("own teacher" in note for note in done.notes)
    assert any("at rest" in note for note in done.notes)
    x = torch.rand(5, 3, dtype=torch.float64)
    made = done.module(x)
    assert made.shape == (5,)
    assert made.dtype == torch.float64
    assert done.module.training
    assert api.load_network(done.run).input_names == ("a", "b", "c")


def smooth() -> tuple[nn.Sequential, torch.Tensor]:
    """A small network of x and t, as one that solves an equation, and rows of its domain."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
    x = torch.rand(1200, 2) * torch.tensor([2.0, 1.0]) - torch.tensor([1.0, 0.0])
    wanted = torch.sin(3 * x[:, :1]) * torch.exp(-x[:, 1:])
    optimizer = torch.optim.Adam(net.parameters(), 5e-3)
    for _ in range(400):
        optimizer.zero_grad()
        (net(x) - wanted).square().mean().backward()
        optimizer.step()
    return net, x


def test_derivatives_are_kept_where_asked() -> None:
    net, x = smooth()
    other = torch.rand(300, 2, generator=torch.Generator().manual_seed(9))

    def off(module: nn.Module) -> tuple[float, float]:
        """Relative L2 of values and of derivatives in rows that nothing was made with."""
        pairs = (module(other), net(other)), (slopes_of(module), slopes_of(net))
        values, slopes = (float((a - b).norm().detach() / b.norm().detach()) for a, b in pairs)
        return values, slopes

    def slopes_of(module: nn.Module) -> torch.Tensor:
        found: torch.Tensor = vmap(jacrev(module))(other)
        return found.detach()

    asked = {**QUICK, "fine_tune_max_updates": 300, "controls": [], "param_reduction": 0.6}
    found: dict[bool, list[tuple[float, float]]] = {}
    for keep in (False, True):
        for seed in range(3):
            done = prune(net, x, derivatives=keep, seed=seed, **asked)
            found.setdefault(keep, []).append(off(done.module))
    values, slopes = (
        {keep: float(np.median([one[at] for one in each])) for keep, each in found.items()}
        for at in (0, 1)
    )
    assert slopes[True] < 0.7 * slopes[False]
    assert values[True] < 2 * values[False]
    last = done.frame().query("arm == 'structured'").iloc[-1]
    assert 0 < last["derivative_error"] < last["derivative_error_before"]
    assert last["derivative_error"] == pytest.approx(off(done.module)[1], rel=1.0)
    assert any("The derivatives of the outputs by the inputs differ" in one for one in done.notes)
    stored = load_stack(done.run.stack_path(0, "dense"), torch.device("cpu")).stack
    whole = dict(api.load_network(done.run, 0).raw.named_buffers())
    standard = ((other - whole["x_mean"]) / whole["x_std"]).float()
    mine = jacobians(stored, standard[None])[0] * whole["y_std"][:, None] / whole["x_std"]
    torch.testing.assert_close(mine.float().detach(), slopes_of(net), rtol=1e-3, atol=1e-4)


def test_derivatives_are_those_of_a_teacher() -> None:
    net, x = smooth()
    with pytest.raises(BadInputError, match="leave y out, or derivatives"):
        prune(net, x, net(x).detach(), derivatives=True, **QUICK)


def test_frames_and_groups() -> None:
    frame = pd.DataFrame(rows(), columns=["force", "speed", "heat"])
    with torch.no_grad():
        y = residual()(torch.tensor(frame.to_numpy(), dtype=torch.float32))
    groups = pd.Series(np.repeat(np.arange(10), 30), name="tool")
    done = prune(residual(), frame, y, groups, **QUICK)
    assert done.run.spec().data.group == "tool"
    assert api.load_network(done.run).input_names == ("force", "speed", "heat")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("no module", rows()), "give an nn.Module"),
        ((residual(), None, rows()[:, 0]), "a y without an X"),
        ((residual(),), "there are no rows"),
        ((residual(), rows()[:, :2]), "does not take rows of the shape [256, 2]"),
        ((nn.Linear(3, 1), rows()), "no hidden neurons"),
        ((residual(), pd.DataFrame({"a": ["x"] * 9, "b": 1, "c": 2})), "'a' of X holds no numbers"),
        ((nn.Bilinear(3, 3, 1), rows()), "does not take rows"),
        ((nn.Sequential(nn.Linear(3, 2), nn.Softmax(-1)), rows()), "aten.softmax"),
        ((residual(), rows(), rows(10)), "X has 300 rows and y 10"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(given: Any, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        prune(*given, **QUICK)
    assert words in str(caught.value)


@pytest.mark.parametrize("bounds", [(1, 0), (0, np.inf), (1,), "ab"])
def test_ranges_must_be_bounds(bounds: Any) -> None:
    with pytest.raises(BadInputError, match=re.escape("give (low, high)")):
        prune(residual(), ranges=[(0, 1), bounds, (0, 1)], **QUICK)


def test_the_package_waits_with_torch_until_it_is_asked_for() -> None:
    code = "import sys, spinn_engine; assert 'torch' not in sys.modules; spinn_engine.prune"
    subprocess.run([sys.executable, "-c", code], check=True)
