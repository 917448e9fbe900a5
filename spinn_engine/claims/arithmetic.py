"""What follows from widths alone: counted exactly, one function and one line a quantity.

Of ``layer_speed_up`` only that it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from spinn_engine.claims.claim import Claim
from spinn_engine.claims.quantity import Found, NotMeasuredError
from spinn_engine.errors import BadInputError
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import BYTES_PER_WEIGHT, mac_count, parameter_count
from spinn_engine.spec import PruneSpec
from spinn_engine.vocabulary import QUANTITIES
from spinn_engine.words import fixed, percent, shortest

TERMS_SHOWN = 6


def params(claim: Claim) -> list[Found]:
    """Weights and biases of a fully connected network."""
    widths = _whole(claim, claim.hidden)
    terms = [f"({a}+1)*{b}" for a, b in pairwise(widths)]
    return [Found(Fraction(parameter_count(widths)), f"parameters: {_sum(terms)} =")]


def macs(claim: Claim) -> list[Found]:
    """Multiply-accumulates of one forward pass of one row."""
    widths = _whole(claim, claim.hidden)
    terms = [f"{a}*{b}" for a, b in pairwise(widths)]
    return [Found(Fraction(mac_count(widths)), f"multiply-accumulates: {_sum(terms)} =")]


def float32_bytes(claim: Claim) -> list[Found]:
    """The weights and biases as float32, without the file around them."""
    count = parameter_count(_whole(claim, claim.hidden))
    how = f"{count:,} float32 parameters of {BYTES_PER_WEIGHT} bytes alone take"
    claimed = Fraction(claim.value) * QUANTITIES[claim.quantity].one(claim.unit)
    holds = f"{claim.value} {claim.unit or 'B'} would hold {int(claimed / BYTES_PER_WEIGHT):,}."
    return [Found(Fraction(BYTES_PER_WEIGHT * count), how, if_not=holds)]


def param_reduction(claim: Claim) -> list[Found]:
    """One minus the parameters after over those before."""
    before, after = (parameter_count(_whole(claim, w)) for w in (claim.before, claim.after))
    return [_reduction(before, after, f"1 - {after:,} / {before:,} parameters =")]


def neuron_reduction(claim: Claim) -> list[Found]:
    """The same for hidden neurons."""
    before, after = sum(claim.before), sum(claim.after)
    return [_reduction(before, after, f"1 - {after:,} / {before:,} hidden neurons =")]


def layer_reduction(claim: Claim) -> list[Found]:
    """The same for the weights between two layers."""
    (a, b), (c, d) = claim.before, claim.after
    return [_reduction(a * b, c * d, f"1 - ({c}*{d}) / ({a}*{b}) weights =")]


def mac_ratio(claim: Claim) -> list[Found]:
    """Multiply-accumulates before over those after."""
    before, after = (mac_count(_whole(claim, w)) for w in (claim.before, claim.after))
    return [Found(Fraction(before, after), f"{before:,} / {after:,} multiply-accumulates =")]


def layer_speed_up(claim: Claim) -> list[Found]:
    """Time of one layer before over that after, which does not follow from its widths."""
    (a, b), (c, d) = claim.before, claim.after
    raise NotMeasuredError(
        "No run times a single layer. Its multiply-accumulates fall by a factor of "
        f"({a}*{b}) / ({c}*{d}) = {fixed(a * b / (c * d), 2)}."
    )


def compounded_reduction(claim: Claim) -> list[Found]:
    """What stages that each remove the same share of what is left remove together."""
    left = (1 - Fraction(claim.pruning_ratio)) ** claim.stages
    how = f"1 - (1 - {claim.pruning_ratio})^{claim.stages} ="
    return [Found(1 - left, how, note=_as_neurons(claim))]


def mean(claim: Claim) -> list[Found]:
    """The mean of numbers that stand elsewhere; of one, that number."""
    numbers = claim.numbers
    value = sum(map(Fraction, numbers), Fraction(0)) / len(numbers)
    if len(numbers) == 1:
        return [Found(value, "the other number is")]
    terms = [shortest(float(number)) for number in numbers]
    return [Found(value, f"mean: ({_sum(terms)}) / {len(numbers)} =")]


def share_removed(claim: Claim) -> list[Found]:
    """One minus the second number over the first."""
    before, after = claim.numbers
    return [Found(1 - Fraction(after) / Fraction(before), f"1 - {after:,} / {before:,} =")]


def _as_neurons(claim: Claim) -> str:
    """What the ratio does to a whole network, where the claim names one."""
    if not (claim.inputs and claim.hidden and claim.outputs):
        return ""
    try:
        prune = PruneSpec(stages=claim.stages, pruning_ratio=float(claim.pruning_ratio))
        last = plan(prune, mlp(claim.hidden, claim.inputs, claim.outputs))[-1]
    except BadInputError:  # so small that a layer would vanish
        return ""
    return (
        f"As a share of the neurons of every layer it turns {list(claim.hidden)} into "
        f"{list(last.hidden)}, which has {last.params:,} parameters, "
        f"{percent(last.param_reduction)} fewer."
    )


def _reduction(before: int, after: int, how: str) -> Found:
    return Found(1 - Fraction(after, before), how)


def _whole(claim: Claim, hidden: Sequence[int]) -> tuple[int, ...]:
    """Widths from the inputs to the outputs."""
    return (claim.inputs, *hidden, claim.outputs)


def _sum(terms: Sequence[str]) -> str:
    shown = terms if len(terms) <= TERMS_SHOWN else [*terms[:2], "...", terms[-1]]
    return " + ".join(shown)


ARITHMETIC: dict[str, Callable[[Claim], list[Found]]] = {
    "params": params,
    "macs": macs,
    "bytes": float32_bytes,
    "param_reduction": param_reduction,
    "neuron_reduction": neuron_reduction,
    "layer_reduction": layer_reduction,
    "layer_speed_up": layer_speed_up,
    "compounded_reduction": compounded_reduction,
    "mac_ratio": mac_ratio,
    "mean": mean,
    "share_removed": share_removed,
}
