"""Derivatives that are to be kept: of any network against autograd, and their loss."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.autograd.functional import jacobian

from spinn_engine.problems.problem import Problem
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.functions import along, jacobians, signs
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack, new_stack
from spinn_engine.training.objective import Derivatives, Supervised
from tests.export.kinds import GRAPHS, random_stack


def by_torch(stack: Stack, member: int, x: Tensor) -> Tensor:
    """``[B, out, in]`` by reverse differentiation of the module, row by row."""
    module = module_of_member(stack, member)
    rows = (jacobian(lambda row: module(row[None])[0], row) for row in x)  # type: ignore[no-untyped-call]
    return torch.stack(list(rows))


@pytest.mark.parametrize("name", GRAPHS)
def test_derivatives_are_those_of_autograd(name: str) -> None:
    stack = random_stack(GRAPHS[name]).double()
    x = torch.randn(1, 9, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    wanted = by_torch(stack, 0, x[0])
    torch.testing.assert_close(jacobians(stack, x)[0].detach(), wanted, rtol=1e-7, atol=1e-8)
    directions = signs(x.shape, torch.Generator().manual_seed(5)).double()
    found = along(stack, x, directions)
    expected = (wanted * directions[0][:, None]).sum(dim=2)
    torch.testing.assert_close(found[0].detach(), expected, rtol=1e-7, atol=1e-8)
    torch.autograd.backward(found.square().sum())
    grads = [one.grad for one in stack.learned if one.grad is not None]  # none of the last bias
    assert grads
    assert all(one.isfinite().all() for one in grads)


@pytest.fixture
def data() -> PlacedData:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(90, 3)) * [1, 5, 0.2]
    y = np.column_stack([np.tanh(x[:, 0]) + x[:, 2], x[:, 1] ** 2])
    part = np.arange(90)
    problem = Problem(
        source="made",
        input_names=("a", "b", "c"),
        target_names=("y", "z"),
        inputs=x,
        targets=y,
        groups=None,
        train=part[:50],
        val=part[50:70],
        test=part[70:],
    )
    return on_device(problem, torch.device("cpu"))


def test_the_loss_is_that_of_the_targets_and_the_squared_error_of_derivatives(
    data: PlacedData,
) -> None:
    graph = GRAPHS["tanh"]
    stack, teachers = new_stack(graph, [1, 2]), new_stack(graph, [3, 4])
    folds, rows = torch.zeros(2, dtype=torch.int64), data.train.rows[:, :30].repeat(2, 1)
    base = Supervised(data, None)
    found = Derivatives(base, data, teachers, 0.7).loss(stack, folds, rows)
    directions = signs((30, 3), torch.Generator().manual_seed(0))
    x = data.x[0, rows[0]]
    for member, without in enumerate(base.loss(stack, folds, rows)):
        off = by_torch(stack, member, x) - by_torch(teachers, member, x)  # [B, out, in]
        missed = (off * directions[:, None]).sum(dim=2).square().mean()
        torch.testing.assert_close(found[member], without + 0.7 * missed)


def test_errors_are_relative_over_all_derivatives_of_validation_rows(data: PlacedData) -> None:
    graph, folds = GRAPHS["tanh"], torch.zeros(2, dtype=torch.int64)
    stack, teachers = new_stack(graph, [1, 2]), new_stack(graph, [3, 4])
    objective = Derivatives(Supervised(data, None), data, teachers, 1.0)
    x = data.x[0, data.val.rows[0]]
    for member, found in enumerate(objective.errors(stack, folds)):
        wanted, made = by_torch(teachers, member, x), by_torch(stack, member, x)
        assert found == pytest.approx(float((made - wanted).norm() / wanted.norm()), rel=1e-5)
    assert objective.errors(teachers, folds) == [0.0, 0.0]
    same, again = (objective.validate(stack, folds)[0] for _ in range(2))
    assert same == again
    assert same > Supervised(data, None).validate(stack, folds)[0]
