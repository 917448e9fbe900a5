"""One pruning: choose, remove, reconstruct."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.importance import Scores, strongest
from spinn_engine.pruning.reconstruction import RECONSTRUCTIONS, Calibration
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import Reconstruction
from spinn_engine.training.network import Stack


def select(scores: Scores, hidden: Sequence[int]) -> list[Tensor]:
    """Choose the neurons that stay when networks shrink to the widths ``hidden``.

    Args:
        scores: per hidden layer ``[M, width]``.
        hidden: widths after it.

    Returns:
        Per hidden layer the indices ``[M, count]`` of the neurons with the highest scores, rising.

    Raises:
        BadInputError: a width grows, or none shrinks.
    """
    before = [layer.shape[1] for layer in scores]
    if len(hidden) != len(before) or any(a > b for a, b in zip(hidden, before, strict=False)):
        raise BadInputError(f"pruning cannot turn {before} into {list(hidden)}")
    if list(hidden) == before:
        raise BadInputError(f"pruning {before} to the same widths would remove nothing")
    return [strongest(layer, count) for layer, count in zip(scores, hidden, strict=True)]


def prune_stage(
    stack: Stack, kept: Sequence[Tensor], reconstruction: Reconstruction, rows: Calibration
) -> Stack:
    """Shrink ``stack`` to the ``kept`` neurons and reconstruct it; fine-tuning is left to do.

    Args:
        stack: the networks before; left as they are.
        kept: per hidden layer, indices ``[S, count]``, of ``select``.
        reconstruction: how the layers after make up for what is gone.
        rows: each member's calibration rows.
    """
    pruned = remove_neurons(stack, kept)
    RECONSTRUCTIONS[reconstruction](stack, pruned, kept, rows)
    return pruned
