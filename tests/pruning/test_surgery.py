"""Surgery against zeroed weights, a plain torch network, and torch-pruning."""

from __future__ import annotations

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.importance import ScoringData, l1, strongest
from spinn_engine.pruning.stage import select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import Activation
from spinn_engine.training.modules import CALLS, module_of_member
from spinn_engine.training.network import Stack, mlp_stack
from tests.plain import biases_of, function, plain_stack, widths_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import torch_pruning

NOTHING = ScoringData(
    torch.empty(0), torch.empty(0), ()
)  # the criteria of weights alone look at none
NETWORKS = st.fixed_dictionaries(
    {
        "hidden": st.lists(st.integers(2, 24), min_size=1, max_size=6),
        "inputs": st.integers(1, 9),
        "outputs": st.integers(1, 4),
        "activation": st.sampled_from(sorted(name for name, one in CALLS.items() if one.module)),
        "members": st.integers(1, 3),
        "seed": st.integers(0, 2**20),
    }
)


def random_stack(
    hidden: list[int],
    inputs: int,
    outputs: int,
    activation: Activation,
    members: int = 1,
    seed: int = 0,
) -> Stack:
    """A stack whose biases are not zero either."""
    seeds = [seed + member for member in range(members)]
    stack = plain_stack((inputs, *hidden, outputs), activation, seeds)
    generator = torch.Generator().manual_seed(seed)
    for bias in biases_of(stack):
        bias.data = 0.3 * torch.randn(bias.shape, generator=generator)
    return stack


def plain(stack: Stack, member: int) -> nn.Sequential:
    """One member as torch's own classes."""
    found = module_of_member(stack, member).train()
    assert isinstance(found, nn.Sequential)
    return found


def zero_outgoing(stack: Stack, kept: list[Tensor]) -> Stack:
    """The same stack with the outgoing weights of the neurons that are not kept at zero."""
    weights = [w.detach().clone() for w in stack.weights]
    for layer, keep in enumerate(kept):
        for member in range(stack.size):
            gone = torch.ones(stack.hidden[layer], dtype=torch.bool)
            gone[keep[member]] = False
            weights[layer + 1][member, gone, :] = 0.0
    return mlp_stack(
        weights, [b.detach().clone() for b in biases_of(stack)], stack.graph.activation
    )


@given(NETWORKS, st.data())
def test_output_equals_that_of_zeroed_outgoing_weights(
    network: dict[str, object], data: st.DataObject
) -> None:
    stack = random_stack(**network)  # type: ignore[arg-type]
    generator = torch.Generator().manual_seed(1)
    kept = []
    for width in stack.hidden:
        count = data.draw(st.integers(1, width))
        rows = [torch.randperm(width, generator=generator)[:count] for _ in range(stack.size)]
        kept.append(torch.stack(rows).sort(dim=1).values)
    small = remove_neurons(stack, kept)
    assert small.hidden == tuple(k.shape[1] for k in kept)
    x = torch.randn(stack.size, 17, widths_of(stack)[0], generator=generator)
    torch.testing.assert_close(small(x), zero_outgoing(stack, kept)(x), rtol=1e-5, atol=1e-5)


@given(NETWORKS)
@settings(max_examples=30)
def test_a_stack_is_its_members_side_by_side(network: dict[str, object]) -> None:
    stack = random_stack(**network)  # type: ignore[arg-type]
    x = torch.randn(5, widths_of(stack)[0])
    for member in range(stack.size):
        alone = plain(stack, member)
        torch.testing.assert_close(alone[1](x), function(stack.graph.activation)(x))
        torch.testing.assert_close(stack(x)[member], alone(x), rtol=1e-5, atol=1e-5)


@given(NETWORKS, st.floats(0.1, 0.9))
@settings(max_examples=30)
def test_equals_torch_pruning_for_the_same_kept_set(
    network: dict[str, object], share: float
) -> None:
    stack = random_stack(**(network | {"members": 1}))  # type: ignore[arg-type]
    x = torch.randn(7, widths_of(stack)[0])
    kept = [
        strongest(score, max(1, round(width * share)))
        for score, width in zip(l1(stack, NOTHING), stack.hidden, strict=True)
    ]
    theirs = plain(stack, 0)
    graph = torch_pruning.DependencyGraph().build_dependency(theirs, example_inputs=x)
    for layer, keep in enumerate(kept):
        gone = sorted(set(range(stack.hidden[layer])) - set(keep[0].tolist()))
        if gone:
            function = torch_pruning.prune_linear_out_channels
            graph.get_pruning_group(theirs[2 * layer], function, idxs=gone).prune()
    ours = remove_neurons(stack, kept)
    torch.testing.assert_close(ours(x)[0], theirs(x), rtol=1e-5, atol=1e-5)


def test_l1_is_the_norm_of_incoming_weights_and_bias() -> None:
    stack = random_stack([6, 4], 3, 2, "tanh", members=2, seed=3)
    for member in range(2):
        network = plain(stack, member)
        for layer in range(2):
            linear = network[2 * layer]
            assert isinstance(linear, nn.Linear)
            rows = torch.cat([linear.weight, linear.bias[:, None]], dim=1)
            expected = torch.linalg.vector_norm(rows, ord=1, dim=1)
            torch.testing.assert_close(l1(stack, NOTHING)[layer][member], expected)


def test_equal_scores_are_kept_in_index_order() -> None:
    assert strongest(torch.tensor([[1.0, 2.0, 1.0, 1.0]]), 3).tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("hidden", [(6, 4), (7, 3), (6,), (6, 4, 4)])
def test_a_selection_that_removes_nothing_or_adds_is_refused(hidden: tuple[int, ...]) -> None:
    stack = random_stack([6, 4], 3, 2, "tanh")
    with pytest.raises(BadInputError):
        select(l1(stack, NOTHING), hidden)
