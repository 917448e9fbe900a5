"""Predicts in the background what the next move of Plan's slider will need.

A prediction at new widths takes most of a move (``tests.benchmarks.slider``); the likeliest move of
a slider is by one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

from dashboard.parts.forms.prune import SLIDERS, STEP, from_percent
from dashboard.reads import dense_network
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.spec import PruneSpec

PlanStages = Callable[[PruneSpec], list[api.Stage]]

REST_SECONDS = 0.3  # what has been drawn reaches the browser first, and who drags goes on

LATEST = "latest_move"  # in a session: the move that counts, whose neighbours are likely

_pool = ThreadPoolExecutor(1, "prefetch")
_moves = count()


def predict_neighbours(
    run_id: str, prune: PruneSpec, plan: PlanStages, session: MutableMapping[Any, Any]
) -> Future[None]:
    """Predict the plans one step of the slider up and down, in the background.

    Args:
        run_id: the run with the dense network.
        prune: the plan as it stands.
        plan: gives the stages of another.
        session: of the visitor whose slider it is; a later move of it takes over.
    """
    latest = session.setdefault(LATEST, [0])
    latest[0] = move = next(_moves)
    return _pool.submit(_predict_neighbours, run_id, prune, plan, lambda: latest[0] == move)


def _predict_neighbours(
    run_id: str, prune: PruneSpec, plan: PlanStages, counts: Callable[[], bool]
) -> None:
    if counts():
        time.sleep(REST_SECONDS)
    for near in neighbours(prune):
        if not counts():
            return
        try:
            hidden = plan(near)[-1].hidden
            dense_network.predicted_r2(run_id, hidden, near.criterion, near.reconstruction)
        except SpinnError:  # cannot be had; who moves there is told why
            continue


def neighbours(prune: PruneSpec) -> list[PruneSpec]:
    """The plans one notch further and one back; none where no slider gives the amount."""
    field, value = prune.amount
    if field not in SLIDERS:
        return []
    near = (from_percent(100 * value + step) for step in (STEP, -STEP))
    return [prune.model_copy(update={field: one}) for one in near if 0 < one < 1]
