"""What every criterion, reconstruction and activation does to a small stack of networks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from spinn_engine.graph.functions import FUNCTIONS as IN_NUMPY
from spinn_engine.pruning import whatif
from spinn_engine.pruning.importance import CRITERIA, ScoringData, strongest
from spinn_engine.pruning.reconstruction import Calibration
from spinn_engine.pruning.stage import prune_stage, select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.training.functions import FUNCTIONS as ACTIVATIONS
from spinn_engine.training.jets import DERIVATIVES
from spinn_engine.training.modules import CALLS
from spinn_engine.training.network import Stack, mlp_stack
from spinn_engine.vocabulary import ACTIVATIONS as ACTIVATION_ROWS
from spinn_engine.vocabulary import FUNCTIONS as FUNCTION_ROWS
from spinn_engine.vocabulary import RECONSTRUCTIONS
from tests.plain import biases_of, function, plain_facts, plain_moments

WIDTHS, ROWS, MEMBERS = (4, 9, 7, 2), 60, 3
HIDDEN = WIDTHS[1:-1]


def stack(activation: str = "tanh", seed: int = 0, widths: tuple[int, ...] = WIDTHS) -> Stack:
    draw = torch.Generator().manual_seed(seed)
    sizes = list(pairwise(widths))
    weights = [torch.randn(MEMBERS, a, b, generator=draw) for a, b in sizes]
    return mlp_stack(
        weights, [torch.randn(MEMBERS, 1, b, generator=draw) for _, b in sizes], activation
    )


def scoring_data(seed: int = 1) -> ScoringData:
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(MEMBERS, ROWS, WIDTHS[0], generator=draw)
    y = torch.randn(MEMBERS, ROWS, WIDTHS[-1], generator=draw)
    return ScoringData(x, y, range(10, 10 + MEMBERS))


def calibration(seed: int = 2) -> Calibration:
    draw = torch.Generator().manual_seed(seed)
    return Calibration(
        torch.randn(MEMBERS, ROWS, WIDTHS[0], generator=draw),
        torch.randn(MEMBERS, ROWS, WIDTHS[0], generator=draw),
    )


def rows_of(network: Stack, x: Tensor) -> Tensor:
    """Outputs ``[S, rows, out]``, member by member, by a plain loop."""
    found = []
    with torch.no_grad():
        for member in range(network.size):
            h = x[member]
            layers = list(zip(network.weights, biases_of(network), strict=True))
            for number, (weight, bias) in enumerate(layers):
                h = h @ weight[member] + bias[member]
                if number < len(layers) - 1:
                    h = function(network.graph.activation)(h)
            found.append(h)
    return torch.stack(found)


def equal(one: Sequence[Tensor], other: Sequence[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def same(one: Stack, other: Stack) -> bool:
    return equal(list(one.parameters()), list(other.parameters()))


@pytest.mark.parametrize("name", CRITERIA)
def test_scores_are_one_a_neuron_the_same_every_time(name: str) -> None:
    network, seen = stack(), scoring_data()
    before = [p.detach().clone() for p in network.parameters()]
    scores = CRITERIA[name](network, seen)
    assert [tuple(layer.shape) for layer in scores] == [(MEMBERS, width) for width in HIDDEN]
    assert all(layer.isfinite().all() and not layer.requires_grad for layer in scores)
    assert all(len(set(layer[0].tolist())) > 1 for layer in scores), "all neurons score alike"
    assert equal(scores, CRITERIA[name](stack(), scoring_data()))
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


@pytest.mark.parametrize("name", CRITERIA)
def test_a_score_belongs_to_its_member_and_to_its_neuron(name: str) -> None:
    """A member scores alone as among others; renumbered neurons take their scores along."""
    network, seen = stack(), scoring_data()
    scores = CRITERIA[name](network, seen)
    alone = ScoringData(seen.x[1:2], seen.y[1:2], seen.seeds[1:2])
    for layer, own in zip(scores, CRITERIA[name](network.subset([1]), alone), strict=True):
        torch.testing.assert_close(layer[1:2], own)
    if not equal(scores, CRITERIA[name](network, ScoringData(seen.x, seen.y, [5, 6, 7]))):
        return  # drawn, not computed
    order = [torch.randperm(width, generator=torch.Generator().manual_seed(3)) for width in HIDDEN]
    kept = [index.repeat(MEMBERS, 1) for index in order]
    for layer, index, new in zip(
        scores, order, CRITERIA[name](remove_neurons(network, kept), seen), strict=True
    ):
        torch.testing.assert_close(layer[:, index], new)


@pytest.mark.parametrize("name", CRITERIA)
def test_scores_choose_neurons_on_every_activation(name: str) -> None:
    for activation in ACTIVATION_ROWS:
        for layer in CRITERIA[name](stack(activation), scoring_data()):
            kept = strongest(layer, 3)
            assert kept.shape == (MEMBERS, 3)
            least, rest = layer.gather(1, kept).min(dim=1).values, layer.clone()
            rest.scatter_(1, kept, -torch.inf)
            assert (rest.max(dim=1).values <= least).all()


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
@pytest.mark.parametrize("activation", ACTIVATION_ROWS)
def test_a_reconstruction_keeps_widths_and_never_hurts_held_out_rows(
    name: str, activation: str
) -> None:
    """With one hidden layer what it mends is the output; to leave it as cut is a choice too."""
    dense, rows = stack(activation, widths=(4, 9, 2)), calibration()
    scores = [torch.arange(9.0).repeat(MEMBERS, 1)]
    kept = select(scores, (5,))
    mended, again = (prune_stage(dense, kept, name, rows) for _ in range(2))
    plain = remove_neurons(dense, kept)
    assert mended.hidden == (5,)
    assert all(
        torch.equal(a, b) for a, b in zip(mended.parameters(), again.parameters(), strict=True)
    )
    wanted = rows_of(dense, rows.held_out)
    errors = [
        (rows_of(one, rows.held_out) - wanted).square().mean(dim=(1, 2)) for one in (mended, plain)
    ]
    assert (errors[0] <= errors[1] * (1 + 1e-5)).all()
    assert all(
        torch.equal(a, b)
        for a, b in zip(
            dense.parameters(), stack(activation, widths=(4, 9, 2)).parameters(), strict=True
        )
    )


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_nothing_is_lost_with_neurons_that_nothing_reads(name: str) -> None:
    dense, rows = stack(), calibration()
    with torch.no_grad():
        dense.weights[1][:, 6:] = 0.0
    scores = [torch.arange(float(width), 0, -1).repeat(MEMBERS, 1) for width in HIDDEN]
    mended = prune_stage(dense, select(scores, (6, 7)), name, rows)
    x = torch.randn(MEMBERS, 20, WIDTHS[0], generator=torch.Generator().manual_seed(4))
    torch.testing.assert_close(rows_of(mended, x), rows_of(dense, x), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_a_prediction_of_no_cut_is_the_dense_network(name: str) -> None:
    dense = stack().subset([0])
    weights = [w[0].detach().numpy() for w in dense.weights]
    biases = [b[0, 0].detach().numpy() for b in biases_of(dense)]
    x = calibration().fit[:1]
    known = plain_moments(weights, biases, "tanh", x[0].numpy())
    scores = {"any": [np.arange(width, dtype=np.float32) for width in HIDDEN]}
    y = rows_of(dense, x)[0].numpy()
    facts = plain_facts(
        weights, biases, "tanh", scores, known, known, x[0].numpy(), y, 0, ("a", "b")
    )
    assert whatif.predict(facts, HIDDEN, "any", name).r2 == pytest.approx(1.0, abs=1e-6)
    cut = whatif.predict(facts, (5, 4), "any", name)
    assert cut.r2 < 1.0
    assert np.array_equal(cut.per_output, whatif.predict(facts, (5, 4), "any", name).per_output)


@pytest.mark.parametrize("name", FUNCTION_ROWS)
def test_a_function_is_one_function_everywhere(name: str) -> None:
    """In a stack, in a prediction and in a checkpoint; torch's module is what is meant."""
    x = torch.linspace(-6, 6, 1001)
    meant = function(name)
    torch.testing.assert_close(ACTIVATIONS[name](x), meant(x))
    torch.testing.assert_close(CALLS[name](x), meant(x))
    if module := CALLS[name].module:
        torch.testing.assert_close(module(**CALLS[name].given)(x), meant(x))
    np.testing.assert_allclose(IN_NUMPY[name](x.numpy()), meant(x).numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [n for n, row in FUNCTION_ROWS.items() if row.smooth])
def test_a_smooth_one_has_the_derivatives_that_autograd_finds(name: str) -> None:
    x = torch.linspace(-4, 4, 101, dtype=torch.float64, requires_grad=True)
    value = function(name)(x)
    (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), x)
    found = DERIVATIVES[name](x.detach())
    for mine, wanted in zip(found, (value, slope, curvature), strict=True):
        torch.testing.assert_close(mine, wanted.detach())
    assert curvature.abs().max() > 0.05
