"""The arms on networks that are no chain of layers, against whole networks taught by PyTorch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from spinn_engine.adaptation.arms import LastLayer, no_closed_form
from spinn_engine.adaptation.closed_form import RIDGE
from spinn_engine.adaptation.rows import Rows
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp
from spinn_engine.graph.ops import AnyOperation, Dense, Function, Scale, Select
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack, new_stack
from tests.adaptation.plain import BATCHES, begin, taught_plainly


@dataclass(frozen=True)
class Case:
    """A network, how many of its layers are to stay, and the modules that then stay, by name."""

    kind: str
    layout: Layout
    count: int
    stays: tuple[str, ...]

    @property
    def graph(self) -> Graph:
        return KINDS[self.kind](self.layout, 3, 2)


BLOCKS = Layout((8, 6, 5), norm=True)
GATES = Layout((7, 7))
CASES = {
    "prelu": Case("mlp", Layout((6, 5), ("prelu",)), 1, ("0", "1")),
    "one a layer": Case("mlp", Layout((6, 5), ("sin", "gelu_tanh")), 2, ("0", "2")),
    "siren": Case("siren", Layout((6, 5), frequency=3.0), 1, ("0",)),
    "fourier": Case("fourier", Layout((6, 5), features=4), 1, ("map", "0")),
    "fourier, full": Case("fourier", Layout((6, 5), features=4), 0, ("map",)),
    "residual, in a block": Case("residual", BLOCKS, 2, ("stem", "block1.norm", "block1.0")),
    "residual, a block": Case(
        "residual", BLOCKS, 3, ("stem", "block1.norm", "block1.0", "block1.2", "block2.norm")
    ),
    "blocks of one": Case("residual", Layout((6, 6, 6), block_layers=1), 2, ("stem", "block1.0")),
    "gates": Case("modified_mlp", GATES, 3, ("u", "v", "gate1")),
    "gates, the nearest to one": Case("modified_mlp", GATES, 1, ()),
    "heads": Case("heads", Layout((6, 5)), 2, ("trunk.0",)),
    "heads alone": Case("heads", Layout((6, 5)), 4, ("trunk.0", "head1.0", "head2.0")),
    "deeponet": Case("deeponet", Layout((6, 5), trunk=1), 2, ("branch.0", "trunk.0")),
}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def stack_of(graph: Graph) -> Stack:
    """Two networks; what begins alike everywhere, such as biases and norms, is drawn too."""
    stack = new_stack(graph, [5, 6])
    generator = torch.Generator().manual_seed(0)
    for parameter in stack.parameters():
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=generator)
    return stack


@EACH
def test_it_learns_as_a_whole_network_does(case: Case, rows: Rows) -> None:
    stack = stack_of(case.graph)
    arm = begin("frozen", stack, rows, case.count)
    for batch in BATCHES:
        arm.update(batch)
    x = rows.new(range(50))[0]
    for member in range(2):
        plain = taught_plainly(module_of_member(stack, member), rows, member, case.stays)
        assert not torch.allclose(plain(x[member]), stack(x)[member], atol=1e-2)
        torch.testing.assert_close(arm.stack(x)[member], plain(x[member]), rtol=1e-3, atol=1e-3)
        learned = sum(p.numel() for p in plain.parameters() if p.requires_grad)
        assert arm.updated_params == learned


@EACH
def test_macs_are_those_that_torch_counts(case: Case, rows: Rows) -> None:
    stack = stack_of(case.graph)
    with FlopCounterMode(display=False) as counter:
        arm = begin("frozen", stack, rows, case.count)
    assert counter.get_total_flops() == 2 * arm.setup_macs * stack.size
    for batch in BATCHES:
        with FlopCounterMode(display=False) as counter:
            counted = arm.update(batch)
        assert counter.get_total_flops() == 2 * counted * stack.size


def taken_by(network: nn.Module, name: str, x: Tensor) -> np.ndarray:
    """What a module of a network takes of rows."""
    caught: list[Tensor] = []
    module = network.get_submodule(name)
    hook = module.register_forward_pre_hook(lambda _, taken: caught.append(taken[0].detach()))
    network(x)
    hook.remove()
    return caught[0].double().numpy()


def solved_plainly(
    network: nn.Module, name: str, rows: Rows, member: int, targets: np.ndarray
) -> np.ndarray:
    """Weights and last the bias ``[w + 1, out]`` by ridge regression over all rows."""
    layer = network.get_submodule(name)
    assert isinstance(layer, nn.Linear)
    old, new = rows.old()[0][member], rows.new(range(50))[0][member]
    parts = [taken_by(network, name, x) for x in (old, new)]
    start = layer.weight.detach().double().numpy().T
    if layer.bias is not None:
        parts = [np.column_stack([part, np.ones(len(part))]) for part in parts]
        start = np.vstack([start, layer.bias.detach().double().numpy()])
    missed = targets - parts[1] @ start
    alpha = RIDGE * np.square(parts[0]).sum(axis=0).mean()
    fitted = Ridge(alpha, fit_intercept=False, solver="svd").fit(
        np.vstack(parts), np.vstack([np.zeros((len(old), missed.shape[1])), missed])
    )
    return np.asarray(start + fitted.coef_.reshape(missed.shape[1], -1).T)


def closed_form(stack: Stack, rows: Rows) -> LastLayer:
    arm = begin("last_layer", stack, rows)
    assert isinstance(arm, LastLayer)
    for batch in BATCHES:
        arm.update(batch)
    return arm


def layer_of(stack: Stack, name: str, member: int) -> np.ndarray:
    own = [
        p.name for op in stack.graph.dense if op.name == name for p in stack.graph.parameters_of(op)
    ]
    return np.vstack([stack.tensors[one][member].detach().double().numpy() for one in own])


def outputs_of_member(stack: Stack, rows: Rows, member: int) -> np.ndarray:
    return np.asarray(stack(rows.new(range(50))[0])[member].detach().double().numpy())


@EACH
def test_every_last_layer_is_solved_by_itself(case: Case, rows: Rows) -> None:
    stack = stack_of(case.graph)
    arm = closed_form(stack, rows)
    ends = {"head1.2": [0], "head2.2": [1]} if case.kind == "heads" else {"head": [0, 1]}
    if case.kind not in ("heads", "residual", "modified_mlp", "deeponet"):
        ends = {case.graph.ops[-1].name: [0, 1]}
    for member in range(2):
        network = module_of_member(stack, member)
        y = rows.new(range(50))[1][member].double().numpy()
        for name, outputs in ends.items():
            expected = solved_plainly(network, name, rows, member, y[:, outputs])
            # by what it gives: what a norm gives adds up to the same, so weights have a free way
            taken = taken_by(network, name, rows.new(range(50))[0][member])
            wanted = np.column_stack([taken, np.ones(len(taken))]) @ expected
            found = outputs_of_member(arm.stack, rows, member)[:, outputs]
            np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)
    changed = {
        name for name, one in stack.tensors.items() if not torch.equal(one, arm.stack.tensors[name])
    }
    assert changed == {f"{name}.{kind}" for name in ends for kind in ("weight", "bias")}
    assert arm.updated_params == sum(arm.stack.tensors[name][0].numel() for name in changed)


def behind(*more: AnyOperation, bias: bool = True, **widths: int) -> Stack:
    """A plain network with other operations behind its last layer."""
    plain = mlp((6,), 3, 2)
    ops = [op.model_copy(update={"bias": bias}) if op.name == "2" else op for op in plain.ops]
    return stack_of(
        Graph(ops=(*ops, *more), widths={**plain.widths, **widths}, prunable=plain.prunable)
    )


def test_a_scale_and_another_order_behind_the_last_layer_are_undone(rows: Rows) -> None:
    stack = behind(
        Scale(name="scale", inputs=("2",)),
        Select(name="turned", inputs=("scale",), columns=(1, 0), dim="turned"),
        bias=False,
        turned=2,
    )
    stack.tensors["scale.scale"].copy_(torch.tensor([2.0, -0.5]))
    stack.tensors["scale.shift"].copy_(torch.tensor([1.0, 3.0]))
    assert no_closed_form(stack) is None
    arm = closed_form(stack, rows)
    for member in range(2):
        y = rows.new(range(50))[1][member].double().numpy()
        targets = (y[:, [1, 0]] - [1.0, 3.0]) / [2.0, -0.5]
        network = module_of_member(stack, member)
        expected = solved_plainly(network, "2", rows, member, targets)
        np.testing.assert_allclose(layer_of(arm.stack, "2", member), expected, rtol=1e-3, atol=1e-3)


def test_columns_that_are_no_output_stay_as_they_are(rows: Rows) -> None:
    stack = stack_of(
        Graph(
            ops=(
                Dense(name="0", inputs=("inputs",), dim="a"),
                Function(name="1", inputs=("0",), function="tanh"),
                Dense(name="2", inputs=("1",), dim="b"),
                Select(name="3", inputs=("2",), columns=(3, 1), dim="c"),
            ),
            widths={"inputs": 3, "a": 6, "b": 4, "c": 2},
            prunable=("a",),
        )
    )
    arm = closed_form(stack, rows)
    for member in range(2):
        before, after = layer_of(stack, "2", member), layer_of(arm.stack, "2", member)
        np.testing.assert_array_equal(before[:, [0, 2]], after[:, [0, 2]])
        assert not np.allclose(before[:, [1, 3]], after[:, [1, 3]])


@pytest.mark.parametrize(
    ("stack", "why"),
    [
        (behind(Function(name="3", inputs=("2",), function="sigmoid")), "the function sigmoid .3."),
        (behind(Scale(name="3", inputs=("2",), trained=True)), "the scale 3 gives the outputs"),
        (
            behind(Select(name="3", inputs=("2",), columns=(0, 0), dim="c"), c=2),
            "two outputs are the same column",
        ),
    ],
)
def test_what_has_no_closed_form_says_why(stack: Stack, why: str) -> None:
    assert (told := no_closed_form(stack)) is not None
    assert told.startswith(why) or why.replace(".3.", "(3)") in told


def test_a_scale_of_zero_has_no_closed_form() -> None:
    stack = behind(Scale(name="scale", inputs=("2",)))
    stack.tensors["scale.scale"].copy_(torch.tensor([2.0, 0.0]))
    assert no_closed_form(stack) == "the scale scale multiplies an output by zero"
