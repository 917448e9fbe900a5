import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.jobs.history import newest_pace
from spinn_engine.store.demo import demo_run
from spinn_engine.store.runs import RunFolder
from tests.jobs.support import MakeRun
from tests.results import whole_result

CPU = {"device": "cpu", "device_name": "x86_64"}


def finish(folder: RunFolder, environment: dict[str, str], seconds: list[float]) -> None:
    result: dict[str, Any] = {
        **whole_result(),
        "environment": {**whole_result()["environment"], **environment},
        "wall_seconds": seconds,
    }
    for arm in result["arms"]:  # as in a result that does not tell them
        del arm["trainings"]
    result["data"]["rows"]["train"] = folder.training_rows()
    folder.result_path.write_text(json.dumps(result))


def seconds_of(folder: RunFolder, device: str) -> float | None:
    rows = folder.training_rows()
    assert rows is not None
    pace = newest_pace(device)
    return None if pace is None else pace.expected(folder.spec(), planned_stages(folder), rows)


def test_a_run_like_an_earlier_one_is_expected_to_take_as_long(make_run: MakeRun) -> None:
    earlier, new = make_run(7, 3), make_run(7, 3)
    finish(earlier, CPU, [20.0, 6.0, 4.0])
    assert seconds_of(new, "cpu") == pytest.approx(30.0)
    assert seconds_of(make_run(14, 6), "cpu") == pytest.approx(60.0)


def test_a_run_that_validation_ended_early_counts_with_the_epochs_it_had(
    make_run: MakeRun,
) -> None:
    earlier, new = make_run(8, 4), make_run(8, 4)
    finish(earlier, CPU, [20.0, 6.0, 4.0])
    result = json.loads(earlier.result_path.read_text())
    blocks = [(stage, arm) for stage in range(3) for arm in earlier.spec().blocks(stage).values()]
    training = whole_result()["arms"][0]["trainings"][0]
    for arm in result["arms"]:
        arm["trainings"] = [
            {**training, "stage": stage, "epochs": 2 if stage else 4}
            for stage, arms in blocks
            if arm["arm"] in arms
        ]
    earlier.result_path.write_text(json.dumps(result))
    assert seconds_of(new, "cpu") == pytest.approx(60.0)


def test_other_devices_and_broken_results_tell_nothing(make_run: MakeRun) -> None:
    new = make_run()
    assert seconds_of(new, "cpu") is None
    broken = make_run()
    broken.result_path.write_text("{}")
    h100 = make_run()
    finish(h100, {"device": "cuda:0", "device_name": "NVIDIA H100"}, [3.0])
    assert seconds_of(new, "cpu") is None
    assert seconds_of(new, "cuda:1 (NVIDIA A100)") is None
    assert seconds_of(new, "cuda:1 (NVIDIA H100)") is not None


def test_a_plan_without_earlier_runs_goes_by_the_demo(store: Path) -> None:
    demo, pace = demo_run(), newest_pace()
    assert demo is not None
    assert pace is not None
    assert (pace.run_id, pace.device) == ("demo", "cpu")
    result = demo.result()
    assert result is not None
    spec, rows = demo.spec(), result["data"]["rows"]["train"]
    seconds = pace.expected(spec, planned_stages(demo), rows)
    assert seconds == pytest.approx(sum(result["wall_seconds"]), rel=0.05)
    told = pace.sentence(spec, planned_stages(demo), rows)
    assert told.startswith(
        "At the pace of run demo on the CPU all stages and arms take at most about 3"
    )
