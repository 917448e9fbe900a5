"""Figures of what the networks are: their shapes, the neurons that went, and how fast they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from spinn_engine.artifacts.selection import LayerImportance
from spinn_engine.report.facts import Facts, Row
from spinn_engine.report.figures.axes import only_ticks, round_numbers
from spinn_engine.report.figures.style import (
    COLUMN_INCHES,
    GREY,
    INK,
    PAPER,
    legend_above,
    marked,
    new_figure,
)
from spinn_engine.vocabulary import ARMS, REFERENCE, SUBJECT, ZEROED, main_arm
from spinn_engine.words import factor, shortest

SHAPES = 6
MOST_COLUMNS = 2048
STRIP_INCHES, MOST_INCHES = 0.52, 8.0
TIMED = (REFERENCE, ZEROED, SUBJECT)
APART = 1.09  # equal times stand beside each other


def shown_stages(count: int) -> list[int]:
    """At most six stages, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, SHAPES))})


def shrink(facts: Facts) -> Figure:
    """The shape of the network in every stage; the outline is the dense one."""
    rows: list[Row] = facts.result["stages"]
    shown = [rows[stage] for stage in shown_stages(len(rows))]
    dense = rows[0]["hidden"]
    figure = Figure(figsize=(COLUMN_INCHES, 0.55 + min(0.22 * len(dense), 3.0)))
    panels = figure.subplots(1, len(shown), squeeze=False)[0]
    size = 6.0 if len(dense) <= 12 else 3.5
    for axes, row in zip(panels, shown, strict=True):
        for layer, (width, before) in enumerate(zip(row["hidden"], dense, strict=True)):
            outline = Rectangle(
                (-before / 2, layer - 0.4), before, 0.8, fill=False, ec=GREY, lw=0.5
            )
            colour = ARMS[main_arm(row["stage"])].colour
            bar = Rectangle((-width / 2, layer - 0.4), width, 0.8, fc=colour, lw=0)
            axes.add_patch(bar)
            axes.add_patch(outline)
            axes.text(0, layer, str(width), ha="center", va="center", size=size, bbox=_label())
        axes.set_xlim(-0.53 * max(dense), 0.53 * max(dense))
        axes.set_ylim(len(dense) - 0.4, -0.6)
        axes.set_axis_off()
        name = f"stage {row['stage']}" if row["stage"] else "dense"
        axes.set_title(f"{name}\n{row['params']:,}", size=6.5)
    return figure


def _label() -> dict[str, object]:
    return {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85}


def importance(facts: Facts) -> Figure:
    """Two strips a layer, in the order of the dense scores: the score, and when a neuron went."""
    layers = list(zip(facts.scored, facts.survived, strict=True))
    stages = facts.spec.prune.stages
    figure, panels = new_figure(
        min(STRIP_INCHES * len(layers), MOST_INCHES) + 0.95, len(layers), sharex=True
    )
    shades = colormaps["YlOrBr"](np.linspace(0.2, 0.75, stages))
    removed = ListedColormap([ARMS[REFERENCE].colour, *shades])
    shares = [layer.score / max(float(layer.score.max()), 1e-30) for layer in facts.scored]
    lowest = np.floor(10 * min(float(share.min()) for share in shares)) / 10
    for number, (axes, (scored, survived)) in enumerate(zip(panels, layers, strict=True)):
        order, _ = ranked(scored)
        gone = np.maximum(survived.stage_removed, 0)[order]
        span = (0.5, len(scored.score) + 0.5)
        score = _strip(axes, shares[number][order], (*span, 1, 2), ("cividis", lowest, 1))
        went = _strip(axes, gone, (*span, 0, 0.93), (removed, -0.5, stages + 0.5))
        left = int((survived.stage_removed < 0).sum())
        named = f"{facts.graph.short_labels[number]}\n{left:,} of\n{len(scored.score):,}"
        _name_strip(axes, named, len(layers))
    panels[0].set_xlim(0.5, max(len(layer.score) for layer in facts.scored) + 0.5)
    panels[-1].set_xlabel("neurons of the dense network, highest score first")
    score_bar = _colour_bar(figure, score, panels, "upper strip: score over the strip's highest")
    score_bar.ax.xaxis.set_major_locator(MaxNLocator(5))
    stage_bar = _colour_bar(figure, went, panels, "lower strip: stage that removed the neuron")
    stage_bar.set_ticks(_stage_ticks(stages), labels=_stage_names(stages))
    stage_bar.ax.tick_params(length=0)
    return figure


def _name_strip(axes: Axes, name: str, layers: int) -> None:
    size = 7.0 if layers <= 12 else 4.0
    axes.set_ylim(0, 2)
    axes.set_yticks([])
    axes.set_ylabel(name, rotation=0, ha="right", va="center", size=size)
    axes.tick_params(length=2)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _colour_bar(figure: Figure, image: AxesImage, panels: Sequence[Axes], name: str) -> Colorbar:
    share = 0.15 / len(panels)  # of the panels' height, of which a few have little
    look: dict[str, Any] = {"location": "bottom", "aspect": 28, "pad": 0.02}
    bar = figure.colorbar(image, ax=panels, fraction=max(share, 0.05), **look)
    bar.set_label(name)
    bar.outline.set_visible(False)
    return bar


