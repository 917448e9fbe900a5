"""TDMS, written by nptdms as LabVIEW writes it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nptdms import ChannelObject, TdmsFile, TdmsWriter

from spinn_engine.errors import BadInputError
from tests.problems.containers.support import columns, notes

Channels = list[tuple[str, str, Any, dict[str, Any]]]


def write(path: Path, channels: Channels, segments: int = 1) -> Path:
    with TdmsWriter(path) as writer:
        for _ in range(segments):
            writer.write_segment(
                [ChannelObject(group, name, c, properties=p) for group, name, c, p in channels]
            )
    return path


def test_units_and_the_time_of_a_waveform(tmp_path: Path) -> None:
    wave = {"wf_increment": 0.25, "wf_start_offset": 1.0}
    path = write(
        tmp_path / "a.tdms",
        [
            ("run", "force", np.arange(3.0), {**wave, "unit_string": "N"}),
            ("run", "temp [degC]", np.arange(3), {**wave, "unit_string": "degC"}),
            ("run", "metal", ["a", "b", "c"], {}),
            ("notes", "k", np.arange(2), {}),
        ],
        segments=2,
    )
    found = columns(path)
    assert found["force [N]"] == [0, 1, 2] * 2
    assert found["metal"] == ["a", "b", "c"] * 2
    assert list(found) == ["time [s]", "force [N]", "temp [degC]", "metal"]
    assert found["time [s]"] == list(TdmsFile.read(path)["run"]["force"].time_track())
    assert "left out: notes (4 rows by 1 column)" in notes(path)
    assert columns(path, "notes") == {"k": [0, 1, 0, 1]}


def test_groups_that_are_alike_are_stacked(tmp_path: Path) -> None:
    made: Channels = [
        (f"run {n}", name, np.arange(2) + n, {}) for n in range(2) for name in ("x", "y")
    ]
    path = write(tmp_path / "a.tdms", made)
    with pytest.raises(BadInputError, match=r"several tables.*as by --sheet 'run 0'"):
        columns(path)
    assert columns(path, "run 1", "run 0")["x"] == [1, 2, 0, 1]


def test_other_steps_of_time_are_no_table(tmp_path: Path) -> None:
    made: Channels = [
        ("run", f"c{n}", np.arange(3), {"wf_increment": 0.1 * (n + 1)}) for n in range(2)
    ]
    with pytest.raises(BadInputError, match=r"'c0' and 'c1' have as many rows but another time"):
        columns(write(tmp_path / "a.tdms", made))


def test_a_scale_that_is_unknown_is_not_passed_over(tmp_path: Path) -> None:
    scale = {"NI_Number_Of_Scales": 1, "NI_Scale[0]_Scale_Type": "Wavelet"}
    made: Channels = [("run", "a", np.arange(3), scale), ("run", "b", np.arange(3), {})]
    path = write(tmp_path / "a.tdms", made)
    assert list(TdmsFile.read(path)["run"]["a"][:]) == [0, 1, 2]  # what would be read instead
    with pytest.raises(BadInputError, match="'a' has a scale of the unknown kind 'Wavelet'"):
        columns(path)


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tdms", [("r", n, np.arange(100.0), {}) for n in "xy"])
    path.write_bytes(path.read_bytes()[:-160])
    assert "ends in the middle of what was written last: rows may be missing." in notes(path)
    assert columns(path) == {"x": list(range(80)), "y": list(range(80))}


def test_an_index_beside_it_is_not_opened(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tdms", [("r", n, np.arange(3), {}) for n in "xy"])
    (tmp_path / "a.tdms_index").write_bytes(b"not an index")
    assert columns(path) == {"x": [0, 1, 2], "y": [0, 1, 2]}
