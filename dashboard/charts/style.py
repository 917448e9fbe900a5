"""What all pictures share: colours, and the bare layout."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

# Okabe-Ito colours: told apart with any colour vision, and legible on white and on near-black.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, GREY = "#E69F00", "#56B4E9", "#7F8C99"

OUTLINE = "rgba(127,140,153,0.75)"
GRID = "rgba(127,140,153,0.22)"

# The chart's own menu: an SVG for papers, and nothing that moves the picture by accident.
MENU: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "spinn"},
}
NO_MENU: dict[str, Any] = {"displayModeBar": False, "staticPlot": True}


def text_colour(dark: bool) -> str:
    """The colour of text in a picture; at least 7 to 1 against the page."""
    return "#C3CEDA" if dark else "#3A4958"


def figure(traces: list[dict[str, Any]], height: int, dark: bool, **layout: Any) -> go.Figure:
    """A figure with a transparent background and a small template, which keeps its JSON small."""
    base: dict[str, Any] = {
        "template": {"layout": {}},
        "height": height,
        "font": {"color": text_colour(dark), "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "hoverlabel": {"font": {"size": 13}},
    }
    axes = {name: _inked(axis, dark) for name, axis in layout.items() if name[1:5] == "axis"}
    return go.Figure(traces, {**base, **layout, **axes})


def _inked(axis: dict[str, Any], dark: bool) -> dict[str, Any]:
    """An axis whose words have the colour of text, whatever the page's theme says."""
    colour = {"color": text_colour(dark)}
    return {"tickfont": colour, **axis, "title": {"font": colour, **axis.get("title", {})}}
