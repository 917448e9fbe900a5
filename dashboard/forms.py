"""Widgets for data, network and training.

Every one is in the page's address, so that a link repeats the plan.
"""

from __future__ import annotations

import re
from typing import Any, get_args

import streamlit as st

from spinn_engine.errors import BadInputError
from spinn_engine.spec import Activation, ModelSpec, RunSpec, TrainSpec

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


def data_form() -> dict[str, Any]:
    """What is learned; gives the ``data`` part of a spec.

    Raises:
        BadInputError: a table without a path or without targets.
    """
    kind = st.selectbox(
        "Data",
        ("milling-sim", "table"),
        key="source",
        help="milling-sim: simulated CNC milling. table: a CSV or Parquet file of your own.",
        **KEEP,
    )
    if kind != "table":
        return {"source": kind}
    path = st.text_input(
        "Path of the table",
        key="path",
        placeholder="runs.csv, runs.parquet, or a folder",
        help="CSV or Parquet on the server: one file, or a folder with train, val and test.",
        **KEEP,
    )
    targets = st.text_input("Target columns", key="targets", placeholder="wear, drift", **KEEP)
    group = st.text_input(
        "Group column (optional)",
        key="group",
        help="Rows of one group stay together in the split; the column is never an input.",
        **KEEP,
    )
    drop = st.text_input("Columns to leave out (optional)", key="drop", **KEEP)
    if not (path or "").strip():
        raise BadInputError("data: give the path of a CSV or Parquet file, or of a folder")
    if not _names(targets):
        raise BadInputError("data: name at least one target column")
    return {
        "source": f"table:{path.strip()}",
        "targets": _names(targets),
        "group": (group or "").strip() or None,
        "drop": _names(drop),
    }


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def network_form() -> dict[str, Any]:
    """Widths and activation of the dense network; gives the ``model`` part of a spec.

    Raises:
        BadInputError: the widths are not whole numbers.
    """
    default = ModelSpec()
    text = st.text_input(
        "Hidden widths of the dense network",
        ", ".join(map(str, default.hidden)),
        key="hidden",
        help="Neurons of each hidden layer, from the input side, separated by commas.",
        **KEEP,
    )
    activation = st.selectbox("Activation", get_args(Activation), key="activation", **KEEP)
    return {"hidden": parse_widths(text or ""), "activation": activation}


def parse_widths(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas or spaces.

    Raises:
        BadInputError: there are none, or something else stands between them.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip("[]() \t")) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
        raise BadInputError(
            f"hidden widths must be whole numbers such as 512, 512, 512, 256, but got {text[:80]!r}"
        )
    return tuple(int(part) for part in parts)


def training_form() -> tuple[dict[str, Any], tuple[int, ...]]:
    """Epochs and seeds: the ``train`` part of a spec, and its seeds."""
    default = TrainSpec()
    epochs = st.number_input(
        "Epochs of the dense network", 1, 100_000, default.epochs, key="epochs", **KEEP
    )
    fine_tune = st.number_input(
        "Fine-tuning epochs a stage",
        0,
        100_000,
        default.fine_tune_epochs,
        key="fine_tune_epochs",
        **KEEP,
    )
    seeds = st.number_input(
        "Seeds",
        1,
        32,
        len(RunSpec().seeds),
        key="seeds",
        help="Independent repetitions, trained together; intervals need at least 2, a "
        "verdict at least 3.",
        **KEEP,
    )
    return {"epochs": epochs, "fine_tune_epochs": fine_tune}, tuple(range(int(seeds)))
