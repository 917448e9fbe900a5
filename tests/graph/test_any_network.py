"""What holds for networks of every kind: sizes, surgery, scores, least squares, what-if."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import INPUTS, Dense, Function, LayerNorm, Prelu, Sum
from spinn_engine.pruning.facts import DenseFacts, moments
from spinn_engine.pruning.importance import CRITERIA, ScoringData
from spinn_engine.pruning.reconstruction import Calibration, reconstruct
from spinn_engine.pruning.stage import select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.pruning.whatif import predict
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack, new_stack
from tests.export.kinds import GRAPHS, drawn_graphs, random_stack

PRUNABLE = {name: graph for name, graph in GRAPHS.items() if graph.prunable}
ROWS = 40


def rows_for(graph: Graph, seed: int = 0, members: int = 1) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(members, ROWS, graph.inputs, generator=draw)


def scoring(graph: Graph, seed: int = 1) -> ScoringData:
    draw = torch.Generator().manual_seed(seed)
    y = torch.randn(1, ROWS, graph.outputs, generator=draw)
    return ScoringData(rows_for(graph), y, [5])


def halved(graph: Graph) -> list[int]:
    return [max(1, width // 2) for width in graph.hidden]


def kept_of(stack: Stack, criterion: str = "l1") -> list[Tensor]:
    return select(CRITERIA[criterion](stack, scoring(stack.graph)), halved(stack.graph))


def zeroed(stack: Stack, kept: list[Tensor]) -> Stack:
    """The same networks whose layers take nothing of the neurons that are not kept."""
    graph, tensors = stack.graph, {n: t.detach().clone() for n, t in stack.tensors.items()}
    for dim, own in zip(graph.prunable, kept, strict=True):
        for op in graph.consumers(dim):
            for part in graph.taken(op, dim):
                gone = torch.ones(graph.widths[dim], dtype=torch.bool)
                gone[own[0]] = False
                tensors[f"{op.name}.weight"][:, part][:, gone] = 0.0
    return Stack(graph, tensors)


@given(drawn_graphs(), st.integers(0, 99))
@settings(max_examples=80)
def test_surgery_is_zeroing_what_layers_take(graph: Graph, seed: int) -> None:
    assume(graph.prunable and not any(isinstance(op, LayerNorm) for op in graph.ops))
    assume(any(width > 1 for width in graph.hidden))
    stack = random_stack(graph, seed)
    kept, x = kept_of(stack), rows_for(graph, seed)
    smaller = remove_neurons(stack, kept)
    assert smaller.graph == graph.smaller(halved(graph))
    torch.testing.assert_close(smaller(x), zeroed(stack, kept)(x), rtol=1e-4, atol=1e-5)


@given(drawn_graphs(), st.integers(0, 99))
@settings(max_examples=60)
def test_stack_module_and_numpy_agree(graph: Graph, seed: int) -> None:
    stack = new_stack(graph, [seed, seed + 1]).double()  # a norm of two columns loses digits
    x = rows_for(graph, seed, 2).double()
    found = stack(x)
    for member in range(2):
        module = module_of_member(stack, member)
        torch.testing.assert_close(found[member], module(x[member]), rtol=1e-8, atol=1e-8)
        arrays = {n: t[member].detach().numpy() for n, t in stack.tensors.items()}
        given = outputs_of(graph, arrays, x[member].numpy())
        np.testing.assert_allclose(found[member].detach().numpy(), given, rtol=1e-6, atol=1e-6)
        trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
        assert trained == graph.params(graph.hidden)
    assert Graph.model_validate_json(graph.model_dump_json()) == graph


@pytest.mark.parametrize("name", PRUNABLE)
def test_it_agrees_with_torch_pruning(name: str) -> None:
    """The same neurons leave by its dependency graph, and the outputs are the same."""
    torch_pruning = pytest.importorskip("torch_pruning")
    stack = random_stack(PRUNABLE[name])
    graph, x = stack.graph, rows_for(stack.graph)[0]
    kept = kept_of(stack)
    theirs = module_of_member(stack, 0).train()
    for dim, own in zip(graph.prunable, kept, strict=True):
        gone = sorted({*range(graph.widths[dim])} - {*own[0].tolist()})
        layer = theirs.get_submodule(graph.producers(dim)[0].name)
        known = torch_pruning.DependencyGraph().build_dependency(theirs, example_inputs=x)
        try:
            group = known.get_pruning_group(layer, torch_pruning.prune_linear_out_channels, gone)
        except (AssertionError, ValueError, IndexError) as error:
            pytest.skip(f"torch-pruning cannot prune it: {error}")
        group.prune()
    mine = module_of_member(remove_neurons(stack, kept), 0)
    widths = [m.out_features for m in theirs.modules() if isinstance(m, nn.Linear)]
    if widths != [m.out_features for m in mine.modules() if isinstance(m, nn.Linear)]:
        pytest.skip("torch-pruning leaves a layer out of the group")
    torch.testing.assert_close(mine(x), theirs.eval()(x), rtol=1e-4, atol=1e-5)


def test_scores_of_a_shared_dimension_are_sums_over_its_members() -> None:
    stack = random_stack(GRAPHS["residual_of_one"])
    graph, tensors = stack.graph, {n: t.detach()[0] for n, t in stack.tensors.items()}
    assert graph.prunable == ("stream",)
    makers, takers = ("stem", "block1.0", "block2.0"), ("block1.0", "block2.0", "head")
    into = sum(
        tensors[f"{n}.weight"].abs().sum(dim=0) + tensors[f"{n}.bias"][0].abs() for n in makers
    )
    out_of = sum(tensors[f"{n}.weight"].abs().sum(dim=1) for n in takers)
    data = scoring(graph)
    torch.testing.assert_close(CRITERIA["l1"](stack, data)[0][0], into)
    torch.testing.assert_close(CRITERIA["l1_out"](stack, data)[0][0], out_of)


@pytest.mark.parametrize("name", PRUNABLE)
def test_taylor_is_the_slope_of_the_loss_by_finite_differences(name: str) -> None:
    stack = random_stack(PRUNABLE[name]).double()
    graph, data = stack.graph, scoring(stack.graph)
    data = ScoringData(data.x.double(), data.y.double(), data.seeds)
    scores = CRITERIA["taylor"](stack, data)
    for dim, mine in zip(graph.prunable, scores, strict=True):
        step, changes = 1e-6, []
        for sign in (1, -1):
            tensors = {n: t.detach().clone() for n, t in stack.tensors.items()}
            for op in graph.consumers(dim):
                for part in graph.taken(op, dim):
                    tensors[f"{op.name}.weight"][:, part.start] *= 1 + sign * step
            found = Stack(graph, tensors)(data.x)
            changes.append((found - data.y).square().mean(dim=2)[0])
        slope = ((changes[0] - changes[1]) / (2 * step)).abs().mean()
        torch.testing.assert_close(mine[0, 0], slope, rtol=1e-4, atol=1e-7)


def test_every_consumer_is_solved_by_least_squares() -> None:
    """A residual block whose stream lost neurons, by NumPy's own least squares, in turn."""
    stack = random_stack(GRAPHS["residual_of_one"]).double()
    graph, x = stack.graph, torch.randn(1, 400, 3, dtype=torch.float64)
    kept = kept_of(random_stack(GRAPHS["residual_of_one"]))
    pruned = remove_neurons(stack, kept)
    reconstruct(stack, pruned, kept, Calibration(x, x), ridges=(1e-10,))
    wanted, have, own = stack.values(x), pruned.values(x), pruned.tensors
    for op in graph.dense[1:]:
        taken = have[op.inputs[0]][0].detach().numpy()
        target = wanted[op.name][0].detach().numpy()
        if op.dim in graph.prunable:
            target = target[:, kept[0][0].numpy()]
        design = np.column_stack([taken, np.ones(len(taken))])
        solution = np.linalg.lstsq(design, target, rcond=None)[0]
        mine = torch.cat([own[f"{op.name}.weight"], own[f"{op.name}.bias"]], dim=1)[0]
        found = design @ mine.detach().numpy()
        np.testing.assert_allclose(found, design @ solution, atol=1e-4)


