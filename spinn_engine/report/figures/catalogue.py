"""Every figure of a report, with its caption and a description for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from matplotlib.figure import Figure

from spinn_engine.graph.group_words import bars_sentence
from spinn_engine.report.facts import Facts
from spinn_engine.report.figures.networks import (
    TIMED,
    fastest_layout,
    fields,
    importance,
    latency,
    ranked,
    shown_stages,
    shrink,
)
from spinn_engine.report.figures.scores import (
    by_stage,
    mean_ceiling,
    tradeoff,
    trained_in_every_stage,
)
from spinn_engine.report.figures.style import render
from spinn_engine.vocabulary import ARMS, FORMATS, SUBJECT
from spinn_engine.words import counted, fixed, listed, speed_up, unusable_reason, widths


@dataclass(frozen=True)
class Picture:
    """A drawn figure.

    Attributes:
        name: of its files.
        title: in a few words.
        caption: what is drawn, over what, with n.
        description: the same for who cannot see it, with the numbers that matter.
        svg: the file.
        pdf: the file.
    """

    name: str
    title: str
    caption: str
    description: str
    svg: bytes
    pdf: bytes


Words = tuple[str, str, str]  # title, caption, description


def all_pictures(facts: Facts) -> dict[str, Picture]:
    """Every figure that this run has data for, by name, in reading order."""
    kinds: dict[str, tuple[Callable[[Facts], Figure], Callable[[Facts], Words]]] = {
        "stages": (by_stage, _stages_words),
        "tradeoff": (tradeoff, _tradeoff_words),
        "latency": (latency, _latency_words),
        "shrink": (shrink, _shrink_words),
        "importance": (importance, _importance_words),
    }
    if facts.fields is not None:
        kinds["solution"] = (fields, _fields_words)
    found = {}
    for name, (draw, words) in kinds.items():
        files = render(name, partial(draw, facts))
        found[name] = Picture(name, *words(facts), svg=files["svg"], pdf=files["pdf"])
    return found


def _tradeoff_words(facts: Facts) -> Words:
    stages, score = facts.result["stages"], "relative_l2" if facts.equation else "r2"
    what = "Relative L2 error" if facts.equation else "R²"
    digits = facts.r2_decimals
    caption = (
        f"{what} on {facts.tested_rows()} against parameters: {facts.spread()}"
        + ("; small marks: one seed each" if len(facts.result["seeds"]) > 1 else "")
        + ". The dotted line goes through the stages of the structured network. Arms of equal size "
        "stand side by side; magnitude pruning keeps the dense shape. "
        + _cut(facts)
        + ("" if facts.equation else "The axis is stretched near R² = 1.")
    )
    if mean_ceiling(facts) is not None:
        caption += " Ceiling: the noise of the simulated targets allows no more."
    points = [
        f"stage {row['stage']}: {row['params']:,} parameters, {fixed(row[score]['mean'], digits)}"
        for row in stages
    ]
    return "Trade-off", caption.strip(), f"{what} by stage. {'; '.join(points)}."


def _cut(facts: Facts) -> str:
    if facts.n == 1:
        return ""
    return "An interval that reaches far beyond all points is cut off there. "


def _stages_words(facts: Facts) -> Words:
    drawn = [ARMS[arm].spoken for arm in trained_in_every_stage(facts)]
    caption = (
        f"R² on the validation {facts.rows} at the end of every stage, {listed(drawn)}: "
        f"{facts.spread()}. All go on from the same dense networks. The test {facts.rows} are read "
        f"at the end of the run alone, so they cannot be shown here. {_cut(facts)}"
    )
    last = facts.spec.prune.stages
    ends = [
        f"{ARMS[arm].spoken} {fixed(facts.validation[arm][last]['mean'], facts.r2_decimals)}"
        for arm in trained_in_every_stage(facts)
        if last in facts.validation.get(arm, {})
    ]
    return (
        "Stage by stage",
        caption.strip(),
        f"Validation R² after the last stage: {', '.join(ends)}.",
    )


def _shrink_words(facts: Facts) -> Words:
    rows = facts.result["stages"]
    shown = shown_stages(len(rows))
    some = (
        "" if len(shown) == len(rows) else f" Drawn are the stages {listed(list(map(str, shown)))}."
    )
    caption = f"The network of every stage with its parameters. {bars_sentence(facts.graph)}{some}"
    shapes = "; ".join(f"stage {stage}: {widths(rows[stage]['hidden'])}" for stage in shown)
    return "How the network shrank", caption, f"Hidden widths. {shapes}."


def _importance_words(facts: Facts) -> Words:
    prune, seed = facts.spec.prune, facts.result["delivered_seed"]
    steps = max(ranked(layer)[1] for layer in facts.scored)
    thinned = "" if steps == 1 else f" Of the widest layer every {steps}th neuron is drawn."
    fold = ", first fold" if facts.folds > 1 else ""
    caption = (
        f"The dense network's neurons, strip by strip in the order of their {prune.criterion} "
        f"score before the first cut (seed {seed}{fold}, n = 1). Upper strip: the score. Lower "
        "strip: the stage that removed the neuron. Every later stage scores what is left anew, so "
        f"the order of the first scores need not be that of the cuts.{thinned}"
    )
    kept = [
        f"{label}: {int((layer.stage_removed < 0).sum()):,} of {len(layer.stage_removed):,}"
        for label, layer in zip(facts.graph.short_labels, facts.survived, strict=True)
    ]
    return "Which neurons went", caption, f"Neurons kept to the end. {'; '.join(kept)}."


def _latency_words(facts: Facts) -> Words:
    arms = [arm for arm in TIMED if arm in facts.arms]
    caption = (
        f"Inference by batch size, {listed([ARMS[arm].spoken for arm in arms])}, on "
        f"{facts.device}. "
        "Above: median time of one pass, the line up from it ends at the 95th percentile. Below: "
        "how many times as fast as the dense network; the dashed line is what the saved "
        "multiply-accumulates would give."
    )
    if (layout := fastest_layout(facts)) is not None:
        caption += f" {layout.upper()}, the fastest sparse layout: {FORMATS[layout].help}."
    doubts = (unusable_reason(facts.result, batch) for batch in facts.batches)
    caption += "".join(f" {doubt}" for doubt in doubts if doubt)
    speed = [
        f"batch {int(batch):,}: {speed_up(facts.result, facts.arms[SUBJECT], batch)}"
        for batch in facts.batches
    ]
    return "Inference time", caption, f"Structured against dense. {'; '.join(speed)}."


def _fields_words(facts: Facts) -> Words:
    assert facts.fields is not None
    points = counted(facts.fields.reference.size, "point")
    seed = facts.result["delivered_seed"]
    caption = (
        f"The exact solution on the {points} of the test grid, and how far the dense and the "
        f"structured network of seed {seed} are from it (n = 1)."
    )
    return "Solution", caption, "Maps over t and x; the errors in numbers are in the tables."
