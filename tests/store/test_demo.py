"""The run that ships with the program: whole, true, small, and never written to."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import r2_score

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder

MOST_BYTES = 1_200_000


@pytest.fixture
def demo() -> RunFolder:
    found = api.demo_run()
    assert found is not None
    return found


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_its_network_scores_what_its_result_says(demo: RunFolder) -> None:
    """By scikit-learn, on data that is simulated anew: neither files nor figures are stale."""
    import torch

    result = demo.result()
    assert result is not None
    problem = api.load_problem(demo.spec().data)
    assert problem.sha256() == demo.data_hash() == result["data"]["sha256"]
    network = api.load_network(demo.checkpoints / "spinn_structured_final.pt")
    inputs = torch.from_numpy(problem.inputs[problem.test])
    with torch.no_grad():
        found = network(inputs.to(torch.float32)).numpy()
    score = r2_score(problem.targets[problem.test], found)
    assert score == pytest.approx(result["spinn_r2"], abs=1e-5)


def test_it_is_small_and_has_what_pages_read(demo: RunFolder) -> None:
    assert sum(path.stat().st_size for path in demo.path.rglob("*") if path.is_file()) < MOST_BYTES
    result = demo.result()
    assert result is not None
    assert result["run_id"] == "demo" == demo.run_id
    assert len(demo.checkpoint_paths()) == 3 + 3
    for stage in range(4):
        assert len(api.importance("demo", stage)) == 3
    prediction, size = api.whatif("demo", param_reduction=0.5)
    assert 0 < prediction.r2 < 1
    assert size.params < result["dense_params"]


def test_it_is_in_no_list_and_found_by_its_id(demo: RunFolder) -> None:
    assert api.list_runs() == []
    assert api.is_demo(api.open_run("demo"))
    assert api.compared(["demo"])[0]["run_id"] == "demo"


def test_a_run_of_that_name_in_the_store_goes_first(demo: RunFolder, store: Path) -> None:
    shutil.copytree(demo.path, store / "demo")
    assert api.open_run("demo").path == store / "demo"
    assert not api.is_demo(api.open_run("demo"))


@pytest.mark.parametrize(
    "write",
    [
        lambda: api.adapt("demo"),
        lambda: api.export("demo", ["safetensors"]),
        lambda: api.export_paper_layout("demo"),
        lambda: api.set_remarks("demo", ["mine"], ""),
        lambda: api.delete("demo"),
        lambda: api.resume("demo"),
    ],
)
def test_nothing_is_written_into_it(demo: RunFolder, write: Callable[[], object]) -> None:
    before = hashes(demo.path)
    with pytest.raises(BadInputError, match=r"read-only|no run 'demo'"):
        write()
    assert hashes(demo.path) == before


def test_it_is_exported_into_another_folder(demo: RunFolder, tmp_path: Path) -> None:
    before = hashes(demo.path)
    api.export("demo", ["safetensors"], out=tmp_path / "out")
    assert list((tmp_path / "out").glob("*.safetensors"))
    assert hashes(demo.path) == before


def test_its_intervals_are_over_its_seeds(demo: RunFolder) -> None:
    result = demo.result()
    assert result is not None
    for arm in result["arms"]:
        if arm["arm"] != "linear":
            assert len(arm["r2"]["per_seed"]) == len(demo.spec().seeds) == 10
            assert arm["r2"]["mean"] == pytest.approx(np.mean(arm["r2"]["per_seed"]))
