"""How often a store on another machine is asked what it has."""

from __future__ import annotations

import json

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.store import runs
from spinn_engine.store.run_folder import RESULT_NAME
from tests.results import whole_result
from tests.store.remote_support import Clock, Machines, Requests, write

RESULT = whole_result()
SMALL = {"spec.json": "{}", "metrics.jsonl": "", "log.txt": ""}


def send(machines: Machines, names: list[str], **more: str) -> None:
    here = machines.be("a")
    for name in names:
        write(here, name, SMALL | more)
        here.publish(name)


def looks(requests: Requests) -> int:
    """How many listings were made since this was last asked."""
    found = sum(method == "list_objects_v2" for method, _ in requests)
    requests.clear()
    return found


def test_a_run_under_way_is_looked_at_every_two_seconds_a_quiet_one_every_ten(
    s3_store: str, machines: Machines, requests: Requests, clock: Clock
) -> None:
    send(machines, ["r1"])
    machines.be("b")
    requests.clear()
    for seconds, expected in ((0, 1), (1.9, 0), (0.2, 1), (50, 1), (4, 0), (2, 1), (60, 1), (9, 0)):
        clock.now += seconds
        runs.open_run("r1")
        assert looks(requests) == expected, seconds
    send(machines, ["r1"], other="new")
    machines.be("b")
    clock.now += 2
    runs.open_run("r1")
    requests.clear()
    for expected in (1, 1):
        clock.now += 2.1
        runs.open_run("r1")
        assert looks(requests) == expected


def test_a_finished_run_is_asked_for_once_a_minute_all_together(
    s3_store: str, machines: Machines, requests: Requests, clock: Clock
) -> None:
    names = ["r1", "r2", "r3"]
    send(machines, names, **{RESULT_NAME: json.dumps(RESULT)})
    there = machines.be("b")
    for name in names:
        runs.open_run(name)
    requests.clear()
    clock.now += 59
    assert [runs.open_run(name).is_complete() for name in names] == [True] * 3
    assert looks(requests) == 0
    clock.now += 2
    assert [runs.open_run(name).result() for name in names] == [RESULT] * 3
    assert looks(requests) == 1
    machines.be("a").remove("r2")
    machines.be("b")
    clock.now += 61
    assert runs.open_run("r1").is_complete()
    with pytest.raises(BadInputError, match="no run 'r2'"):
        runs.open_run("r2")
    assert not there.mirror.path("r2").joinpath("spec.json").exists()


def test_many_runs_are_listed_together(
    s3_store: str, machines: Machines, requests: Requests, clock: Clock
) -> None:
    names = [f"r{number}" for number in range(30)]
    send(machines, names, **{RESULT_NAME: json.dumps(RESULT)})
    machines.be("b")
    requests.clear()
    assert len(runs.list_runs()) == 30
    assert looks(requests) == 1
    for name in names[:4]:
        assert runs.open_run(name).is_complete()
    assert looks(requests) == 4
    assert all(run.is_complete() for run in runs.list_runs())
    assert looks(requests) <= 3
    for name in names:
        assert runs.open_run(name).result() == RESULT
    taken = [key for method, key in requests if method == "get_object"]
    assert looks(requests) == 0
    assert len(taken) == len(set(taken)) == 26 * 4