@pytest.mark.parametrize("name", PRUNABLE)
def test_a_prediction_without_repair_is_the_pruned_network(name: str) -> None:
    stack = random_stack(PRUNABLE[name])
    graph, x = stack.graph, rows_for(stack.graph)[0]
    arrays = {}
    for parameter in graph.parameters:
        values = stack.tensors[parameter.name].detach()[0].numpy()
        arrays[parameter.name] = values[0] if parameter.rows is None else values
    scores = {"l1": [layer[0].numpy() for layer in CRITERIA["l1"](stack, scoring(graph))]}
    known, y = moments(graph, arrays, x.numpy()), stack(x)[0].detach().numpy()
    targets = tuple(f"y{at}" for at in range(graph.outputs))
    facts = DenseFacts(graph, arrays, scores, known, known, x.numpy(), y, 0, targets)
    assert predict(facts, graph.hidden, "l1", "none").r2 == pytest.approx(1.0, abs=1e-5)
    smaller = remove_neurons(stack, kept_of(stack))(x)[0].detach().numpy()
    wanted = 1 - np.square(smaller - y).sum(axis=0) / np.square(y - y.mean(axis=0)).sum(axis=0)
    found = predict(facts, halved(graph), "l1", "none").per_output
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)
    mended = predict(facts, halved(graph), "l1", "least_squares").r2
    assert np.isfinite(mended)


def test_values_that_do_not_fit_are_refused() -> None:
    one = Dense(name="a", inputs=(INPUTS,), dim="a")
    two = Dense(name="b", inputs=(INPUTS,), dim="b")
    joined = Sum(name="s", inputs=("a", "b"))
    with pytest.raises(ValueError, match="joins values of other dimensions"):
        Graph(ops=(one, two, joined), widths={INPUTS: 2, "a": 3, "b": 3}, prunable=())
    with pytest.raises(ValueError, match="which no operation gives"):
        Graph(ops=(two, joined), widths={INPUTS: 2, "b": 3}, prunable=())
    with pytest.raises(ValueError, match="cannot be pruned"):
        Graph(ops=(one,), widths={INPUTS: 2, "a": 3}, prunable=("a",))
    with pytest.raises(ValueError, match="widths must be those of"):
        Graph(ops=(one,), widths={INPUTS: 2}, prunable=())
    with pytest.raises(ValueError, match="two values are called a"):
        Graph(ops=(one, Prelu(name="a", inputs=("a",))), widths={INPUTS: 2, "a": 3}, prunable=())
    with pytest.raises(ValueError, match="did you mean tanh"):
        Function(name="f", inputs=("a",), function="tan")
