import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.api import plan
from spinn_engine.jobs.progress import Progress, progress, recent_lines
from spinn_engine.spec import RunSpec

SPEC = RunSpec.from_dict(
    {
        "model": {"hidden": [64, 64]},
        "train": {"epochs": 10, "fine_tune_epochs": 5},
        "prune": {"stages": 2, "pruning_ratio": 0.5},
        "compare": {"controls": []},
    }
)
STAGES = plan(SPEC.prune, SPEC.model.hidden, 16, 2)


def line(stage: int, epoch: int, seconds: float = 1.0) -> dict[str, Any]:
    epochs = 5 if stage else 10
    arm = "structured" if stage else "dense"
    return {"stage": stage, "arm": arm, "epoch": epoch, "epochs": epochs, "seconds": seconds}


def test_nothing_is_estimated_before_an_epoch_has_ended() -> None:
    assert progress(SPEC, STAGES, []) == Progress(0, 0, 10, None)
    assert progress(SPEC, STAGES, [line(0, 0, 0.01)]) == Progress(0, 0, 10, None)


def test_time_left_counts_later_stages_by_their_parameters() -> None:
    sizes = [stage.params / STAGES[0].params for stage in STAGES]
    assert sizes[1] < 0.5
    found = progress(SPEC, STAGES, [line(0, 0, 0.01), line(0, 1, 2.0), line(0, 2, 2.0)])
    assert found.eta_seconds == pytest.approx(2.0 * (8 + 5 * sizes[1] + 5 * sizes[2]))
    assert (found.stage, found.epoch, found.epochs) == (0, 2, 10)


def test_the_start_of_a_stage_is_estimated_from_the_stage_before() -> None:
    sizes = [stage.params / STAGES[0].params for stage in STAGES]
    found = progress(SPEC, STAGES, [line(0, 9), line(0, 10), line(1, 0, 0.01)])
    assert found.eta_seconds == pytest.approx(5 * sizes[1] + 5 * sizes[2])
    own = progress(SPEC, STAGES, [line(0, 10, 100.0), line(1, 0, 0.01), line(1, 1, 0.5)])
    assert own.eta_seconds == pytest.approx(0.5 * (4 + 5 * sizes[2] / sizes[1]))


def test_one_slow_epoch_does_not_change_the_estimate() -> None:
    even = progress(SPEC, STAGES, [line(0, epoch) for epoch in range(1, 6)])
    slow = progress(SPEC, STAGES, [*(line(0, epoch) for epoch in range(1, 5)), line(0, 5, 60.0)])
    assert slow == even


def test_only_the_end_of_a_long_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    assert recent_lines(path) == []
    path.write_text("".join(json.dumps(line(0, epoch)) + "\n" for epoch in range(5000)) + '{"st')
    lines = recent_lines(path)
    assert lines[-1]["epoch"] == 4999
    assert [one["epoch"] for one in lines] == list(range(5000 - len(lines), 5000))
    assert len(lines) < 2000
