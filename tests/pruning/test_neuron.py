"""One neuron against torch, with its outgoing weights set to zero by hand, and scikit-learn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score
from torch import nn

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.neuron import explore
from tests.plain import layers_of
from tests.pruning.made_facts import made_facts

HIDDEN = (10, 7, 5)


@pytest.fixture(scope="module")
def facts() -> DenseFacts:
    return made_facts(HIDDEN)


def network(facts: DenseFacts) -> nn.Sequential:
    layers: list[nn.Module] = []
    for place, (a, b) in enumerate(pairwise((4, *HIDDEN, 2))):
        linear = nn.Linear(a, b)
        linear.load_state_dict(
            {
                "weight": torch.from_numpy(layers_of(facts)[place][0].T.copy()),
                "bias": torch.from_numpy(layers_of(facts)[place][1].copy()),
            }
        )
        layers += [linear, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def scores(found: nn.Sequential, facts: DenseFacts) -> np.ndarray:
    with torch.no_grad():
        said = found(torch.from_numpy(facts.x)).numpy()
    return np.asarray(r2_score(facts.y, said, multioutput="raw_values"))


@pytest.mark.parametrize(("layer", "number"), [(0, 0), (0, 9), (1, 3), (2, 0), (2, 4)])
def test_removing_it_alone_zeroes_its_outgoing_weights(
    facts: DenseFacts, layer: int, number: int
) -> None:
    found, dense = explore(facts, layer, number), network(facts)
    np.testing.assert_allclose(found.dense, scores(dense, facts), atol=1e-5)
    after = dense[2 * layer + 2]
    assert isinstance(after, nn.Linear)
    with torch.no_grad():
        after.weight[:, number] = 0
    np.testing.assert_allclose(found.removed, scores(dense, facts), atol=1e-5)
    assert found.serves == int(np.argmin(found.removed - found.dense))
    assert (found.layer, found.number, found.seed) == (layer, number, 3)


def test_its_weights_and_its_activation_are_those_of_the_network(facts: DenseFacts) -> None:
    found, dense = explore(facts, 1, 3), network(facts)
    into, out = dense[2], dense[4]
    assert isinstance(into, nn.Linear)
    assert isinstance(out, nn.Linear)
    np.testing.assert_array_equal(found.incoming, into.weight[3].detach().numpy())
    np.testing.assert_array_equal(found.outgoing, out.weight[:, 3].detach().numpy())
    assert found.bias == pytest.approx(into.bias[3].item())
    with torch.no_grad():
        activation = dense[:4](torch.from_numpy(facts.x))[:, 3].numpy()
    np.testing.assert_allclose(found.activation, activation, atol=1e-6)


def test_a_twin_makes_up_for_it_once_repaired() -> None:
    found = explore(made_facts(HIDDEN, twins=True), 0, 0)
    lost, left = (found.dense - r2 for r2 in (found.removed, found.repaired))
    assert lost.max() > 0.05
    assert np.abs(left).max() < 0.01 * lost.max()


def test_its_rank_is_how_many_score_at_least_as_much(facts: DenseFacts) -> None:
    for number in range(HIDDEN[1]):
        found = explore(facts, 1, number).standing
        assert set(found) == {"l1", "l1_out"}
        for name, standing in found.items():
            layer = facts.scores[name][1]
            assert standing.score == pytest.approx(float(layer[number]))
            assert standing.rank == int((layer >= layer[number]).sum())
            assert standing.width == HIDDEN[1]


@pytest.mark.parametrize(
    ("layer", "number", "says"),
    [
        (-1, 0, "this network has 3"),
        (3, 0, "no hidden layer 4: this network has 3"),
        (1, 7, "hidden layer 2 has no neuron 7: give 0 to 6"),
        (1, -1, "give 0 to 6"),
    ],
)
def test_a_neuron_that_is_not_there_is_refused(
    facts: DenseFacts, layer: int, number: int, says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        explore(facts, layer, number)
