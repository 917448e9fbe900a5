"""A byte of a half-finished run flips: the run ends as it would have, or says what is damaged."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import CorruptArtifactError
from spinn_engine.pipeline import Runner
from spinn_engine.spec import RunSpec
from spinn_engine.store.current import current_store
from spinn_engine.store.run_folder import RunFolder

FLIPS = int(os.environ.get("SPINN_TEST_FLIPS", "12"))
LAST = 2


def spec_of(table: Path) -> RunSpec:
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{table}", "targets": ["y"], "drop": ["g", "z"]},
            "model": {"hidden": [6, 5]},
            "train": {"epochs": 2, "fine_tune_epochs": 1, "batch_size": 64, "device": "cpu"},
            "prune": {"stages": LAST, "pruning_ratio": 0.3},
            "compare": {"controls": ["magnitude"]},
            "seeds": [0],
        }
    )


def ended(folder: RunFolder) -> dict[str, bytes | str]:
    """What the last stage leaves to take away, and the metrics but for what clocks say."""
    Runner(folder).run_stage(LAST)
    files = [*folder.checkpoints.iterdir(), *folder.importance.iterdir(), folder.facts_path]
    found: dict[str, bytes | str] = {path.name: path.read_bytes() for path in files}
    lines = [{**line, "time": 0, "seconds": 0} for line in folder.metrics()]
    return {**found, "metrics": json.dumps(lines)}


def copy_of(folder: RunFolder, name: str) -> RunFolder:
    shutil.copytree(folder.path, folder.path.with_name(name))
    return RunFolder(current_store(), name)


@pytest.fixture
def half(small_table: Path) -> RunFolder:
    folder = create_run(spec_of(small_table))
    Runner(folder).run_stage(1)
    return folder


def test_a_byte_that_flips_changes_no_number(half: RunFolder) -> None:
    wanted = ended(copy_of(half, "undisturbed"))
    draw, named = random.Random(7), 0
    for number in range(FLIPS):
        folder = copy_of(half, f"flipped-{number}")
        files = sorted(path for path in folder.path.rglob("*") if path.is_file())
        files.remove(folder.log_path)
        path = draw.choice(files) if number else folder.spec_path
        content = bytearray(path.read_bytes())
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        if path == folder.spec_path:
            named += 1
            with pytest.raises(CorruptArtifactError, match=r"spec\.json is not as it was written"):
                ended(folder)
        else:
            assert ended(folder) == wanted, path
        shutil.rmtree(folder.path)
    assert 0 < named < FLIPS / 2


def test_a_file_that_is_cut_or_gone_is_made_again(half: RunFolder) -> None:
    wanted = ended(copy_of(half, "undisturbed"))
    damages = [
        ("stacks/stage0_dense.pt", None),
        ("stacks/dense_facts.npz", None),
        ("importance/stage1.npz", 40),
        ("metrics.jsonl", 100),
        ("manifest.json", 0),
    ]
    for file, length in damages:
        folder = copy_of(half, file.replace("/", "-").replace(".", "-"))
        path = folder.path / file
        if length is None:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:length])
        assert ended(folder) == wanted, file
        assert "done again" in folder.log_path.read_text()


def test_a_run_that_listed_nothing_goes_on_as_it_is(half: RunFolder) -> None:
    wanted = ended(copy_of(half, "undisturbed"))
    half.manifest_path.unlink()
    stack = half.stack_path(1, "pruned")
    before = stack.read_bytes()
    with half.metrics_path.open("a") as file:
        file.write('{"stage": 2, "ar')
    assert ended(half) == wanted
    assert stack.read_bytes() == before
