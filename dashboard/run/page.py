"""Run (``?run=``): the verdict, what it cost, which neurons went, and the files to take away."""

from functools import partial
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from dashboard.parts import elements, finished_run, learning_curves, physics
from dashboard.parts.markdown import plain
from dashboard.parts.presentation import navigation
from dashboard.parts.run_choice import choose_run
from dashboard.parts.spec_words import describe, length
from dashboard.parts.verdict import show_verdict
from dashboard.reads import run_files
from dashboard.run import comparison, neuron_maps, prediction, solution
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import SCHEDULES
from spinn_engine.words import counted, estimate, percent, size, widths

Rows = list[dict[str, Any]]


def show_validation_table(rows: Rows, spec: RunSpec) -> None:
    """The finished stages of a run that has not ended."""
    elements.table(
        [
            {
                "Stage": elements.stage_name(row["stage"]),
                "Hidden widths": widths(row["hidden"]),
                "Parameters": row["params"],
                "Reduction": percent(row["param_reduction"]) if row["stage"] else "",
                "R² validation": estimate(row["val_r2"]),
                "n": row["val_r2"]["n"],
            }
            for row in rows
        ],
        alt="Widths, size and validation R2 of every finished stage",
    )
    ranked = SCHEDULES[spec.prune.schedule].widths == "ranked"
    nominal = " The widths are nominal until then." if ranked else ""
    st.caption(
        "R² on the validation rows, which also chose the best epoch; the test rows are read once, "
        f"when the run ends.{nominal}"
    )


def show_files(folder: api.RunFolder) -> None:
    """Every file to take away; read only when its button is pressed."""
    stages = folder.checkpoint_paths()
    with st.container(horizontal=True, gap="small", key="files"):
        if folder.is_complete():
            final = folder.checkpoints / "spinn_structured_final.pt"
            stages = [path for path in stages if path != final]
            download(folder, final, "primary")
            download(folder, folder.result_path)
        with st.popover("Every stage", icon=":material/folder_zip:", key="stage_files"):
            for path in stages:
                download(folder, path)


def download(
    folder: api.RunFolder, path: Path, kind: Literal["primary", "secondary"] = "secondary"
) -> None:
    """One file with its size."""
    there = folder.size(path)
    label = f"{path.name} (missing)" if there is None else f"{path.name} ({size(there)})"
    st.download_button(
        label,
        data=b"" if there is None else lambda: folder.checked(path).read_bytes(),
        file_name=path.name,
        mime="application/json" if path.suffix == ".json" else "application/octet-stream",
        key=f"get_{path.stem}",
        on_click="ignore",
        icon=":material/download:",
        disabled=there is None,
        type=kind,
    )


def run_in_a_line(spec: RunSpec) -> str:
    """The run in one line."""
    return (
        f"{describe(spec)}; {spec.model.activation}, {length(spec)} and "
        f"{length(spec, later=True)} of fine-tuning a stage, "
        f"criterion {plain(spec.prune.criterion)}, "
        f"reconstruction {spec.prune.reconstruction.replace('_', ' ')}."
    )


def started_by(folder: api.RunFolder) -> str:
    """Whose run it is, where somebody had logged in."""
    owner = api.owner(folder.run_id)
    return f" Started by {plain(owner.name)}." if owner else ""


def show_run(folder: api.RunFolder) -> None:
    """Everything that is known of one run so far."""
    spec, result = run_files.run_spec(folder.run_id), run_files.result(folder.run_id)
    st.caption(f"{run_in_a_line(spec)}{started_by(folder)}")
    rows = run_files.stage_rows(folder.run_id)
    if result is None:
        st.info(
            f"This run has not ended: {len(rows)} of {spec.prune.stages + 1} stages are finished. "
            "What they gave is shown here, with R² on validation rows.",
            icon=":material/hourglass_top:",
        )
        st.page_link("jobs/page.py", label="Watch it", icon=":material/list:")
    if not rows:
        return
    if result is not None:
        navigation.show_entry_links(folder.run_id)
        show_result(result)
    show_files(folder)
    neuron_maps.show_neurons(folder.run_id, rows, spec.seeds, delivered_seed(spec, result))
    st.header("How the network shrank", anchor=False)
    drawn = [
        (elements.stage_name(row["stage"]), row["hidden"], f"{row['params']:,} parameters")
        for row in rows
    ]
    st.html(elements.shapes(drawn, run_files.dense_graph(folder.run_id)))
    st.header("What every stage gave", anchor=False)
    if result is None:
        show_validation_table(rows, spec)
    else:
        finished_run.result_table(result)
    draw = partial(learning_curves.show, folder.run_id)
    elements.folded("Learning curves", ":material/show_chart:", "learning_curves", draw)


def show_result(result: dict[str, Any]) -> None:
    """What a reader of a finished run must see first."""
    show_badges(result)
    if result["notes"]:
        with st.expander(counted(len(result["notes"]), "remark"), icon=":material/info:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in result["notes"]))
    finished_run.show_errors(result)
    show_verdict(result)
    finished_run.key_figures(result)
    comparison.show_comparison(result)
    st.header("What smaller costs", anchor=False)
    finished_run.tradeoff_chart(result)
    comparison.show_folds(result)
    physics.show_physics(result)
    solution.show_solution(result)
    prediction.show_measured(result)


def delivered_seed(spec: RunSpec, result: dict[str, Any] | None) -> int:
    """The seed whose network the files hold; before the end, the first one."""
    return spec.seeds[0] if result is None else int(result["delivered_seed"])


def show_badges(result: dict[str, Any]) -> None:
    """What a reader must know of the data before any number."""
    data = result["data"]
    with st.container(horizontal=True, gap="small"):
        if data["simulated"]:
            elements.simulated_badge()
        for name in data["modelled"]:
            st.badge(f"{plain(name)} is modelled, not measured", color="orange")
        if imported := result.get("brought"):
            st.badge(f"dense network imported from {plain(imported['file'])}", color="blue")
        groups = f", {data['groups']} groups" if data["groups"] else ""
        rows = data["rows"]
        st.badge(
            f"{rows['train']:,} training, {rows['val']:,} validation, {rows['test']:,} test rows"
            f"{groups}",
            color="gray",
        )


if navigation.is_requested():
    navigation.show()
    st.stop()
st.title("Run", anchor=False)
try:
    show_run(choose_run())
except SpinnError as error:
    elements.show_error(error)
