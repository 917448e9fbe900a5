"""The place of a picture on a slide, and what the means of a run are taken over."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.style import NO_MENU
from dashboard.charts.vega import Spec, Tables
from dashboard.parts import elements, finished_run
from dashboard.parts.spec_words import taken_over

HIGHEST = 340  # pixels; a picture that is drawn higher is enlarged less
FONT = "Source Sans, sans-serif"

Result = dict[str, Any]


def show_vega(name: str, spec: Spec, tables: Tables, alt: str) -> None:
    """As ``show_plotly``, in Vega-Lite."""
    with _enlarged(name, spec["height"]):
        elements.picture(spec, tables, key=f"present_{name}", alt=alt)


def show_plotly(name: str, figure: go.Figure, alt: str) -> None:
    """A Plotly picture, drawn small and enlarged by ``present.css`` to the room on the screen."""
    figure.update_layout(font_family=FONT)
    with _enlarged(name, figure.layout.height):
        st.plotly_chart(figure, config=NO_MENU, key=f"present_{name}", alt=alt, theme=None)


def _enlarged(name: str, height: int) -> DeltaGenerator:
    """The place of a picture that is drawn so many pixels high."""
    share = min(1.0, HIGHEST / height)
    st.html(f"<style>.st-key-slide_{name} {{ --drawn: {height}px; --share: {share:.3f} }}</style>")
    return st.container(key=f"slide_{name}")


def basis(result: Result) -> str:
    """What every mean of the run is taken over."""
    n = result["stages"][0]["r2"]["n"]
    spread = (
        f"means with 95 % intervals over {taken_over(finished_run.spec_of(result))} (n = {n})"
        if n > 1
        else "one repetition (n = 1), so no interval"
    )
    return f"{finished_run.tested_rows(result)}; {spread}"
