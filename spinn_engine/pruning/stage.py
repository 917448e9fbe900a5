"""One pruning: score, choose, remove, reconstruct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from spinn_engine.errors import BadInputError
from spinn_engine.pruning.importance import Scores, strongest
from spinn_engine.pruning.reconstruction import RECONSTRUCTIONS, Calibration
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.spec import Reconstruction
from spinn_engine.training.network import Stack


@dataclass(frozen=True)
class Selection:
    """The scores of a stack's neurons, and which of them stay: per hidden layer.

    Attributes:
        scores: ``[S, width]``.
        kept: ``[S, count]`` indices, rising.
    """

    scores: list[Tensor]
    kept: list[Tensor]


def select(stack: Stack, hidden: Sequence[int], scores: Scores) -> Selection:
    """Choose the neurons that stay, by ``scores``, when ``stack`` shrinks to the widths ``hidden``.

    Raises:
        BadInputError: a width grows, or none shrinks.
    """
    before = stack.hidden
    if len(hidden) != len(before) or any(a > b for a, b in zip(hidden, before, strict=False)):
        raise BadInputError(f"pruning cannot turn {list(before)} into {list(hidden)}")
    if tuple(hidden) == before:
        raise BadInputError(f"pruning {list(before)} to the same widths would remove nothing")
    kept = [strongest(s, count) for s, count in zip(scores, hidden, strict=True)]
    return Selection(scores, kept)


def prune_stage(
    stack: Stack,
    hidden: Sequence[int],
    scores: Scores,
    reconstruction: Reconstruction,
    rows: Calibration,
) -> tuple[Stack, Selection]:
    """Shrink ``stack`` to the widths ``hidden`` and reconstruct it; fine-tuning is left to do.

    Returns:
        The smaller stack, and the selection that made it.

    Raises:
        BadInputError: as ``select``.
    """
    selection = select(stack, hidden, scores)
    pruned = remove_neurons(stack, selection.kept)
    RECONSTRUCTIONS[reconstruction](stack, pruned, selection.kept, rows)
    return pruned, selection
