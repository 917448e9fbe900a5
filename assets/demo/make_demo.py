"""Make the demo run anew: ``python -m assets.demo.make_demo``, from the project's root.

The files of the run replace those beside this one. Of the stacks, from which a run goes on and
adapts, only the facts for what-if are kept.
"""

import os
import shutil
import tempfile
from pathlib import Path

from spinn_engine.spec import ModelSpec, PruneSpec, RunSpec, TrainSpec

HERE = Path(__file__).parent
SPEC = RunSpec(
    model=ModelSpec(hidden=(96, 96, 64)),
    train=TrainSpec(max_updates=1200, fine_tune_max_updates=240, device="cpu"),
    prune=PruneSpec(stages=3, param_reduction=0.9, criterion="l1_in_out"),
    seeds=tuple(range(10)),
)
KEPT = (
    "spec.json",
    "metrics.jsonl",
    "log.txt",
    "checkpoints/*.pt",
    "importance/*.npz",
    "stacks/dense_facts.npz",
    "spinn_structured_metrics.json",
)


def make(store: Path) -> Path:
    """Do the run in a store of its own, under the name of this folder."""
    os.environ["SPINN_RESULTS"] = str(store)
    from spinn_engine.artifacts.creation import create_run
    from spinn_engine.pipeline import Runner
    from spinn_engine.store.runs import RunFolder, current_store

    made = create_run(SPEC).path
    made.rename(made.with_name(HERE.name))
    runner = Runner(RunFolder(current_store(), HERE.name))
    for stage in range(SPEC.prune.stages + 1):
        runner.run_stage(stage)
    runner.finish()
    return runner.folder.path


def replace(made: Path) -> None:
    """Put what is kept of a run into this folder."""
    for place in HERE.iterdir():
        if place.is_dir():
            shutil.rmtree(place)
    for pattern in KEPT:
        for path in made.glob(pattern):
            target = HERE / path.relative_to(made)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        replace(make(Path(name)))
