"""A run's own result read as claims: do the numbers of ``spinn_structured_metrics.json`` agree?

Outputs are counted in ``final.per_output``; inputs are what the widths and the numbers of
parameters leave open, so they are solved for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from spinn_engine.claims.claim import Claim, Widths
from spinn_engine.claims.own_result import OwnResult, read_result, unit
from spinn_engine.graph.graph import Graph
from spinn_engine.pruning.sizes import parameter_count
from spinn_engine.vocabulary import QUANTITIES
from spinn_engine.words import counted, listed

NEAR = -6  # powers of ten below the larger number are noise: programs count in 32 bits


def claims_of_result(given: Mapping[str, Any], where: str) -> list[Claim]:
    """What the numbers of a result say of each other.

    Args:
        given: the file, its fractions read as ``Decimal``.
        where: what to call it in a complaint.

    Raises:
        BadInputError: a number is none, or is missing.
    """
    result = read_result(given, where)
    return [*_of_widths(result), *_of_counts(result), *_of_scores(result)]


def _of_widths(result: OwnResult) -> Iterator[Claim]:
    """Parameters, and how many were removed, against the widths."""
    if result.graph is not None:
        yield from _of_graph(result, result.graph)
        yield from _same_widths(result)
        return
    inputs, note = _inputs(result)
    network: dict[str, Any] = {"inputs": inputs} if inputs else {}
    network |= {"outputs": result.outputs} if result.outputs else {}
    for place, (count, hidden) in result.counts().items():
        shown = [inputs or "?", *hidden, result.outputs or "?"]
        told = f"{place}: the network {str(shown).replace(chr(39), '')} has {count:,} parameters."
        yield Claim(
            claim=told, quantity="params", value=Decimal(count), source=place, note=note,
            hidden=hidden, **network,
        )  # fmt: skip
        note = ""
    if result.parameter_reduction is not None and result.widths:
        before, after = result.widths[0], result.widths[-1]
        told = f"parameter_reduction: {list(after)} has so many fewer than {list(before)}."
        ends = {"before": before, "after": after, **network}
        yield _claim(told, "param_reduction", result.parameter_reduction, **ends)
    yield from _same_widths(result)


def _of_graph(result: OwnResult, graph: Graph) -> Iterator[Claim]:
    """The parameters of a network that is no plain one, against what its operations have."""
    for place, (count, hidden) in result.counts().items():
        if len(hidden) != len(graph.prunable):
            told = f"{place}: {list(hidden)} has a width for each of {listed(graph.labels)}."
            yield _claim(told, "mean", Decimal(len(hidden)), [Decimal(len(graph.prunable))])
            continue
        told = (
            f"{place}: the network of {listed(graph.labels, most=6)} with the widths "
            f"{list(hidden)} has {count:,} parameters."
        )
        yield _claim(told, "mean", Decimal(count), [Decimal(graph.params(hidden))])


def _same_widths(result: OwnResult) -> Iterator[Claim]:
    """Where architectures stand twice, how many of them are the same."""
    first, second = result.architectures, result.pruning_history.architectures
    if first and second:
        alike = sum(a == b for a, b in zip(first, second, strict=False))
        told = f"architectures: all {len(first)} stand in pruning_history.architectures too."
        yield _claim(told, "mean", Decimal(len(first)), [Decimal(alike)])


def _inputs(result: OwnResult) -> tuple[int | None, str]:
    """The inputs that most numbers of parameters imply, and a sentence about them."""
    if not result.outputs:
        return None, "No targets stand in final.per_output, so outputs and inputs are not known."
    solved = {place: _solved(*pair, result.outputs) for place, pair in result.counts().items()}
    votes = Counter(
        _solved(*pair, result.outputs) for pair in dict.fromkeys(result.counts().values())
    )
    del votes[None]
    agreed = votes.most_common(1)
    if agreed and (agreed[0][1] > 1 or agreed[0][0] == solved["dense_params"]):
        inputs = agreed[0][0]
        follow = sum(one == inputs for one in solved.values())
        return inputs, f"Its {inputs} inputs are what {follow} of {len(solved)} such numbers imply."
    if not solved:
        return None, ""
    hidden, outputs = list(result.widths[0]), counted(result.outputs, "output")
    return None, (
        f"No whole number of inputs gives {hidden} with {outputs} {result.dense_params:,} "
        "parameters, so the inputs are not known."
    )


def _solved(count: int, hidden: Widths, outputs: int) -> int | None:
    """The inputs of a fully connected network of so many parameters; None where there are none."""
    rows, rest = divmod(count - parameter_count((*hidden, outputs)), hidden[0])
    return rows - 1 if rest == 0 and rows > 1 else None


def _of_counts(result: OwnResult) -> Iterator[Claim]:
    """Parameters that stand twice, and what was removed of them."""
    dense, last, history = result.dense_params, result.spinn_params, result.pruning_history
    if result.parameter_reduction is not None:
        told = "parameter_reduction: it is one minus spinn_params over dense_params."
        numbers = (Decimal(dense), Decimal(last))
        yield _claim(told, "share_removed", result.parameter_reduction, numbers)
    if history.params:
        for name, own, at in (("dense_params", dense, 0), ("spinn_params", last, -1)):
            told = f"{name}: the {_end(at)} number of pruning_history.params is the same."
            yield _claim(told, "mean", Decimal(own), [Decimal(history.params[at])])
    for name in ("params", "test_loss", "test_r2"):
        length = len(getattr(history, name))
        if length and result.widths and length != len(result.widths):
            told = f"pruning_history.{name}: it has {length} numbers, one for each architecture."
            yield _claim(told, "mean", Decimal(length), [Decimal(len(result.widths))])


def _of_scores(result: OwnResult) -> Iterator[Claim]:
    """R2 and the loss that stand twice, and the overall R2 as the mean over the targets."""
    history, overall = result.pruning_history, result.final.overall
    twice = [
        ("dense_r2", result.dense_r2, "pruning_history.test_r2", history.test_r2[:1]),
        ("spinn_r2", result.spinn_r2, "pruning_history.test_r2", history.test_r2[-1:]),
        ("spinn_r2", result.spinn_r2, "final.overall.r2", [overall.r2]),
        ("final.overall.test_loss", overall.test_loss, "pruning_history.test_loss",
         history.test_loss[-1:]),
    ]  # fmt: skip
    for name, own, other, found in twice:
        numbers = [number for number in found if number is not None]
        if own is not None and numbers:
            where = f"the {_end(0 if name == 'dense_r2' else -1)} number of {other}"
            told = f"{name}: {other if other.startswith('final') else where} is the same."
            yield _claim(told, "mean", own, numbers)
    scores = [score.r2 for score in result.final.per_output.values()]
    known = [score for score in scores if score is not None]
    final = ("final.overall.r2", overall.r2) if overall.r2 is not None else ("spinn_r2", None)
    own = final[1] if final[1] is not None else result.spinn_r2
    if own is not None and known and len(known) == len(scores):
        yield _claim(f"{final[0]}: it is the mean of final.per_output.", "mean", own, known)


def _end(at: int) -> str:
    return "first" if at == 0 else "last"


def _claim(
    told: str, quantity: str, value: Decimal, numbers: Sequence[Decimal] = (), **fields: Any
) -> Claim:
    """A claim whose tolerance is that of the least precise of its numbers."""
    units = [unit(number) / 2 for number in (value, *numbers) if number % 1]
    if units:
        seen = (value,) if QUANTITIES[quantity].of_two else (value, *numbers)
        largest = max(number.adjusted() for number in seen)
        fields["tolerance"] = max(*units, Decimal(1).scaleb(max(largest + 1 + NEAR, -20)))
    if numbers:
        fields["numbers"] = tuple(numbers)
    source = told.partition(":")[0]
    return Claim(claim=told, quantity=quantity, value=value, source=source, **fields)
