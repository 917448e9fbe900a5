import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.jobs.history import seconds_a_unit
from spinn_engine.jobs.progress import progress
from spinn_engine.store.run_folder import RESULT_KEYS
from spinn_engine.store.runs import RunFolder
from tests.jobs.support import MakeRun

CPU = {"device": "cpu", "device_name": "x86_64"}


def finish(folder: RunFolder, environment: dict[str, str], seconds: list[float]) -> None:
    result: dict[str, Any] = {
        **dict.fromkeys(RESULT_KEYS),
        "environment": environment,
        "wall_seconds": seconds,
        "data": {"rows": {"train": folder.training_rows()}},
    }
    folder.result_path.write_text(json.dumps(result))


def test_a_run_like_an_earlier_one_is_expected_to_take_as_long(make_run: MakeRun) -> None:
    earlier, new = make_run(7, 3), make_run(7, 3)
    finish(earlier, CPU, [20.0, 6.0, 4.0])
    unit = seconds_a_unit(new, "cpu")
    expected = progress(new.spec(), planned_stages(new), [], unit)
    assert expected.eta_seconds == pytest.approx(30.0)
    longer = make_run(14, 6)
    twice = progress(longer.spec(), planned_stages(longer), [], seconds_a_unit(longer, "cpu"))
    assert twice.eta_seconds == pytest.approx(60.0)


def test_other_devices_and_broken_results_tell_nothing(make_run: MakeRun) -> None:
    new = make_run()
    assert seconds_a_unit(new, "cpu") is None
    broken = make_run()
    broken.result_path.write_text("{}")
    h100 = make_run()
    finish(h100, {"device": "cuda:0", "device_name": "NVIDIA H100"}, [3.0])
    assert seconds_a_unit(new, "cpu") is None
    assert seconds_a_unit(new, "cuda:1 (NVIDIA A100)") is None
    assert seconds_a_unit(new, "cuda:1 (NVIDIA H100)") is not None


def test_a_run_made_before_rows_were_noted_has_no_estimate(
    make_run: MakeRun, tmp_path: Path
) -> None:
    earlier, new = make_run(), make_run()
    finish(earlier, CPU, [3.0])
    stored = json.loads(new.spec_path.read_text())
    del stored["training_rows"]
    new.spec_path.write_text(json.dumps(stored))
    assert seconds_a_unit(new, "cpu") is None
