"""Adapt (``?run=``): what a finished run's networks make of new rows, as they come."""

from contextlib import suppress
from typing import Any

import streamlit as st

from dashboard.adapt.error_chart import LABELS, batch_rows, error_picture
from dashboard.parts import background_work, elements
from dashboard.parts.forms.address import KEPT_IN_ADDRESS
from dashboard.parts.markdown import plain, sentence
from dashboard.parts.run_choice import choose_run, select_in_address
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.vocabulary import source_of
from spinn_engine.words import counted, duration, estimate, percent, short_count, widths

SEEN = "adaptation_seen"  # which one ended last when this visitor last looked
NEW_MATERIAL, TABLE = "a new material (simulated)", "a table of new rows"


def adapt_form(run: api.RunFolder) -> None:
    """Which rows come, and in what batches; the work goes on when the page is left."""
    source = source_of(run.spec().data.source)
    simulated = source is not None and source.streams
    with st.container(border=True, key="new_rows"):
        choices = (NEW_MATERIAL, TABLE) if simulated else (TABLE,)
        rows = st.segmented_control(
            "New rows", choices, default=choices[0], required=True, key="rows", bind="query-params"
        )
        path = missing = ""
        if rows == TABLE:
            path = st.text_input(
                "Path of the table",
                key="new_path",
                placeholder="new_rows.csv",
                help="On the server, in order of time, with the run's inputs and targets by name.",
                **KEPT_IN_ADDRESS,
            )
            missing = st.text_input(
                "What else counts as missing (optional)",
                key="new_missing",
                placeholder="-9999",
                help="Numbers or words that stand for a missing value in this table.",
                **KEPT_IN_ADDRESS,
            )
        left, right = st.columns(2, wrap=False)
        batch = left.number_input(
            "Rows a batch",
            0,
            1_000_000,
            0,
            key="batch_rows",
            bind="query-params",
            help="0: a twentieth of all rows.",
        )
        frozen = right.slider(
            "Layers frozen", 0, 100, 50, 5, format="%d %%", key="frozen", bind="query-params",
            help="Share of the layers that 'late layers alone' leaves as they are.",
        )  # fmt: skip
        words = ["--frozen", str(frozen / 100)]
        words += ["--batch-rows", str(batch)] if batch else []
        words += ["--data", f"table:{path.strip()}"] if rows == TABLE else []
        words += ["--missing", missing.strip()] if (missing or "").strip() else []
        ready = rows == NEW_MATERIAL or bool((path or "").strip())
        pressed = st.button(
            "Adapt", type="primary", icon=":material/moving:", key="adapt", disabled=not ready
        )
    if pressed:
        background_work.start(run.run_id, "adapt", words)
    background_work.show(run.run_id, "adapt")


def show_adaptation(result: dict[str, Any]) -> None:
    """What it showed over time, in words, and in numbers."""
    data = result["data"]
    if data["simulated"]:
        elements.simulated_badge()
    for one in data.get("checks", ()):  # a result of an earlier version has none
        show = st.warning if one["severity"] == "warning" else st.info
        show(sentence(f"{one['message']} {one['advice']}"))
    for row, target in enumerate(data["target_names"]):
        places = st.columns(len(result["networks"]))
        for panel, network in zip(places, result["networks"], strict=True):
            with panel:
                elements.picture(
                    *error_picture(result, target, network, elements.is_dark()),
                    key=f"error_over_time_{row}_{network['network']}",
                    alt=f"RMSE of every batch of new rows before it was learned from: {target}, "
                    f"the {network['network']} network, each way of adapting",
                )
    repetitions = len(result["seeds"]) * result["folds"]
    st.caption(
        f"{plain(data['source'])}: {data['rows']:,} rows in {len(result['batches'])} batches; a "
        f"batch is predicted first, that is its error, then learned from. Means over "
        f"{counted(repetitions, 'network')}. {plain(' '.join(data['notes']))}"
    )
    elements.folded_table(
        "The batches in numbers",
        batch_rows(result),
        alt="RMSE of batches of new rows by target, network and way of adapting",
        key="batch_numbers",
    )
    st.markdown("\n".join(f"- {sentence(text)}" for text in result["words"]))
    elements.table(
        [row for network in result["networks"] for row in arm_rows(network)],
        alt="R2 on coming and on old rows and the cost of every way of adapting",
    )
    st.caption(
        "R² over all coming rows, the mean over targets; brackets: 95 % interval over "
        f"n = {repetitions}. Time of all networks together, MACs and parameters of one."
    )


def arm_rows(network: dict[str, Any]) -> list[dict[str, Any]]:
    """One row an arm."""
    return [
        {
            "Network": f"{network['network']}, {widths(network['hidden'])}",
            "Adapted": LABELS[arm["arm"]],
            "R² on coming rows": estimate(arm["r2"]),
            "Gain": "" if arm["gain"] is None else estimate(arm["gain"]),
            "R² on old test rows": estimate(arm["test_r2_after"]),
            "Time": duration(arm["seconds"]),
            "MACs": short_count(arm["macs"]),
            "Parameters updated": arm["updated_params"],
            "Time of full": _share(arm, "seconds"),
            "MACs of full": _share(arm, "macs"),
        }
        for arm in network["arms"]
    ]


def _share(arm: dict[str, Any], what: str) -> str:
    return "" if arm["share_of_full"] is None else percent(arm["share_of_full"][what])


def show_adaptations(run: api.RunFolder) -> None:
    """The adaptation that was made last, or another one."""
    found = {result["name"]: result for result in api.adaptations(run.run_id)}
    if not found:
        st.caption("Nothing has been adapted yet.")
        return
    names = list(found)
    name = newest(run, names)
    if len(names) > 1:
        name = select_in_address("Adaptation", names, name, "adaptation")
    show_adaptation(found[name])


def newest(run: api.RunFolder, names: list[str]) -> str:
    """The one that ended last; where that was since the last look, it is shown at once."""
    done = background_work.newest_done(run.run_id, "adapt")
    name = names[-1]
    with suppress(SpinnError):  # what it printed was meddled with; its result is elsewhere
        told = api.work_result(done).get("name") if done else None
        name = told if told in names else name
    seen = (run.run_id, done and (done.name, done.began))
    before = st.session_state.get(SEEN)
    st.session_state[SEEN] = seen
    if before != seen and not st.session_state["page_entered"]:  # on arrival the address says it
        st.session_state["adaptation"] = name
    return name


st.title("Adapt", anchor=False)
st.markdown(
    "New rows come in order of time. Each batch is predicted first, which is the score, and then "
    "learned from: by training again, by training the late layers alone, or by solving the last "
    "layer in closed form."
)
try:
    chosen = choose_run(finished=True)
    if api.is_demo(chosen):
        st.info(
            "The demo comes without the networks of all seeds, from which a run adapts: start a "
            "run of your own, and come back when it is done.",
            icon=":material/moving:",
        )
    else:
        adapt_form(chosen)
        show_adaptations(chosen)
except SpinnError as error:
    elements.show_error(error)
