"""The seven sentences of a presentation: what one finished run shows, and no more than that.

Imports no streamlit. A comparison is stated only where its interval allows it; fewer than three
repetitions state none.
"""

from __future__ import annotations

from typing import Any

from dashboard.parts.spec_words import amount
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import REFERENCE, RIVALS, SUBJECT
from spinn_engine.words import (
    capitalised,
    counted,
    decimals_of,
    factor,
    fixed,
    listed,
    percent,
    shortest,
    size,
)

Result = dict[str, Any]

TOO_FEW = 3  # below so many repetitions nothing is said of a difference
COST = {
    "non_inferior": "Pruning cost no more than {margin} R²",
    "inferior": "Pruning cost more than {margin} R²",
    "inconclusive": "Whether pruning cost more than {margin} R² stays open",
}
AGAINST = {
    "better": "it beat {}",
    "worse": "it did worse than {}",
    "no_difference_seen": "no difference to {} was seen",
}
OTHERS = {arm.verdict_part: arm.opponent for arm in RIVALS.values()}


def arms_of(result: Result) -> dict[str, Result]:
    """The arms by name."""
    return {arm["arm"]: arm for arm in result["arms"]}


def question(result: Result) -> str:
    """What was asked."""
    much = amount(RunSpec.from_dict(result["spec"]).prune)
    dense = f"a network of {result['dense_params']:,} parameters"
    if much.startswith("down to"):
        return f"What does it cost to prune {dense} {much}?"
    return f"What does it cost to take {much} out of {dense}?"


def neurons_gone(result: Result) -> str:
    """How many hidden neurons went, and how evenly over the layers."""
    dense, last = (result["stages"][at]["hidden"] for at in (0, -1))
    shares = [1 - left / all_ for left, all_ in zip(last, dense, strict=True)]
    least, most = percent(min(shares)), percent(max(shares))
    layers = f"{least} of every layer" if least == most else f"{least} to {most} of a layer"
    return f"{sum(dense) - sum(last):,} of {sum(dense):,} hidden neurons went: {layers}"


def shrunk(result: Result) -> str:
    """How much smaller the network is."""
    dense, last = result["stages"][0], result["stages"][-1]
    neurons = 1 - sum(last["hidden"]) / sum(dense["hidden"])
    return (
        f"In {counted(last['stage'], 'stage')} {dense['params']:,} parameters became "
        f"{last['params']:,}: {percent(last['param_reduction'])} fewer, with {percent(neurons)} "
        "fewer neurons"
    )


def price(result: Result) -> str:
    """R2 before and after, and whether the two can be told apart."""
    digits = decimals_of(result)
    dense, last = result["stages"][0], result["stages"][-1]
    return (
        f"R² is {fixed(last['r2']['mean'], digits)} with {percent(last['param_reduction'])} fewer "
        f"parameters and {fixed(dense['r2']['mean'], digits)} with all: {_told_apart(result)}"
    )


def _told_apart(result: Result) -> str:
    """By the interval of the paired differences to the dense network, where the run has it."""
    n = result["stages"][0]["r2"]["n"]
    extra = result["verdict"]["extra_epochs"]
    if n < TOO_FEW:
        return f"too few repetitions to tell them apart (n = {n})"
    if extra is None:
        return f"means of n = {n}"
    low, high = extra["gain"]["low"], extra["gain"]["high"]
    seen = "higher" if low > 0 else "lower" if high < 0 else "no difference seen"
    return f"{seen} (n = {n})"


def judged(result: Result) -> str:
    """What the controls say of it."""
    verdict = result["verdict"]
    outcomes = {name: verdict[name]["outcome"] for name in OTHERS if verdict.get(name) is not None}
    cost = verdict["cost_of_pruning"]
    if cost is None and not outcomes:
        return "No control was run, so what pruning itself cost cannot be told"
    n = result["stages"][0]["r2"]["n"]
    if n < TOO_FEW:
        return f"With n = {n} there are too few repetitions to judge pruning by its controls"
    parts = (
        [] if cost is None else [COST[cost["outcome"]].format(margin=shortest(verdict["margin"]))]
    )
    for outcome, words in AGAINST.items():
        names = [OTHERS[name] for name, found in outcomes.items() if found == outcome]
        if names:
            together = " or to ".join(names) if "{} was" in words else listed(names)
            parts.append(words.format(together))
    sentence = "; ".join(parts)
    if sentence.startswith("it "):
        return f"Pruning {sentence[3:]}"
    return capitalised(sentence)


def speed(result: Result) -> str:
    """How fast and how small the pruned network is, as measured."""
    arms = arms_of(result)
    dense, structured = arms[REFERENCE], arms[SUBJECT]
    batch = max(structured["speed_up"], key=int)
    ratio = factor(structured["speed_up"][batch])
    share = percent(structured["file_bytes"] / dense["file_bytes"])
    return (
        f"At batch {int(batch):,} the pruned network runs at {ratio} the speed of the dense one; "
        f"its file of {size(structured['file_bytes'])} has {share} of the bytes"
    )


def open_questions(_: Result) -> str:
    """The last step has no finding, and says so."""
    return "What this run does not show, and how to repeat it"
