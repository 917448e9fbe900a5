"""The seven slides of a presentation: a picture each, and what its numbers rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.charts.neurons import importance_picture, importance_tables
from dashboard.charts.tradeoff import tradeoff_picture
from dashboard.parts import elements, finished_run
from dashboard.parts.arms import bytes_text
from dashboard.parts.markdown import plain, sentence
from dashboard.parts.presentation import charts as charts
from dashboard.parts.presentation import titles as findings
from dashboard.parts.presentation.first_slide import show_question
from dashboard.parts.presentation.frame import basis, show_plotly, show_vega
from dashboard.parts.spec_words import graph_of
from dashboard.parts.widget_names import with_widgets
from dashboard.reads import run_files
from spinn_engine import api
from spinn_engine.vocabulary import (
    CRITERIA,
    LONGER,
    OUTCOMES,
    QUESTIONS,
    REFERENCE,
    RIVALS,
    SUBJECT,
)
from spinn_engine.words import (
    counted,
    factor,
    latency,
    percent,
    score_of,
    shown_list,
    signed,
    speed_up_estimate,
    typeset,
    unusable_reason,
)

Result = dict[str, Any]

MOST_SHAPES = 5
COMPARED = {
    "cost_of_pruning": "dense,<br>as long",
    **{arm.verdict_part: arm.label.replace(" ", "<br>", 1) for arm in RIVALS.values()},
}


def show_neurons(result: Result, dark: bool) -> None:
    """The scores of the dense neurons, and the first cut."""
    seed, criterion = result["delivered_seed"], finished_run.spec_of(result).prune.criterion
    layers, graph = run_files.importance(result["run_id"], 0, seed), graph_of(result)
    row = CRITERIA[criterion]
    name, meaning = row.score, row.help
    left = result["stages"][-1]["hidden"]
    names = ["" if graph.layered else f"{plain(label)} " for label in graph.labels]
    fate = "; ".join(
        f"{name}{len(layer.kept):,} → {layer.kept.sum():,} → {width:,}"
        for name, layer, width in zip(names, layers, left, strict=True)
    )
    alt = (
        f"{name} score of every neuron of the dense network, and the cut of stage 1. Neurons of "
        f"each {graph.noun} when dense, after stage 1 and at the end: {fate}"
    )
    spec = importance_picture([len(layer.kept) for layer in layers], True, dark, name)
    spec["usermeta"] = {}  # drawn as lines and areas where they are few enough, for print
    show_vega("neurons", spec, importance_tables(layers, graph.short_labels, True, dark), alt)
    st.caption(
        f"{name[0].upper()}{name[1:]} score of a neuron: {meaning}. The line is the cut of stage "
        f"1: what is right of it, in grey, went first. Neurons of each {graph.noun} when dense, "
        f"after stage 1 and at the end: {fate}. Seed {seed}, whose network the files hold."
    )


def show_shapes(result: Result, dark: bool) -> None:
    """The drawn shape of the network from stage to stage."""
    stages = result["stages"]
    drawn, graph = evenly_chosen(stages), graph_of(result)
    for column, row in zip(st.columns(len(drawn), gap="small"), drawn, strict=True):
        title = elements.stage_name(row["stage"])
        with column:
            st.markdown(f"**{title}**")
            elements.shape(title, row["hidden"], graph, dark)
            st.caption(f"{row['params']:,} parameters")
    shown = f" {len(drawn)} of {len(stages)} stages are drawn." if len(drawn) < len(stages) else ""
    st.caption(
        f"{plain(api.bars_sentence(graph))} Nothing is masked: what went is gone from the "
        f"files.{shown}"
    )


def evenly_chosen(stages: Sequence[Result]) -> list[Result]:
    """All stages, or the first, the last, and some evenly between where there are many."""
    if len(stages) <= MOST_SHAPES:
        return list(stages)
    last = len(stages) - 1
    return [stages[round(place * last / (MOST_SHAPES - 1))] for place in range(MOST_SHAPES)]


def show_cost(result: Result, dark: bool) -> None:
    """R2 against parameters, and the numbers."""
    drawn, told = st.columns([3, 2], gap="small")
    ceiling = finished_run.mean_ceiling(result)
    with drawn:
        alt = "R2 on the test rows against parameters for each stage and arm, with the intervals "
        bands = REFERENCE, LONGER
        spec, tables = tradeoff_picture(result["stages"], result["arms"], ceiling, dark, bands)
        show_vega(
            "cost",
            {**spec, "height": 390},
            tables,
            f"{alt}of the dense networks as bands; the numbers are in the table",
        )
    rows = [
        {
            "": elements.stage_name(row["stage"]),
            "Parameters": f"{row['params']:,}",
            "R² [95 %]": score_of(result, row),
        }
        for row in evenly_chosen(result["stages"])
    ]
    longer = findings.arms_of(result).get(LONGER)
    if longer is not None:
        rows.append(
            {
                "": "Dense, longer",
                "Parameters": f"{longer['params']:,}",
                "R² [95 %]": score_of(result, longer),
            }
        )
    with told:
        elements.table(rows, alt="Parameters and R2 of every stage")
    longer_is = " “Dense, longer” got the epochs of fine-tuning too." if longer else ""
    st.caption(f"R², mean over the targets, on {basis(result)}; a faint dot a seed.{longer_is}")


def show_controls(result: Result, dark: bool) -> None:
    """The paired differences to the controls, and the verdict in words."""
    verdict, scale = result["verdict"], api.scale_of(api.by_error(result))
    rows = [
        (label, verdict[name]["difference"])
        for name, label in COMPARED.items()
        if verdict.get(name) is not None
    ]
    drawn, told = st.columns(2, gap="large")
    with drawn:
        if rows:
            numbers = "; ".join(
                f"{label.replace('<br>', ' ')} {signed(d['mean'])}" for label, d in rows
            )
            border = scale.border(verdict["margin"])
            show_plotly(
                "controls",
                charts.differences_picture(rows, border, scale.axis, dark),
                f"The pruned network against each control, {scale.axis}: {numbers}",
            )
    with told:
        for name, part in api.answered(verdict).items():
            show_outcome(QUESTIONS[name].label, part, scale)
    if not rows:
        st.markdown("The dense network, trained as long, and random neurons were not run.")
    st.caption(
        f"Differences are taken seed by seed, on {basis(result)}. No worse: the whole interval "
        f"lies above the margin of {typeset(scale.told_margin(verdict['margin']))}. Beaten: it "
        "lies above zero."
    )


def show_outcome(question: str, part: Result, scale: api.Scale) -> None:
    """One question with its outcome and numbers; one without an outcome with its sentence."""
    if "outcome" not in part:
        st.markdown(f"**{question}.** {sentence(part['sentence'])}")
        return
    label, numbers = OUTCOMES[part["outcome"]].label, scale.told(part["difference"])
    worse = f" Worse for {plain(shown_list(part['worse_for']))}." if part.get("worse_for") else ""
    st.markdown(f"**{question}: {label}.** {sentence(numbers)}.{worse}")


def show_speed(result: Result, dark: bool) -> None:
    """Latency by batch, file and memory."""
    arms, where = findings.arms_of(result), result["environment"]
    dense, structured = arms[REFERENCE], arms[SUBJECT]
    batches = sorted(dense["latency_us"], key=int)
    drawn, told = st.columns([6, 5], gap="medium")
    with drawn:
        alt = "Median latency by batch for the dense, the pruned and the magnitude-pruned network; "
        show_plotly(
            "speed",
            charts.latency_picture(result["arms"], 330, dark),
            f"{alt}the numbers are in the table",
        )
    rows = [
        {
            "": f"Batch {int(batch):,}",
            "Dense": latency(dense["latency_us"][batch]["median"]),
            "Pruned": latency(structured["latency_us"][batch]["median"]),
            "Ratio": speed_up_estimate(result, structured, batch),
        }
        for batch in batches
    ]
    for name, key in (("File", "file_bytes"), ("Peak memory", "peak_memory_bytes")):
        rows.append({"": name, **compared_bytes(dense[key], structured[key])})
    with told:
        elements.table(rows, alt="Latency by batch, file and peak memory, dense and pruned")
    doubts = "".join(f" {plain(unusable_reason(result, batch))}" for batch in batches).rstrip()
    st.caption(
        f"Measured on {plain(where['device'])} ({plain(where['device_name'])}) with "
        f"{counted(where['threads'], 'thread')}: medians of "
        f"{dense['latency_us'][batches[-1]]['rounds']} to "
        f"{dense['latency_us'][batches[0]]['rounds']} rounds in which the arms took turns, "
        f"whiskers to the 95th percentile. MAC ratio {factor(structured['mac_ratio'])}. Peak "
        f"memory: {plain(dense['peak_memory_how'])}. Brackets: 95 % interval over the rounds. One "
        f"machine; no interval over machines.{doubts}"
    )


def compared_bytes(dense: int | None, pruned: int | None) -> dict[str, str]:
    """Two sizes and their ratio, as far as they were measured."""
    if dense is None or pruned is None:
        return {"Dense": "not measured", "Pruned": "not measured", "Ratio": ""}
    return {
        "Dense": bytes_text(dense),
        "Pruned": bytes_text(pruned),
        "Ratio": percent(pruned / dense),
    }


def show_limits(result: Result, _: bool) -> None:
    """What was not measured, and the way to the same numbers."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        told = [*api.training_remarks(result), *api.limits(result["run_id"])]
        st.markdown("\n".join(f"- {sentence(with_widgets(one))}" for one in told))
    where = result["environment"]
    with right:
        st.markdown("**To repeat it**, with the run's `spec.json` and the same data:")
        st.code("python -m spinn_engine run --spec spec.json", language=None, wrap_lines=True)
        st.markdown("SHA-256 of the data:")
        st.code(result["data"]["sha256"], language=None, wrap_lines=True)
        st.markdown(
            f"Versions: spinn_engine {where['spinn_engine']}, Python {where['python']}, torch "
            f"{plain(where['torch'])}, NumPy {where['numpy']}; seeds "
            f"{', '.join(map(str, result['seeds']))}.".replace("_", "\\_")
        )
    st.caption(
        f"Run {plain(result['run_id'])}. On a CPU the same spec, data, versions, number of threads "
        "and instruction set give the same networks to the byte; latencies are those of the "
        "machine."
    )


def headline(result: Result) -> str:
    """What the run comes to, as every other page says it."""
    return typeset(api.headline(result))


Title = Callable[[Result], str]
Draw = Callable[[Result, bool], None]
SLIDES: tuple[tuple[Title, Draw], ...] = (
    (findings.question, show_question),
    (findings.neurons_gone, show_neurons),
    (findings.shrunk, show_shapes),
    (findings.price, show_cost),
    (headline, show_controls),
    (findings.speed, show_speed),
    (findings.open_questions, show_limits),
)
