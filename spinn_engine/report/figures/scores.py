"""Figures of what the networks are worth: R2 against parameters, and stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spinn_engine.report.facts import Facts, Row
from spinn_engine.report.figures.axes import count_axis, error_axis, error_of, error_range, r2_axis
from spinn_engine.report.figures.style import GREY, PAPER, legend_above, marked, new_figure
from spinn_engine.vocabulary import ARMS, REFERENCE, main_arm
from spinn_engine.words import Figure as Estimate
from spinn_engine.words import fixed

BESIDE = 1.05  # arms of equal size stand side by side
FAR_BELOW = 3.0


def trained_in_every_stage(facts: Facts) -> list[str]:
    """The arms of the run that have a point at every stage."""
    return [name for name, row in ARMS.items() if row.when == "every" and name in facts.validation]


@dataclass(frozen=True)
class Point:
    """A network size of an arm: where it stands, and its errors: mean, interval, one a seed."""

    arm: str
    x: float
    mean: float
    low: float | None
    high: float | None
    seeds: Sequence[float]


def tradeoff(facts: Facts) -> Figure:
    """The error of every arm and stage against parameters; arms of equal size side by side."""
    figure, (axes,) = new_figure(2.7)
    points = _points(facts)
    worst = max(value for point in points for value in (point.mean, *point.seeds))
    notes: list[tuple[float, str]] = []
    for name, arm in facts.arms.items():
        if ARMS[name].block is None:
            notes.append((_error(facts, arm), f"{ARMS[name].label}: {_score_text(facts, arm)}"))
    if (ceiling := mean_ceiling(facts)) is not None:
        notes.append((error_of(ceiling), f"ceiling by noise: {fixed(ceiling, facts.r2_decimals)}"))
    near = [value for value, _ in notes if value <= FAR_BELOW * worst]
    least, most = _range(points, near)
    _path(axes, points)
    for point in points:
        _draw(axes, point)
    for value, text in notes:
        _note(axes, value, text, (least, most))
    _y_axis(facts, axes, least, most)
    sizes = [point.x for point in points]
    count_axis(axes, min(sizes), max(sizes), "parameters (log scale)")
    legend_above(axes)
    return figure


def by_stage(facts: Facts) -> Figure:
    """R2 on the validation rows after every stage: the same training, with and without pruning."""
    figure, (axes,) = new_figure(2.3)
    dense, drawn = facts.validation[REFERENCE][0], trained_in_every_stage(facts)
    seen = [dense]
    for place, arm in enumerate(drawn):
        found = facts.validation[arm]
        shift = 0.09 * (place - (len(drawn) - 1) / 2)
        x = [0.0, *(stage + shift for stage in found)]
        y = [error_of(one["mean"]) for one in (dense, *found.values())]
        axes.plot(x, y, **marked(arm))
        for at, one in zip(x[1:], found.values(), strict=True):
            _whisker(axes, arm, at, [_maybe(one["low"]), _maybe(one["high"])])
        seen += found.values()
    _whisker(axes, REFERENCE, 0.0, [_maybe(dense["low"]), _maybe(dense["high"])])
    axes.plot([0], [error_of(dense["mean"])], linestyle="none", **marked(REFERENCE))
    ends = [error_of(one[end]) for one in seen for end in ("low", "high") if one[end] is not None]
    r2_axis(
        axes,
        *error_range([error_of(one["mean"]) for one in seen], ends),
        f"R² on validation {facts.rows}",
    )
    stages = len(facts.result["stages"])
    axes.set_xticks(range(0, stages, stages // 10 + 1))
    axes.set_xlim(-0.35, stages - 0.65)
    axes.set_xlabel("stage (0: dense)")
    legend_above(axes)
    return figure


def mean_ceiling(facts: Facts) -> float | None:
    """The best R2 that the noise of the data allows, where it is known: mean over targets."""
    ceiling = facts.result["ceiling"]
    return sum(ceiling.values()) / len(ceiling) if ceiling else None


def _points(facts: Facts) -> list[Point]:
    """Every mean that is drawn, the stages first; equal sizes are moved apart."""
    rows = [(main_arm(row["stage"]), row) for row in facts.result["stages"]]
    others = [name for name in facts.arms if ARMS[name].control and ARMS[name].block]
    rows += [(name, facts.arms[name]) for name in others]
    taken: dict[int, int] = {}
    points = []
    for arm, row in rows:
        before = taken.get(row["params"], 0)
        taken[row["params"]] = before + 1
        points.append(_point(facts, arm, row, row["params"] * BESIDE**before))
    return points


def _point(facts: Facts, arm: str, row: Row, x: float) -> Point:
    if facts.equation:
        found: Estimate = row["relative_l2"]
        return Point(arm, x, found["mean"], found["low"], found["high"], found["per_seed"])
    found = row["r2"]
    seeds = [error_of(value) for value in found["per_seed"]]
    return Point(
        arm, x, error_of(found["mean"]), _maybe(found["high"]), _maybe(found["low"]), seeds
    )


def _error(facts: Facts, row: Row) -> float:
    return float(row["relative_l2"]["mean"]) if facts.equation else error_of(row["r2"]["mean"])


def _maybe(r2: float | None) -> float | None:
    return None if r2 is None else error_of(r2)


def _score_text(facts: Facts, arm: Row) -> str:
    if facts.equation:
        return fixed(arm["relative_l2"]["mean"], 3)
    return fixed(arm["r2"]["mean"], facts.r2_decimals)


def _range(points: Sequence[Point], near: Sequence[float]) -> tuple[float, float]:
    values = [value for point in points for value in (point.mean, *point.seeds)]
    ends = [end for point in points for end in (point.low, point.high) if end is not None]
    return error_range(values, ends, near)


def _path(axes: Axes, points: Sequence[Point]) -> None:
    """A line through the stages."""
    stages = [point for point in points if not ARMS[point.arm].control]
    x, y = [point.x for point in stages], [point.mean for point in stages]
    axes.plot(x, y, color=GREY, linewidth=0.8, linestyle=":")


def _draw(axes: Axes, point: Point) -> None:
    """The seeds, faint, behind mean and interval."""
    if len(point.seeds) > 1:
        x = [point.x * 1.018] * len(point.seeds)
        look = marked(point.arm, label="_", markersize=2.6, alpha=0.65, linestyle="none")
        axes.plot(x, point.seeds, **{**look, "markeredgewidth": 0.5})
    _whisker(axes, point.arm, point.x, [point.low, point.high])
    axes.plot([point.x], [point.mean], linestyle="none", **marked(point.arm))


def _whisker(axes: Axes, arm: str, x: float, ends: Sequence[float | None]) -> None:
    known = [end for end in ends if end is not None]
    if known:
        axes.plot([x, x], known, color=ARMS[arm].colour, linewidth=1.0, marker="_", markersize=4)


def _note(axes: Axes, value: float, text: str, within: tuple[float, float]) -> None:
    """A labelled dashed line; at the edge where it would fall outside the figure."""
    inside = within[0] <= value <= within[1]
    if inside:
        axes.axhline(value, color=GREY, linewidth=0.8, linestyle="--")
    below = "" if inside else ", below this figure"
    axes.annotate(
        text + below,
        (0.01, value if inside else within[1]),
        xycoords=("axes fraction", "data"),
        xytext=(0, 1.5),
        textcoords="offset points",
        fontsize=6.5,
        va="bottom",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.4, "alpha": 0.8},
    )


def _y_axis(facts: Facts, axes: Axes, least: float, most: float) -> None:
    if facts.equation:
        error_axis(axes, least, most, "relative L2 error (log scale)")
    else:
        r2_axis(axes, least, most, f"R² on test {facts.rows}")
