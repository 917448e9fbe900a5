"""A folder of runs in which somebody has put links, pipes, and files that lie about their size."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dashboard.reads.growing_files import GrowingMetrics
from spinn_engine import api
from spinn_engine.artifacts.arrays import open_arrays, write_arrays
from spinn_engine.cli import main
from spinn_engine.errors import CorruptArtifactError, SpinnError
from spinn_engine.store.current import current_store
from spinn_engine.store.run_folder import RunFolder


@pytest.mark.parametrize("name", ["linked", ".linked.deleted"])
def test_of_a_linked_run_only_the_link_is_removed(tmp_path: Path, store: Path, name: str) -> None:
    kept = tmp_path / "elsewhere"
    kept.mkdir()
    (kept / "spec.json").write_text("{}")
    store.mkdir()
    (store / name).symlink_to(kept)
    current_store().remove("linked")
    assert list(store.iterdir()) == []
    assert (kept / "spec.json").read_text() == "{}"


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_as_spec_is_no_run_and_hangs_nobody(
    store: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    run = store / "20300101-000000-aaaaaa"
    run.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(run / "spec.json")
    else:
        (run / "spec.json").symlink_to("/dev/zero")
    assert api.list_runs() == []
    assert main.main(["runs"]) == 0
    assert main.main(["jobs"]) == 0
    assert main.main(["compare", run.name]) == 2
    assert "there is no run" in capsys.readouterr().err
    assert main.main(["submit", "--stages", "1"]) == 0


def test_an_array_that_says_it_is_larger_than_it_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, {"score": np.arange(6.0)})
    with open_arrays(path) as arrays:
        assert arrays["score"].sum() == 15
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**40,)}
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("score.npy", header.getvalue() + b"12345678")
    with pytest.raises(CorruptArtifactError, match="it is damaged"), open_arrays(path):
        pass


@pytest.mark.parametrize("content", [b"[" * 100_000 + b"\n", b"{]\n", b"\xff\n"])
def test_metrics_that_are_none_are_a_sentence(store: Path, content: bytes) -> None:
    folder = RunFolder(current_store(), "a")
    folder.path.mkdir(parents=True)
    folder.metrics_path.write_bytes(content)
    with pytest.raises(CorruptArtifactError, match=r"metrics\.jsonl cannot be read"):
        folder.metrics()
    with pytest.raises(SpinnError, match=r"metrics\.jsonl cannot be read"):
        GrowingMetrics(folder.metrics_path).lines()


def test_metrics_that_are_too_large_are_not_read(store: Path) -> None:
    folder = RunFolder(current_store(), "a")
    folder.path.mkdir(parents=True)
    with folder.metrics_path.open("wb") as file:
        file.truncate(100_000_000)  # takes no room on the disk
    with pytest.raises(CorruptArtifactError, match="at most 64 MB"):
        folder.metrics()
    with pytest.raises(SpinnError, match="too large to be shown"):
        GrowingMetrics(folder.metrics_path).lines()
