"""The sentences over the slides: what one finished run shows, and no more than that.

Imports no streamlit. What the arms show against each other is the headline of the run alone.
"""

from __future__ import annotations

from typing import Any

from dashboard.parts.spec_words import amount, graph_of
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import LONGER, REFERENCE, SUBJECT
from spinn_engine.words import (
    UNUSABLE,
    counted,
    decimals_of,
    fixed,
    percent,
    size,
    speed_up,
)

Result = dict[str, Any]


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
    noun = graph_of(result).noun
    shares = [1 - left / all_ for left, all_ in zip(last, dense, strict=True)]
    least, most = percent(min(shares)), percent(max(shares))
    layers = f"{least} of every {noun}" if least == most else f"{least} to {most} of a {noun}"
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
    """R2 before and after; what the controls say of it is the next slide's."""
    digits, arms, last = decimals_of(result), arms_of(result), result["stages"][-1]
    longer = LONGER in arms
    dense = arms[LONGER if longer else REFERENCE]
    return (
        f"R² is {fixed(last['r2']['mean'], digits)} with {percent(last['param_reduction'])} fewer "
        f"parameters and {fixed(dense['r2']['mean'], digits)} with all"
        f"{' and as much training' if longer else ''}"
    )


def speed(result: Result) -> str:
    """How fast and how small the pruned network is, as measured."""
    arms = arms_of(result)
    dense, structured = arms[REFERENCE], arms[SUBJECT]
    batch = max(structured["speed_up"], key=int)
    ratio = speed_up(result, structured, batch)
    share = percent(structured["file_bytes"] / dense["file_bytes"])
    runs = f"the pruned network runs at {ratio} the speed of the dense one"
    if ratio == UNUSABLE:
        runs = "the measured speed-up is unusable"
    return (
        f"At batch {int(batch):,} {runs}; its file of {size(structured['file_bytes'])} has {share} "
        "of the bytes"
    )


def open_questions(_: Result) -> str:
    """The last step has no finding, and says so."""
    return "What this run does not show, and how to repeat it"
