"""How rows are split: the groups of every part as a strip, and what the targets are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.style import GRID, figure, ink

# Told apart by lightness and by dash too; no colour of an arm, which parts are not.
PART_COLOURS = {"train": "#4A6FA5", "validation": "#B8860B", "test": "#8E5572"}
PART_DASHES = {"train": "solid", "validation": "dash", "test": "dot"}
MOST_SEGMENTS = 120  # of one part; more would be thinner than a pixel
STRIP_PIXELS, SPREAD_HEIGHT = 58, 230
WORDS_ABOVE = 0.44  # of the middle of a strip

Groups = Mapping[str, Sequence[tuple[int, int]]]


def split(rows: Mapping[str, int], groups: Groups | None, dark: bool = False) -> go.Figure:
    """A strip a part, as long as it has rows, cut into its groups.

    Args:
        rows: number of rows by part.
        groups: by part, number and rows of each of its groups; None where there are none.
        dark: whether the page is dark.

    Returns:
        A figure with one trace a part and the trace ``counts``, the words; x is in rows.
    """
    total, places = sum(rows.values()), range(len(rows))[::-1]  # the first part on top
    strips = [
        _strip(part, place, _segments(part, count, groups), dark)
        for place, (part, count) in zip(places, rows.items(), strict=True)
    ]
    words = {
        "type": "scatter",
        "name": "counts",
        "mode": "text",
        "x": [0] * len(rows),
        "y": [place + WORDS_ABOVE for place in places],
        "text": [_words(part, count, total, groups) for part, count in rows.items()],
        "textposition": "middle right",
        "textfont": {"color": ink(dark)},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    return figure(
        [*strips, words],
        height=STRIP_PIXELS * len(rows),
        dark=dark,
        barmode="stack",
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [0, max(rows.values())], "fixedrange": True},
        yaxis={"visible": False, "range": [-0.4, len(rows) - 0.2], "fixedrange": True},
    )


def _segments(part: str, count: int, groups: Groups | None) -> Sequence[tuple[str, int]]:
    if groups is None:
        return [("rows drawn at random", count)]
    own = groups[part]
    if len(own) > MOST_SEGMENTS:
        return [(f"{len(own):,} groups", count)]
    return [(f"group {number}", size) for number, size in own]


def _strip(
    part: str, place: int, segments: Sequence[tuple[str, int]], dark: bool
) -> dict[str, Any]:
    edge = "#0B1117" if dark else "#FFFFFF"
    return {
        "type": "bar",
        "name": part,
        "orientation": "h",
        "y": [place] * len(segments),
        "width": 0.42,
        "x": [size for _, size in segments],
        "customdata": [name for name, _ in segments],
        "marker": {"color": PART_COLOURS[part], "line": {"color": edge, "width": 1}},
        "hovertemplate": f"{part}, %{{customdata}}: %{{x:,}} rows<extra></extra>",
    }


def _words(part: str, count: int, total: int, groups: Groups | None) -> str:
    of = "" if groups is None else f"{len(groups[part]):,} group{'s' * (len(groups[part]) != 1)}, "
    return f"<b>{part}</b>  {of}{count:,} rows ({100 * count / total:.0f} %)"


def spread(
    name: str, edges: Sequence[float], shares: Mapping[str, Sequence[float]], dark: bool = False
) -> go.Figure:
    """How often a target has which value, a stepped line a part.

    Args:
        name: the target with its unit, for the axis.
        edges: ``[bins + 1]`` rising.
        shares: by part, the share of its rows in each bin.
        dark: whether the page is dark.
    """
    traces = [
        {
            "type": "scatter",
            "name": part,
            "mode": "lines",
            "line": {
                "shape": "hv",
                "width": 2,
                "color": PART_COLOURS[part],
                "dash": PART_DASHES[part],
            },
            "x": list(edges),
            "y": [100 * share for share in (*own, own[-1])],  # the last step needs its end
            "hovertemplate": f"{part}: %{{y:.1f}} % of its rows from %{{x:.4g}}<extra></extra>",
        }
        for part, own in shares.items()
    ]
    return figure(
        traces,
        height=SPREAD_HEIGHT,
        dark=dark,
        margin={"l": 56, "r": 8, "t": 28, "b": 48},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": {"text": name}, "gridcolor": GRID, "zeroline": False},
        yaxis={
            "title": {"text": "% of the part's rows"},
            "rangemode": "tozero",
            "gridcolor": GRID,
            "zeroline": False,
        },
    )
