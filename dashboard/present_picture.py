"""A picture of a presentation, and what every number of a run rests on."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import elements
from dashboard.charts.style import STILL
from dashboard.formats import repetitions

HIGHEST = 340  # pixels; a picture that is drawn higher is enlarged less
FONT = "Source Sans, sans-serif"

Result = dict[str, Any]


def picture(name: str, figure: go.Figure, alt: str) -> None:
    """A picture, drawn small and enlarged by ``present.css`` to what a screen has room for."""
    figure.update_layout(font_family=FONT)
    share = min(1.0, HIGHEST / figure.layout.height)
    st.html(
        f"<style>.st-key-slide_{name} {{ --drawn: {figure.layout.height}px; "
        f"--share: {share:.3f} }}</style>"
    )
    with st.container(key=f"slide_{name}"):
        st.plotly_chart(figure, config=STILL, key=f"present_{name}", alt=alt, theme=None)


def over(result: Result) -> str:
    """What every mean of the run rests on."""
    n = result["stages"][0]["r2"]["n"]
    spread = (
        f"means with 95 % t intervals over {repetitions(elements.spec_of(result))} (n = {n})"
        if n > 1
        else "one repetition (n = 1), so no interval"
    )
    return f"{elements.tested_rows(result)}; {spread}"
