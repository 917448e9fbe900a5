"""The checkpoints that a run gives away: one network a file, all of the delivered seed.

That is the seed with the best validation R2 in the last finished stage; with cross-validation, its
network of the first fold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from spinn_engine.artifacts.checkpoints import StoredStack, checkpoint_bytes, load_stack
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.data import PlacedData
from spinn_engine.vocabulary import ZEROED, main_arm

FINAL_NAME = "spinn_structured_final.pt"
ZEROED_NAME = f"{ZEROED}_final.pt"


def checkpoint_name(stage: int) -> str:
    """The file name of a stage's checkpoint."""
    return f"spinn_structured_stage{stage}.pt" if stage else "dense_pinn_improved_final.pt"


def main_stack(folder: RunFolder, data: PlacedData, stage: int) -> StoredStack:
    """The networks of a finished stage among which are the delivered ones."""
    block = "pruned" if stage else "dense"
    return load_stack(folder.stack_path(stage, block), data.device)


def best_seed(stored: StoredStack, arm: str) -> int:
    """The seed of an arm with the best validation R2 in the first fold."""
    members = stored.members(arm, fold=0)
    return stored.seeds[max(members, key=lambda member: stored.val_r2[member])]


def publish_checkpoints(
    folder: RunFolder, data: PlacedData, last: int, stored: StoredStack
) -> list[Path]:
    """Write the checkpoints of stages 0 to ``last``, all of the seed that is best in ``last``.

    Args:
        folder: the run.
        data: for the scaler and the names.
        last: the last finished stage.
        stored: its networks.

    Returns:
        The files.
    """
    paths = [folder.checkpoints / checkpoint_name(stage) for stage in range(last + 1)]
    seed = best_seed(stored, main_arm(last))
    for stage, path in enumerate(paths):
        at_stage = stored if stage == last else main_stack(folder, data, stage)
        content = checkpoint(folder, data, stage, at_stage, (main_arm(stage), seed))
        write_atomically(path, content)
    return paths


def checkpoint(
    folder: RunFolder, data: PlacedData, stage: int, stored: StoredStack, who: tuple[str, int]
) -> bytes:
    """The checkpoint file of one network of the first fold; ``who`` is its arm and seed."""
    arm, seed = who
    about: dict[str, Any] = {
        "input_names": list(data.problem.input_names),
        "target_names": list(data.problem.target_names),
        "input_range": torch.from_numpy(data.input_ends),
        "arm": arm,
        "stage": stage,
        "seed": seed,
        "data_sha256": folder.data_hash(),
    }
    return checkpoint_bytes(stored, member_of(stored, who), data.folds[0].scaler, about)


def member_of(stored: StoredStack, who: tuple[str, int]) -> int:
    """Where the first fold's network of an arm and seed stands."""
    arm, seed = who
    members = stored.members(arm, fold=0)
    return members[int(np.argmax([stored.seeds[m] == seed for m in members]))]
