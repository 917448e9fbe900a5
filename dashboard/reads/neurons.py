"""Cached reads about single neurons, and about the dense network that a plan would cut."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.planned import MOST_CELLS, cell_table
from dashboard.charts.strips import drawn_every
from dashboard.reads.cache import Stamp, data_summary, result, run_spec, stamp
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import Criterion, PruneSpec

Scores = tuple[NDArray[np.float32], ...]


def dense_scores(run_id: str, criterion: Criterion) -> tuple[int, Scores]:
    """The seed of a run's dense network, and its neurons' scores by layer, not to be changed."""
    return _dense_scores(run_id, criterion, _facts_stamp(run_id))


@lru_cache(maxsize=8)
def _dense_scores(run_id: str, criterion: Criterion, _: Stamp) -> tuple[int, Scores]:
    seed, scores = api.dense_scores(run_id, criterion)
    return seed, tuple(scores)


def dense_cells(run_id: str, criterion: Criterion) -> tuple[int, int, pd.DataFrame]:
    """The seed of a run's dense network, and its neurons as they are drawn, not to be changed.

    Returns:
        The seed; n, where only every n-th neuron is drawn; and the rows of ``cell_table``.
    """
    return _dense_cells(run_id, criterion, _facts_stamp(run_id))


@lru_cache(maxsize=8)
def _dense_cells(run_id: str, criterion: Criterion, _: Stamp) -> tuple[int, int, pd.DataFrame]:
    seed, scores = dense_scores(run_id, criterion)
    return seed, drawn_every([len(score) for score in scores], MOST_CELLS), cell_table(scores)


def smallest(run_id: str, prune: PruneSpec, loss: float) -> api.Smallest:
    """The smallest network that is predicted to lose at most so much R2.

    Raises:
        BadInputError: every smaller network loses more.
    """
    how = prune.model_dump_json(include={"criterion", "reconstruction", "round_to", "least_width"})
    return _smallest(run_id, how, loss, _facts_stamp(run_id))


@st.cache_data(max_entries=64, show_spinner="Looking for the smallest network ...")
def _smallest(run_id: str, how: str, loss: float, stamp: Stamp) -> api.Smallest:
    return api.smallest(run_id, PruneSpec.model_validate_json(how), loss)


def neuron(run_id: str, layer: int, number: int) -> tuple[api.Neuron, list[api.Choice]]:
    """One neuron of a run's dense network, and every choice that it stood in so far.

    Raises:
        BadInputError: there is no such neuron, or no dense network yet.
    """
    folder = api.open_run(run_id)
    stages = range(folder.spec().prune.stages)
    choices = tuple(stamp(folder.bring(folder.importance_path(stage))) for stage in stages)
    return _neuron(run_id, layer, number, (_facts_stamp(run_id), *choices))


@st.cache_data(max_entries=128, show_spinner="Looking at the neuron ...")
def _neuron(
    run_id: str, layer: int, number: int, stamps: tuple[Stamp, ...]
) -> tuple[api.Neuron, list[api.Choice]]:
    return api.neuron(run_id, layer, number)


def input_names(run_id: str, count: int) -> tuple[str, ...]:
    """The inputs of a run's network, by name where they are still known."""
    found = result(run_id)
    if found is not None:
        return tuple(map(str, found["data"]["input_names"]))
    try:
        names = data_summary(run_spec(run_id).data).input_names
    except SpinnError:
        names = ()
    if len(names) != count:
        return tuple(f"input {place}" for place in range(1, count + 1))
    return names


def facts_seed(run_id: str) -> int | None:
    """Whose dense network the run's facts hold; None while there is none."""
    folder = api.open_run(run_id)
    if not folder.has(folder.facts_path):
        return None
    return dense_scores(run_id, run_spec(run_id).prune.criterion)[0]


def _facts_stamp(run_id: str) -> Stamp:
    folder = api.open_run(run_id)
    return stamp(folder.bring(folder.facts_path))
