"""The places beside a slider's are predicted before anyone moves there."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from dashboard.plan import prefetch
from dashboard.reads import dense_network
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import PruneSpec

PLAN = partial(api.plan, hidden=(64, 32), inputs=3, outputs=1)


def last(share: float) -> tuple[int, ...]:
    return PLAN(PruneSpec(param_reduction=share))[-1].hidden


def test_both_neighbours_are_predicted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(
        dense_network, "predicted_r2", lambda run, hidden, *_: asked.append((run, hidden))
    )
    prefetch.predict_neighbours("a run", PruneSpec(param_reduction=0.4), PLAN, {}).result(20)
    assert asked == [("a run", last(0.405)), ("a run", last(0.395))]


@pytest.mark.parametrize("same", [True, False])
def test_a_later_move_takes_over_in_its_own_session(
    same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine: dict[str, list[int]] = {}
    asked: list[tuple[int, ...]] = []
    waiting, going = threading.Event(), threading.Event()

    def predicted(_: str, hidden: tuple[int, ...], *__: str) -> None:
        asked.append(hidden)
        waiting.set()
        going.wait(20)

    monkeypatch.setattr(dense_network, "predicted_r2", predicted)
    first = prefetch.predict_neighbours("a run", PruneSpec(param_reduction=0.4), PLAN, mine)
    assert waiting.wait(20)
    other = mine if same else {}
    second = prefetch.predict_neighbours("a run", PruneSpec(param_reduction=0.6), PLAN, other)
    going.set()
    first.result(20)
    second.result(20)
    rest = [] if same else [last(0.395)]
    assert asked == [last(0.405), *rest, last(0.605), last(0.595)]


@pytest.mark.parametrize(
    ("prune", "found"),
    [
        (PruneSpec(pruning_ratio=0.25), [0.255, 0.245]),
        (PruneSpec(mac_reduction=0.99), [0.995, 0.985]),
        (PruneSpec(param_reduction=0.005), [0.01]),
        (PruneSpec(max_bytes=1000), []),
    ],
)
def test_the_neighbours_are_a_notch_away(prune: PruneSpec, found: list[float]) -> None:
    near = prefetch.neighbours(prune)
    shares = [one.pruning_ratio or one.mac_reduction or one.param_reduction for one in near]
    assert shares == found


def test_what_cannot_be_had_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(dense_network, "predicted_r2", lambda _, hidden, *__: asked.append(hidden))

    def plan(prune: PruneSpec) -> list[api.Stage]:
        if prune.param_reduction == 0.405:
            raise BadInputError("no such plan")
        return PLAN(prune)

    prefetch.predict_neighbours("a run", PruneSpec(param_reduction=0.4), plan, {}).result(20)
    assert asked == [last(0.395)]
