"""How rows are split: the groups of every part as a strip, and what the targets are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.charts.style import text_colour
from dashboard.charts.vega import PAGE, Spec, Tables, layered, marks, nominal
from spinn_engine.words import count, counted, percent, significant

# Told apart by lightness and by dash too; no colour of an arm, which parts are not.
PART_COLOURS = {"train": "#4A6FA5", "validation": "#B8860B", "test": "#8E5572"}
PART_DASHES = {"train": [1, 0], "validation": [6, 4], "test": [2, 3]}
MOST_SEGMENTS = 120  # of one part; more would be thinner than a pixel
STRIP_PIXELS, SPREAD_HEIGHT = 58, 260
STRIPS, PARTS, BINS = "strips", "parts", "bins"

Groups = Mapping[str, Sequence[tuple[int, int]]]


def split_picture(
    rows: Mapping[str, int], groups: Groups | None, dark: bool = False
) -> tuple[Spec, Tables]:
    """A strip a part, as long as it has rows, cut into its groups.

    Args:
        rows: number of rows by part.
        groups: by part, number and rows of each of its groups; None where there are none.
        dark: whether the page is dark.

    Returns:
        A picture whose x is in rows, a row of ``STRIPS`` a group and one of ``PARTS`` a part.
    """
    strips = []
    for place, (part, size) in enumerate(rows.items()):
        start = 0
        for name, length in _segments(part, size, groups):
            strips.append([place, part, name, count(length), start, start + length])
            start += length
    total = sum(rows.values())
    words = [
        [place, _words(part, size, total, groups)]
        for place, (part, size) in enumerate(rows.items())
    ]
    tables = {
        STRIPS: pd.DataFrame(strips, columns=["place", "part", "group", "told", "start", "end"]),
        PARTS: pd.DataFrame(words, columns=["place", "words"]),
    }
    y: Spec = {
        "field": "top",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, len(rows)], "reverse": True, "nice": False},
    }
    x = {
        "field": "start",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, max(rows.values())], "nice": False},
    }
    told = [
        {"field": "part", "title": "part"},
        {"field": "group", "title": "what"},
        {"field": "told", "title": "rows"},
    ]
    bars = {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"field": "bottom"}, "tooltip": told}
    bounds: tuple[Spec, ...] = (
        {"calculate": "datum.place + 0.45", "as": "top"},
        {"calculate": "datum.place + 0.9", "as": "bottom"},
    )
    colour = nominal("part", list(PART_COLOURS), None, color=list(PART_COLOURS.values()))
    text = {"x": {"value": 0}, "y": {**y, "field": "place"}, "text": {"field": "words"}}
    label = {"type": "text", "align": "left", "dy": 13, "fontSize": 14, "color": text_colour(dark)}
    layers = [
        marks(STRIPS, {"type": "rect", "stroke": PAGE[dark]}, bars | colour, *bounds),
        marks(PARTS, label, text),
    ]
    return layered(layers, STRIP_PIXELS * len(rows) + 20, dark), tables


def _segments(part: str, rows: int, groups: Groups | None) -> Sequence[tuple[str, int]]:
    if groups is None:
        return [("rows drawn at random", rows)]
    own = groups[part]
    if len(own) > MOST_SEGMENTS:
        return [(counted(len(own), "group"), rows)]
    return [(f"group {number}", size) for number, size in own]


def _words(part: str, rows: int, total: int, groups: Groups | None) -> str:
    of = "" if groups is None else f"{counted(len(groups[part]), 'group')}, "
    return f"{part}:  {of}{counted(rows, 'row')} ({percent(rows / total, 0)})"


def spread_picture(
    name: str, edges: Sequence[float], shares: Mapping[str, Sequence[float]], dark: bool = False
) -> tuple[Spec, Tables]:
    """How often a target has which value, a stepped line a part.

    Args:
        name: the target with its unit, for the axis.
        edges: ``[bins + 1]`` rising.
        shares: by part, the share of its rows in each bin.
        dark: whether the page is dark.

    Returns:
        A picture of the rows of ``BINS``, one an edge and part; ``percent`` holds from it on.
    """
    bins = [
        [part, edge, 100 * share, significant(edge, 4), percent(share)]
        for part, own in shares.items()
        for edge, share in zip(edges, (*own, own[-1]), strict=True)  # the last step needs its end
    ]
    line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2}
    legend = {"orient": "top", "title": None, "symbolSize": 300}
    colours, dashes = list(PART_COLOURS.values()), list(PART_DASHES.values())
    encoding = {
        "x": {
            "field": "value",
            "type": "quantitative",
            "title": name,
            "scale": {"domain": [edges[0], edges[-1]], "nice": False},
        },
        "y": {"field": "percent", "type": "quantitative", "title": "% of the part's rows"},
        **nominal("part", list(PART_COLOURS), legend, color=colours, strokeDash=dashes),
        "tooltip": [
            {"field": "part", "title": "part"},
            {"field": "told", "title": "from"},
            {"field": "share", "title": "of its rows"},
        ],
    }
    tables = {BINS: pd.DataFrame(bins, columns=["part", "value", "percent", "told", "share"])}
    return layered([marks(BINS, line, encoding)], SPREAD_HEIGHT, dark), tables
