"""One look for all figures: the width of a paper's column, and the colours of the arms."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spinn_engine.vocabulary import ARMS

COLUMN_INCHES = 3.4
NOTEBOOK_DPI = 160
INK, FAINT, PAPER = "#1b2733", "#c9d1d9", "#fefefe"  # the page gives these colours of its own
GREY = "#7F8C99"

STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 7.5,
    "axes.labelsize": 7.5,
    "axes.titlesize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "lines.linewidth": 1.1,
    "lines.markersize": 5,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
    "legend.columnspacing": 1.0,
    "legend.handletextpad": 0.4,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}

_ONE_AT_A_TIME = threading.Lock()  # matplotlib's settings are the process's


def render(name: str, draw: Callable[[], Figure]) -> dict[str, bytes]:
    """A figure as SVG and PDF; the same drawing gives the same bytes.

    Args:
        name: tells the ids within one SVG from those within another.
        draw: makes the figure.
    """
    with _ONE_AT_A_TIME, mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        figure = draw()
        return {
            "svg": _saved(figure, "svg", {"Date": None}),
            "pdf": _saved(figure, "pdf", {"CreationDate": None}),
        }


def _saved(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()


class Drawing(Figure):
    """A figure that a notebook shows as it is, whichever backend there is, or none."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=NOTEBOOK_DPI)
        return buffer.getvalue()


def on_paper(draw: Callable[[], Figure]) -> Figure:
    """A figure in the look of the report, on a white ground, for who goes on with it."""
    with _ONE_AT_A_TIME, mpl.rc_context(STYLE):
        figure = draw()
    figure.set_facecolor("white")
    return figure


def new_figure(height: float, rows: int = 1, **options: Any) -> tuple[Figure, list[Axes]]:
    """A figure of a column's width with so many axes below each other; ``height`` in inches."""
    figure = Drawing(figsize=(COLUMN_INCHES, height))
    axes = figure.subplots(rows, 1, squeeze=False, **options)
    return figure, [row[0] for row in axes]


def marked(arm: str, **more: Any) -> dict[str, Any]:
    """How an arm's marker is drawn."""
    colour = ARMS[arm].colour
    return {
        "color": colour,
        "marker": ARMS[arm].marker,
        "markerfacecolor": PAPER if ARMS[arm].hollow else colour,
        "markeredgecolor": colour,
        "label": ARMS[arm].label,
        **more,
    }


def legend_above(axes: Axes, columns: int = 3) -> None:
    """The legend over the axes, where it hides nothing: an entry an arm, in the tables' order."""
    handles, labels = axes.get_legend_handles_labels()
    first = dict(zip(reversed(labels), reversed(handles), strict=True))
    order = [arm.label for arm in ARMS.values() if arm.label in first]
    order += [label for label in dict.fromkeys(labels) if label not in order]
    axes.legend(
        [first[label] for label in order],
        order,
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncols=columns,
        borderaxespad=0,
    )
