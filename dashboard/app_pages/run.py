"""Run (``?run=``): which neurons went and why, what it cost, and the files to take away."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

from dashboard import cache, elements
from dashboard.charts.neurons import drawn_every, importance_heatmap, survival_map
from dashboard.charts.style import CONFIG
from dashboard.formats import describe, estimate, percent, plain, size, widths
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec

Rows = list[dict[str, Any]]


def choose_run() -> api.RunFolder:
    """The run of the address, or the newest; the page ends here where there is none."""
    runs = [folder.run_id for folder in api.list_runs()]
    wanted = st.query_params.get("run")
    if wanted is not None and wanted not in runs:
        st.warning(f"There is no run {plain(wanted[:80])} here: choose another one.")
    if not runs:
        with st.container(border=True):
            st.markdown("There is no run yet. Plan one; it takes about two minutes.")
            st.page_link("app_pages/plan.py", label="Plan a run", icon=":material/tune:")
        st.stop()
    run_id = st.selectbox(
        "Run", runs, key="run", bind="query-params", width=420, on_change=first_stage
    )
    return api.open_run(run_id)


def first_stage() -> None:
    """Another run may have fewer stages: look at its first one."""
    if "stage" in st.session_state:
        st.session_state["stage"] = 0


@st.fragment
def show_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """Which neurons went and when; a moved slider draws this again and nothing else."""
    try:
        draw_neurons(run_id, rows, seeds, delivered)
    except SpinnError as error:
        elements.show_error(error)


def draw_neurons(run_id: str, rows: Rows, seeds: tuple[int, ...], delivered: int) -> None:
    """The importance heatmap of a stage, and the survival map of the whole run."""
    st.subheader("Which neurons went", anchor=False)
    last = rows[-1]["stage"]
    choose, who, how = st.columns([5, 3, 4], gap="medium")
    stage = 0
    if last:
        stage = choose.slider(
            "Stage (0 is the dense network)", 0, last, 0, key="stage", bind="query-params"
        )
    seed = who.selectbox(
        "Seed",
        seeds,
        index=seeds.index(delivered),
        key=f"seed_{run_id}",
        help=f"The downloads hold seed {delivered}.",
    )
    order = how.segmented_control(
        "Order", ("by score", "by number"), default="by score", required=True, key="order"
    )
    by_score = order == "by score"
    layers = cache.importance(run_id, stage, seed)
    kept = "; ".join(
        f"layer {k}: {layer.kept.sum()} of {len(layer.kept)} kept"
        for k, layer in enumerate(layers, start=1)
    )
    st.plotly_chart(
        importance_heatmap(layers, by_score, elements.is_dark()),
        config=CONFIG,
        key="heatmap",
        alt=f"L1 importance of every neuron at stage {stage}, seed {seed}. {kept}",
    )
    st.caption(
        f"L1 score of a neuron: the sum of its absolute incoming weights and bias, at the end of "
        f"stage {stage}. {cut_sentence(layers, stage, by_score)}{thinning(layers)}"
    )
    with st.expander("The layers in numbers", icon=":material/table:"):
        layer_table(layers)
    show_survival(cache.importance(run_id, last, seed))


def cut_sentence(layers: list[api.LayerImportance], stage: int, by_score: bool) -> str:
    """What is grey in the heatmap of this stage, and what its line means."""
    if all(layer.kept.all() for layer in layers):
        return "Nothing is removed after this stage."
    if by_score:
        return f"The line is the cut: what is right of it, in grey, is gone in stage {stage + 1}."
    return f"What is grey is gone in stage {stage + 1}."


def thinning(layers: list[api.LayerImportance]) -> str:
    """Said where not every neuron is drawn."""
    step = drawn_every([len(layer.kept) for layer in layers])
    return "" if step == 1 else f" One neuron in {step} is drawn."


def layer_table(layers: list[api.LayerImportance]) -> None:
    """Kept and removed of each layer, and how their scores lie."""
    rows = [
        {
            "Layer": str(number),
            "Neurons": len(layer.kept),
            "Kept": int(layer.kept.sum()),
            "Removed": int((~layer.kept).sum()),
            "Median score kept": f"{np.median(layer.score[layer.kept]):.4g}",
            "Median score removed": "–"
            if layer.kept.all()
            else f"{np.median(layer.score[~layer.kept]):.4g}",
        }
        for number, layer in enumerate(layers, start=1)
    ]
    elements.table(rows, alt="Kept and removed neurons of each layer")


def show_survival(layers: list[api.LayerImportance]) -> None:
    """When each neuron of the dense network went."""
    st.subheader("When they went", anchor=False)
    order = st.segmented_control(
        "Order of the neurons",
        ("longest kept first", "by number"),
        default="longest kept first",
        required=True,
        key="survival_order",
    )
    left = "; ".join(
        f"layer {k}: {(layer.stage_removed < 0).sum()} of {len(layer.stage_removed)} left"
        for k, layer in enumerate(layers, start=1)
    )
    st.plotly_chart(
        survival_map(layers, order != "by number", elements.is_dark()),
        config=CONFIG,
        key="survival",
        alt=f"The stage that removed each neuron of the dense network. {left}",
    )


def show_validation_table(rows: Rows) -> None:
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
    st.caption(
        "R² on the validation rows, which also chose the best epoch; the test rows are read once, "
        "when the run ends."
    )


def show_files(folder: api.RunFolder) -> None:
    """Every file to take away; read only when its button is pressed."""
    stages = sorted(folder.checkpoints.glob("*.pt"))
    with st.container(horizontal=True, gap="small", key="files"):
        if folder.is_complete():
            final = folder.checkpoints / "spinn_structured_final.pt"
            stages = [path for path in stages if path != final]
            download(final, "primary")
            download(folder.result_path)
        with st.popover("Every stage", icon=":material/folder_zip:", key="stage_files"):
            for path in stages:
                download(path)


def download(path: Path, kind: Literal["primary", "secondary"] = "secondary") -> None:
    """One file with its size."""
    there = path.exists()
    label = f"{path.name} ({size(path.stat().st_size)})" if there else f"{path.name} (missing)"
    st.download_button(
        label,
        data=path.read_bytes if there else b"",
        file_name=path.name,
        mime="application/json" if path.suffix == ".json" else "application/octet-stream",
        key=f"get_{path.stem}",
        on_click="ignore",
        icon=":material/download:",
        disabled=not there,
        type=kind,
    )


def about(spec: RunSpec) -> str:
    """The run in one line."""
    train = spec.train
    return (
        f"{describe(spec)}; {spec.model.activation}, {train.epochs} epochs and "
        f"{train.fine_tune_epochs} of fine-tuning a stage, "
        f"reconstruction {spec.prune.reconstruction.replace('_', ' ')}."
    )


def show_run(folder: api.RunFolder) -> None:
    """Everything about one run, as far as it is."""
    spec, result = cache.run_spec(folder.run_id), cache.result(folder.run_id)
    st.caption(about(spec))
    rows = cache.stage_rows(folder.run_id)
    if result is None:
        st.info(
            f"This run has not ended: {len(rows)} of {spec.prune.stages + 1} stages are finished. "
            "What they gave is shown here, with R² on validation rows.",
            icon=":material/hourglass_top:",
        )
        st.page_link("app_pages/jobs.py", label="Watch it", icon=":material/list:")
    if not rows:
        return
    if result is not None:
        show_badges(result)
        elements.headline(result)
    show_files(folder)
    show_neurons(folder.run_id, rows, spec.seeds, delivered_seed(spec, result))
    st.subheader("How the network shrank", anchor=False)
    elements.shapes(
        [
            (elements.stage_name(row["stage"]), row["hidden"], f"{row['params']:,} parameters")
            for row in rows
        ]
    )
    st.subheader("What every stage gave", anchor=False)
    if result is None:
        show_validation_table(rows)
    else:
        elements.result_table(result)
        elements.tradeoff_chart(result)
    with st.expander("Learning curves", icon=":material/show_chart:"):
        elements.learning_curves(folder.run_id)


def delivered_seed(spec: RunSpec, result: dict[str, Any] | None) -> int:
    """The seed whose network the files hold; before the end, the first one."""
    return spec.seeds[0] if result is None else int(result["delivered_seed"])


def show_badges(result: dict[str, Any]) -> None:
    """What a reader must know of the data before any number."""
    data = result["data"]
    with st.container(horizontal=True, gap="small"):
        if data["simulated"]:
            st.badge("simulated data", icon=":material/science:", color="violet")
        groups = f", {data['groups']} groups" if data["groups"] else ""
        rows = data["rows"]
        st.badge(
            f"{rows['train']:,} training, {rows['val']:,} validation, {rows['test']:,} test rows"
            f"{groups}",
            color="gray",
        )


st.title("Run", anchor=False)
try:
    show_run(choose_run())
except SpinnError as error:
    elements.show_error(error)
