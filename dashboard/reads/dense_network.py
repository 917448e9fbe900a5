"""A run's trained dense network: its neurons' scores, and what is predicted to be left of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.charts.planned import MOST_CELLS, cell_table
from dashboard.charts.strips import thinning_step
from dashboard.reads import run_files
from dashboard.reads.cached import cached, of_run
from spinn_engine import api
from spinn_engine.spec import Criterion, PruneSpec, Reconstruction

Scores = tuple[NDArray[np.float32], ...]

_of_facts = of_run(lambda run, *_: [run.facts_path])
_DECISIVE = {"criterion", "reconstruction", "round_to", "least_width"}  # of a plan, for `smallest`


@cached(_of_facts, most=8, shared=True)
def dense_scores(run_id: str, criterion: Criterion) -> tuple[int, Scores]:
    """The seed of a run's dense network, and its neurons' scores by layer, not to be changed."""
    seed, scores = api.dense_scores(run_id, criterion)
    return seed, tuple(scores)


@cached(_of_facts, most=8, shared=True)
def dense_cells(run_id: str, criterion: Criterion) -> tuple[int, int, pd.DataFrame]:
    """The seed of a run's dense network, and its neurons as they are drawn, not to be changed.

    Returns:
        The seed; n, where only every n-th neuron is drawn; and the rows of ``cell_table``.
    """
    seed, scores = dense_scores(run_id, criterion)
    return seed, thinning_step([len(score) for score in scores], MOST_CELLS), cell_table(scores)


def dense_seed(run_id: str) -> int | None:
    """The seed of the dense network whose facts a run holds; None while there is none."""
    run = api.open_run(run_id)
    if not run.has(run.facts_path):
        return None
    return dense_scores(run_id, run_files.run_spec(run_id).prune.criterion)[0]


@cached(_of_facts, most=32, spinner="Predicting what would be left ...")
def predicted_curve(
    run_id: str, criterion: Criterion, reconstruction: Reconstruction
) -> list[tuple[int, float]]:
    """``(parameters, predicted validation R2)`` from the dense network of a run downwards."""
    done, made = run_files.result(run_id), run_files.run_spec(run_id).prune
    if done is not None and (criterion, reconstruction) == (made.criterion, made.reconstruction):
        return [(row["params"], row["val_r2"]) for row in done["whatif"]["curve"]]
    found = api.whatif_curve(run_id, criterion, reconstruction)
    return [(stage.params, prediction.r2) for prediction, stage in found]


@cached(_of_facts, most=4096, shared=True)
def predicted_r2(
    run_id: str, hidden: tuple[int, ...], criterion: Criterion, reconstruction: Reconstruction
) -> float:
    """Predicted validation R2 of one set of hidden widths."""
    found = api.whatif(run_id, hidden, criterion=criterion, reconstruction=reconstruction)
    return found[0].r2


def smallest(run_id: str, prune: PruneSpec, loss: float) -> api.Smallest:
    """The smallest network that is predicted to lose at most so much R2.

    Raises:
        BadInputError: every smaller network loses more.
    """
    return _smallest(run_id, PruneSpec.model_validate(prune.model_dump(include=_DECISIVE)), loss)


@cached(_of_facts, most=64, spinner="Looking for the smallest network ...")
def _smallest(run_id: str, prune: PruneSpec, loss: float) -> api.Smallest:
    return api.smallest_predicted(run_id, prune, loss)