def ranked(layer: LayerImportance) -> tuple[NDArray[np.int64], int]:
    """Neurons by falling score, every n-th of a very wide layer, and that n."""
    order = np.argsort(-layer.score, kind="stable")
    step = -(-len(order) // MOST_COLUMNS)
    return order[::step], step


def _strip(
    axes: Axes,
    values: NDArray[Any],
    extent: tuple[float, float, float, float],
    colours: tuple[str | ListedColormap, float, float],
) -> AxesImage:
    name, least, most = colours
    look: dict[str, Any] = {"cmap": name, "vmin": least, "vmax": most, "interpolation": "none"}
    return axes.imshow(values[None], extent=extent, aspect="auto", **look)


def _stage_ticks(stages: int) -> list[int]:
    return [0, *(stage for stage in range(1, stages + 1) if stages <= 8 or stage in (1, stages))]


def _stage_names(stages: int) -> list[str]:
    return ["kept", *map(str, _stage_ticks(stages)[1:])]


def latency(facts: Facts) -> Figure:
    """Time of a pass by batch size, and how many times as fast as the dense network that is."""
    figure, (times, ratios) = new_figure(3.4, 2, sharex=True, height_ratios=[3, 2])
    batches = [int(batch) for batch in facts.batches]
    for place, (look, timed) in enumerate(_timed(facts)):
        x = [batch * APART ** (place - 1) for batch in batches]
        median, slow = ([one[key] / 1000 for one in timed] for key in ("median", "p95"))
        dense = [facts.arms[REFERENCE]["latency_us"][b]["median"] / 1000 for b in facts.batches]
        times.plot(x, median, **look)
        times.vlines(x, median, slow, color=look["color"], linewidth=0.8)
        ratios.plot(x, [a / b for a, b in zip(dense, median, strict=True)], **look)
    times.set_xscale("log")
    times.set_yscale("log")
    times.set_ylabel("one pass (ms)")
    only_ticks(times.yaxis, round_numbers(*times.get_ylim(), 7), lambda value: shortest(value))
    legend_above(times, columns=2)
    _mac_ratio(ratios, facts.arms[SUBJECT]["mac_ratio"])
    ratios.set_ylim(0, 1.12 * ratios.get_ylim()[1])
    ratios.set_ylabel("times as fast")
    ratios.set_xlabel("rows of a batch (log scale)")
    only_ticks(ratios.xaxis, batches, shortest)
    for axes in (times, ratios):
        axes.grid(axis="y")
    return figure


def _timed(facts: Facts) -> list[tuple[dict[str, Any], list[Row]]]:
    """The look of each line, and its times by batch size."""
    found = [(marked(arm), facts.arms[arm]["latency_us"]) for arm in TIMED if arm in facts.arms]
    if (layout := fastest_layout(facts)) is not None:
        look = marked(ZEROED, linestyle="--", markerfacecolor=PAPER)
        look["label"] = f"{ARMS[ZEROED].label}, {layout.upper()}"
        found.append((look, facts.arms[ZEROED]["sparse"][layout]["latency_us"]))
    return [(look, [timed[batch] for batch in facts.batches]) for look, timed in found]


def fastest_layout(facts: Facts) -> str | None:
    """The sparse layout with the fastest pass of a large batch, where there are some."""
    stored: Row = facts.arms.get(ZEROED, {}).get("sparse", {})
    last = facts.batches[-1]
    return min(stored, key=lambda name: stored[name]["latency_us"][last]["median"], default=None)


def _mac_ratio(axes: Axes, ratio: float) -> None:
    axes.axhline(ratio, color=INK, linewidth=0.8, linestyle="--")
    axes.annotate(
        f"MAC ratio {factor(ratio)}",
        (0.01, ratio),
        xycoords=("axes fraction", "data"),
        xytext=(0, 1.5),
        textcoords="offset points",
        fontsize=6.5,
        va="bottom",
    )


def fields(facts: Facts) -> Figure:
    """The exact solution of an equation, and the errors of the dense and the structured network."""
    found = facts.fields
    assert found is not None
    figure, panels = new_figure(4.2, 3, sharex=True)
    extent = (found.t[0], found.t[-1], found.x[0], found.x[-1])
    off = {arm: np.abs(getattr(found, arm) - found.reference) for arm in (REFERENCE, SUBJECT)}
    worst = max(float(values.max()) for values in off.values())
    shown = [("exact solution u", found.reference, ("RdBu_r", -1.0, 1.0))]
    shown += [(f"|error|, {arm}", values, ("cividis", 0.0, worst)) for arm, values in off.items()]
    for axes, (name, values, (colours, least, most)) in zip(panels, shown, strict=True):
        image = axes.imshow(
            values,
            extent=extent,
            origin="lower",
            cmap=colours,
            vmin=least,
            vmax=most,
            aspect="auto",
            interpolation="none",
        )
        axes.set_title(name, loc="left", pad=3)
        axes.set_ylabel("x")
        figure.colorbar(image, ax=axes, aspect=12).outline.set_visible(False)
    panels[-1].set_xlabel("t")
    return figure
