import math

import numpy as np
import pytest
from scipy import stats

from spinn_engine.problems.nasa.recordings import Run
from spinn_engine.problems.nasa.windows import INPUT_NAMES, columns, kurtosis
from tests.problems.mill_file import mill_records

SIGNALS = ("smcAC", "smcDC", "vib_table", "vib_spindle", "AE_table", "AE_spindle")


def as_run(record: dict[str, object]) -> Run:
    return Run(
        case=int(str(record["case"])),
        run=int(str(record["run"])),
        wear=float(str(record["VB"])),
        settings={name: float(str(record[name])) for name in ("time", "DOC", "feed", "material")},
        signals={name: np.asarray(record[name], dtype=np.float64) for name in SIGNALS},
    )


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [as_run(record) for record in mill_records(cases=2, runs=2)]


def test_eighteen_inputs_none_of_them_an_id() -> None:
    assert len(INPUT_NAMES) == len(set(INPUT_NAMES)) == 18
    assert {"case", "run", "VB"}.isdisjoint(INPUT_NAMES)


def test_every_feature_is_what_a_loop_over_its_samples_gives(runs: list[Run]) -> None:
    found = columns(runs)
    assert tuple(found) == INPUT_NAMES
    for name in INPUT_NAMES[4:]:
        signal, statistic = name.rsplit("_", 1)
        expected = []
        for run in runs:
            for window in range(8):
                values = run.signals[signal][4_000 + 250 * window : 4_250 + 250 * window].tolist()
                mean = sum(values) / 250
                expected.append(
                    {
                        "rms": math.sqrt(sum(v * v for v in values) / 250),
                        "std": math.sqrt(sum((v - mean) ** 2 for v in values) / 250),
                        "peak": max(abs(v) for v in values),
                        "kurtosis": float(stats.kurtosis(values)),
                    }[statistic]
                )
        assert found[name] == pytest.approx(expected, rel=1e-9, abs=1e-12), name


def test_settings_are_those_of_the_run_and_time_goes_on_by_a_second(runs: list[Run]) -> None:
    found = columns(runs)
    assert found["DOC"][:8].tolist() == [runs[0].settings["DOC"]] * 8
    assert found["material"][-8:].tolist() == [runs[-1].settings["material"]] * 8
    assert np.diff(found["time"][:8]) == pytest.approx([1 / 60] * 7)
    assert found["time"][0] == pytest.approx(runs[0].settings["time"] + 16.5 / 60)


def test_kurtosis_of_what_does_not_vary_is_zero_and_of_any_size_the_same() -> None:
    rng = np.random.default_rng(3)
    values = rng.exponential(size=(4, 250))
    assert kurtosis(np.full((2, 250), 9.995)).tolist() == [0.0, 0.0]
    assert kurtosis(np.zeros((1, 250))).tolist() == [0.0]
    assert kurtosis(1e-150 * values) == pytest.approx(stats.kurtosis(values, axis=-1))
    assert kurtosis(90 + 1e-3 * values) == pytest.approx(stats.kurtosis(values, axis=-1), rel=1e-6)
