"""Pieces that several pages show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.charts.architecture import architecture, shape_in_words
from dashboard.charts.vega import Spec, Tables
from dashboard.parts import markup
from dashboard.parts.markdown import plain
from dashboard.parts.widget_names import with_widgets
from spinn_engine import api
from spinn_engine.errors import SpinnError


def is_dark() -> bool:
    """Whether the visitor's page is dark."""
    return st.context.theme.type == "dark"


def show_error(error: Exception) -> None:
    """An error of ours in one sentence; what it quotes is shown as text."""
    st.error(plain(with_widgets(str(error))), icon=":material/error:")


def simulated_badge() -> None:
    """What must stand beside numbers that come from a simulator."""
    st.badge("simulated data", icon=":material/science:", color="violet")


def unless(refused: str | None, about: str | None = None) -> dict[str, Any]:
    """For a button: who may not press it is told why; all others, what it is about."""
    return {"disabled": refused is not None, "help": plain(refused) if refused else about}


def shapes(stages: Sequence[tuple[str, Sequence[int], str]], graph: api.Graph) -> str:
    """The drawn shape of each stage, side by side as the page is wide, as HTML.

    Args:
        stages: title, hidden widths and a line below; the dense network first.
        graph: the dense network.
    """
    dense, dark, names = stages[0][1], is_dark(), bar_names(graph)
    drawn = [
        (
            architecture(hidden, dense, dark, names),
            shape_in_words(title, hidden, dense, names),
            title,
            below,
        )
        for title, hidden, below in stages
    ]
    return markup.pictures(drawn, 120) + markup.note(api.bars_sentence(graph))


def row_names(graph: api.Graph) -> tuple[str, ...]:
    """All that is pruned together, in the first column of a table: ``2``, or ``stream``."""
    if graph.layered:
        return tuple(label.rpartition(" ")[2] for label in graph.labels)
    return graph.labels


def bar_names(graph: api.Graph) -> tuple[str, ...]:
    """What is written at the bars of a shape: nothing where they are layers, one after another."""
    return () if graph.layered else graph.labels


def picture(spec: Spec, tables: Tables, key: str, alt: str) -> None:
    """A Vega-Lite picture; ``alt`` stays as it is while only rows change, or it is built anew."""
    with st.container(key=key):
        st.vega_lite_chart({**spec, "datasets": tables}, alt=alt)


def shape(title: str, hidden: Sequence[int], graph: api.Graph, dark: bool) -> None:
    """The drawn shape of one network beside the dense one, as wide as its place."""
    dense, names = graph.hidden, bar_names(graph)
    svg = architecture(hidden, dense, dark, names)
    st.image(svg, width="stretch", alt=shape_in_words(title, hidden, dense, names))


def stage_name(stage: int) -> str:
    """``Dense`` or ``Stage 2``, never broken between lines."""
    return f"Stage\N{NO-BREAK SPACE}{stage}" if stage else "Dense"


def table(rows: Sequence[markup.Row], alt: str) -> None:
    """A small table, as ``markup.table`` has it."""
    st.html(markup.table(rows, alt))


@st.fragment
def folded(
    title: str, icon: str, key: str, draw: Callable[[], object], is_open: bool = False
) -> None:
    """A fold whose content is drawn only while it is open, so that the page opens sooner.

    Args:
        title: what is unfolded.
        icon: beside the title, as ``:material/table:``.
        key: of the fold, one on its page.
        draw: draws what is in it.
        is_open: whether it is open at first.
    """
    fold = st.expander(title, is_open, icon=icon, key=key, on_change="rerun")
    if fold.open:
        with fold:
            try:
                draw()
            except SpinnError as error:  # no page is around a fragment that runs by itself
                show_error(error)


def folded_table(title: str, rows: Sequence[dict[str, Any]], alt: str, key: str) -> None:
    """The table behind a picture, folded away below it.

    Args:
        title: what is unfolded.
        rows: one dict a row, as ``table`` takes them.
        alt: what the table is, in words.
        key: of the fold, one on its page.
    """
    folded(title, ":material/table:", key, partial(table, rows, alt))
