"""The solution of an equation on a run's page: how far off it is, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard.charts.style import MENU
from dashboard.parts import elements
from dashboard.reads import run_files
from dashboard.run.fields_chart import Field, fields_picture
from spinn_engine.vocabulary import REFERENCE, SUBJECT
from spinn_engine.words import fixed, score_of, significant

Result = dict[str, Any]
MOST_TIMES = 11  # rows of the table


def show_solution(result: Result) -> None:
    """The error relative to the solution, and maps of residual and error; of equations alone."""
    arms = {arm["arm"]: arm for arm in result["arms"]}
    if "relative_l2" not in arms[REFERENCE]:
        return
    st.header("Before and after, over the domain", anchor=False)
    dense, structured = (score_of(result, arms[arm], "relative_l2") for arm in (REFERENCE, SUBJECT))
    st.markdown(
        f"Error relative to the exact solution (L2): **{dense}** dense, **{structured}** pruned, "
        f"n = {arms[REFERENCE]['relative_l2']['n']}."
    )
    fields = run_files.fields(result["run_id"])
    residuals = {"dense": fields.dense_residual, "pruned": fields.structured_residual}
    errors = {
        "dense": fields.dense - fields.reference,
        "pruned": fields.structured - fields.reference,
    }
    for what, pair in (("residual", residuals), ("error", errors)):
        sizes = "; ".join(f"{arm} {root_mean_square(values)}" for arm, values in pair.items())
        st.plotly_chart(
            fields_picture(fields.x, fields.t, pair, f"|{what}|", elements.is_dark()),
            config=MENU,
            key=f"map_{what}",
            alt=f"Map of the {what} over x and t before and after pruning, root mean square: "
            f"{sizes}",
        )
        st.caption(f"Root mean square of the {what}: {sizes}.")
    st.caption(
        f"Seed {result['delivered_seed']} on the grid of the test points. The residual is what the "
        "equation leaves over, all that training sees; the error is against the exact solution."
    )
    elements.folded_table(
        "The maps in numbers",
        map_rows(fields.t, {"residual": residuals, "error": errors}),
        alt="Root mean square of residual and error over x at some times, dense and pruned",
        key="map_numbers",
    )


def root_mean_square(values: Field) -> str:
    """Of values of any shape, in two digits."""
    return significant(float(np.sqrt(np.mean(np.square(values)))), 2)


def map_rows(t: Field, maps_of: dict[str, dict[str, Field]]) -> list[dict[str, str]]:
    """The root mean square over x at some times, evenly chosen.

    Args:
        t: ``[T]`` times.
        maps_of: what is mapped, to arm, to values ``[X, T]``.
    """
    places = np.unique(np.linspace(0, len(t) - 1, MOST_TIMES).round().astype(int))
    return [
        {
            "t": fixed(t[at], 2),
            **{
                f"RMS {what}, {arm}": root_mean_square(values[:, at])
                for what, pair in maps_of.items()
                for arm, values in pair.items()
            },
        }
        for at in places
    ]
