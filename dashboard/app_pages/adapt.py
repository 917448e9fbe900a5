"""Adapt (``?run=``): what a finished run's networks make of new rows, as they come."""

from typing import Any

import streamlit as st

from dashboard import elements, faults, own_process
from dashboard.charts.adaptation import LABELS, error_over_time
from dashboard.charts.style import CONFIG
from dashboard.formats import estimate, percent, plain, widths
from dashboard.forms import KEEP
from dashboard.run_choice import choose_run
from spinn_engine import api
from spinn_engine.errors import SpinnError

PLACE = "adapt"  # where faults of it are told
NEW_MATERIAL, TABLE = "a new material (simulated)", "a table of new rows"


def adapt_form(run: api.RunFolder) -> None:
    """Which rows come, and in what batches; the work is done in a process of its own."""
    simulated = run.spec().data.source == "milling-sim"
    with st.container(border=True, key="new_rows"):
        choices = (NEW_MATERIAL, TABLE) if simulated else (TABLE,)
        rows = st.segmented_control(
            "New rows", choices, default=choices[0], required=True, key="rows", bind="query-params"
        )
        path = ""
        if rows == TABLE:
            path = st.text_input(
                "Path of the table",
                key="new_path",
                placeholder="new_rows.csv",
                help="On the server, in order of time, with the run's inputs and targets by name.",
                **KEEP,
            )
        left, right = st.columns(2, wrap=False)
        batch = left.number_input(
            "Rows a batch", 0, 1_000_000, 0, key="batch_rows", help="0: a twentieth of all rows."
        )
        frozen = right.slider(
            "Layers frozen", 0, 100, 50, 5, format="%d %%", key="frozen",
            help="Share of the layers that 'late layers alone' leaves as they are.",
        )  # fmt: skip
        words = ["--frozen", str(frozen / 100)]
        words += ["--batch-rows", str(batch)] if batch else []
        words += ["--data", f"table:{path.strip()}"] if rows == TABLE else []
        ready = rows == NEW_MATERIAL or bool((path or "").strip())
        pressed = st.button(
            "Adapt", type="primary", icon=":material/moving:", key="adapt", disabled=not ready
        )
    if pressed:
        with faults.told_at(PLACE), st.spinner("The networks meet the new rows ..."):
            result = own_process.engine("adapt", run.run_id, *words)
            st.session_state["adaptation"] = result["name"]
    faults.show(PLACE)


def show_adaptation(result: dict[str, Any]) -> None:
    """What it showed over time, in words, and in numbers."""
    data = result["data"]
    if data["simulated"]:
        st.badge("simulated data", icon=":material/science:", color="violet")
    st.plotly_chart(
        error_over_time(result, elements.is_dark()),
        config=CONFIG,
        key="error_over_time",
        alt="RMSE of every batch of new rows before it was learned from, by target, for the dense "
        "and the pruned network and each way of adapting; the numbers are in the table",
    )
    repetitions = len(result["seeds"]) * result["folds"]
    st.caption(
        f"{plain(data['source'])}: {data['rows']:,} rows in {len(result['batches'])} batches; a "
        f"batch is predicted first, that is its error, then learned from. Means over "
        f"{repetitions} network(s). {plain(' '.join(data['notes']))}"
    )
    st.markdown(
        "\n".join(f"- {plain(sentence).replace('R2', 'R²')}" for sentence in result["words"])
    )
    elements.table(
        [row for network in result["networks"] for row in rows_of(network)],
        alt="R2 on coming and on old rows and the cost of every way of adapting",
    )
    st.caption(
        "R² over all coming rows, the mean over targets; brackets: 95 % t interval over "
        f"n = {repetitions}. Seconds of all networks together, MACs and parameters of one."
    )


def rows_of(network: dict[str, Any]) -> list[dict[str, Any]]:
    """One row an arm."""
    return [
        {
            "Network": f"{network['network']}, {widths(network['hidden'])}",
            "Adapted": LABELS[arm["arm"]],
            "R² on coming rows": estimate(arm["r2"], 3),
            "Gain": "" if arm["gain"] is None else estimate(arm["gain"], 3),
            "R² on old test rows": estimate(arm["test_r2_after"], 3),
            "Seconds": f"{arm['seconds']:.2f}",
            "MACs": f"{arm['macs']:.2e}",
            "Parameters updated": arm["updated_params"],
            "Time of full": _share(arm, "seconds"),
            "MACs of full": _share(arm, "macs"),
        }
        for arm in network["arms"]
    ]


def _share(arm: dict[str, Any], what: str) -> str:
    return "" if arm["share_of_full"] is None else percent(arm["share_of_full"][what])


def show_all(run: api.RunFolder) -> None:
    """The adaptation that was just made, or another one."""
    found = {result["name"]: result for result in api.adaptations(run.run_id)}
    if not found:
        st.caption("Nothing has been adapted yet.")
        return
    names = list(found)
    if st.session_state.get("adaptation") not in names:
        st.session_state["adaptation"] = names[-1]
    name = names[0]
    if len(names) > 1:
        name = st.selectbox("Adaptation", names, key="adaptation", width=420)
    show_adaptation(found[name])


st.title("Adapt", anchor=False)
st.markdown(
    "New rows come in order of time. Each batch is predicted first, which is the score, and then "
    "learned from: by training again, by training the late layers alone, or by solving the last "
    "layer in closed form."
)
try:
    chosen = choose_run(finished=True)
    adapt_form(chosen)
    show_all(chosen)
except SpinnError as error:
    elements.show_error(error)
