"""The smallest network within a loss of R2 against a scan of every reduction there is."""

from __future__ import annotations

import pytest

from spinn_engine.api import plan
from spinn_engine.errors import BadInputError
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.smallest import PARTS, smallest_within
from spinn_engine.pruning.whatif import predict
from spinn_engine.spec import PruneSpec, Reconstruction
from tests.pruning.made_facts import made_facts


@pytest.fixture(scope="module")
def facts() -> DenseFacts:
    return made_facts((24, 12))


def scanned(facts: DenseFacts, prune: PruneSpec) -> dict[tuple[int, ...], float]:
    """Predicted R2 of every network that the uniform schedule gives, falling in size."""
    found: dict[tuple[int, ...], float] = {}
    for part in range(1, PARTS, 7):
        wanted = PruneSpec(
            stages=1,
            param_reduction=part / PARTS,
            round_to=prune.round_to,
            least_width=prune.least_width,
        )
        try:
            hidden = plan(wanted, facts.hidden, 4, 2)[-1].hidden
        except BadInputError:
            continue
        if hidden not in found:
            found[hidden] = predict(facts, hidden, prune.criterion, prune.reconstruction).r2
    return found


@pytest.mark.parametrize("round_to", [None, 1, 4])
@pytest.mark.parametrize("reconstruction", ["none", "least_squares"])
def test_it_is_the_last_of_the_scan_before_r2_falls_too_low(
    facts: DenseFacts, reconstruction: Reconstruction, round_to: int | None
) -> None:
    prune = PruneSpec(reconstruction=reconstruction, round_to=round_to, criterion="l1_out")
    all_of = scanned(facts, prune)
    dense = predict(facts, facts.hidden, "l1_out", reconstruction).r2
    for loss in (0.02, 0.1, 0.3):
        least = dense - loss
        within = [hidden for hidden, r2 in all_of.items() if r2 >= least]
        found = smallest_within(facts, prune, loss)
        assert found.stage.hidden in within
        assert found.dense_r2 == pytest.approx(dense, abs=1e-5)
        assert found.r2 == pytest.approx(all_of[found.stage.hidden], abs=1e-5)
        names = list(all_of)
        after = names[names.index(found.stage.hidden) + 1 :]
        assert not after or all_of[after[0]] < least  # the next smaller one is below
        if within == names[: len(within)]:  # R2 falls all the way: it is the very smallest
            assert found.stage.hidden == within[-1]


def test_planning_for_its_reduction_gives_its_widths(facts: DenseFacts) -> None:
    found = smallest_within(facts, PruneSpec(criterion="l1_out"), 0.1)
    again = plan(PruneSpec(stages=3, param_reduction=found.param_reduction), facts.hidden, 4, 2)
    assert again[-1].hidden == found.stage.hidden
    assert again[-1].params == found.stage.params


def test_where_nothing_can_go_it_says_so(facts: DenseFacts) -> None:
    with pytest.raises(BadInputError, match="no smaller network on the uniform way"):
        smallest_within(facts, PruneSpec(reconstruction="none"), -0.5)
