"""Which rows train, validate and test: 70 / 15 / 15, or folds; shuffled once with a fixed seed."""

from __future__ import annotations

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.order import beside_another_part, block_of_rows, succession
from spinn_engine.problems.problem import Indices, Problem
from spinn_engine.vocabulary import SPLITS
from spinn_engine.words import counted

SHARE_HELD_OUT = 0.15  # for validation, and again for test
SEED = 0

Split = tuple[Indices, Indices, Indices]


def split_items(count: int) -> Split:
    """Distribute ``count`` rows (or groups), at least three; each part is sorted and not empty."""
    held_out = max(1, round(SHARE_HELD_OUT * count))
    order = np.random.default_rng(SEED).permutation(count)
    val, test, train = np.split(order, [held_out, 2 * held_out])
    return np.sort(train), np.sort(val), np.sort(test)


def split_groups(groups: Indices) -> Split:
    """Distribute rows so that all rows of a group are in one part.

    Args:
        groups: ``[rows]`` group of each row; at least three different ones.
    """
    numbers = np.unique(groups)
    train, val, test = (
        np.flatnonzero(np.isin(groups, numbers[part])) for part in split_items(len(numbers))
    )
    return train, val, test


def split_blocks(order: Indices, autocorrelation: float) -> tuple[Split, Indices]:
    """Distribute blocks of rows that follow one another; rows beside another part are left out.

    Args:
        order: the rows in the order of time, or of the file.
        autocorrelation: from one row to the next.

    Returns:
        The split, and the block ``[rows]`` of each row.
    """
    blocks = block_of_rows(len(order))
    parts = np.zeros(int(blocks[-1]) + 1, dtype=np.int64)
    for number, own in enumerate(split_items(len(parts))):
        parts[own] = number
    of_row = np.empty_like(blocks)
    of_row[order] = blocks
    return _with_gaps(parts[blocks], order, autocorrelation, int(np.bincount(blocks).max())), of_row


def split_time(order: Indices, autocorrelation: float) -> Split:
    """The last rows test, those before them validate, all earlier ones train; with gaps."""
    count = len(order)
    held_out = max(1, round(SHARE_HELD_OUT * count))
    parts = np.zeros(count, dtype=np.int64)
    parts[count - 2 * held_out :] = 1
    parts[count - held_out :] = 2
    return _with_gaps(parts, order, autocorrelation, held_out)


def _with_gaps(parts: Indices, order: Indices, autocorrelation: float, longest: int) -> Split:
    """The rows of each part ``[rows]``, told in their order, but those beside another part."""
    near = beside_another_part(parts, autocorrelation, longest)
    far = np.ones(len(parts), dtype=bool)
    far[near] = False
    train, val, test = (np.sort(order[far & (parts == part)]) for part in range(3))
    return train, val, test


def cross_validation(problem: Problem, folds: int) -> list[Split]:
    """Train, validation and test rows of each fold: every row is a test row once.

    Whole groups go to one fold (rows, where there are no groups), drawn the same way every time.
    Fold f is tested on its own rows and validated on those of fold f + 1. Of blocks, rows beside
    another part are in none.

    Raises:
        BadInputError: fewer than three folds, fewer groups than folds, or a part of a fold on
            which no R2 is defined.
    """
    by = SPLITS.get(problem.split)
    if by is not None and by.no_folds:
        raise BadInputError(by.no_folds)
    groups = np.arange(len(problem.inputs)) if problem.groups is None else problem.groups
    names = np.unique(groups)
    what = "rows" if problem.groups is None else "groups"
    if folds < 3:
        raise BadInputError(
            f"compare.folds must be 1 (no cross-validation) or at least 3 but got {folds}: one "
            "fold is tested, one validates, the others train"
        )
    if len(names) < folds:
        raise BadInputError(
            f"compare.folds is {folds} but the data has only {len(names)} {what}: use fewer folds"
        )
    order = np.random.default_rng(SEED).permutation(names)
    members = [np.flatnonzero(np.isin(groups, order[fold::folds])) for fold in range(folds)]
    splits = []
    for fold in range(folds):
        test, val = members[fold], members[(fold + 1) % folds]
        others = [m for k, m in enumerate(members) if k not in (fold, (fold + 1) % folds)]
        splits.append((np.sort(np.concatenate(others)), val, test))
    if by is not None and by.held_out:
        splits = _apart(problem, splits)
    _check_folds(problem, splits)
    return splits


def _apart(problem: Problem, splits: list[Split]) -> list[Split]:
    """The same folds without the rows beside another part."""
    order = problem.order()
    found = succession(problem.inputs, problem.targets, order)
    longest = int(np.bincount(problem.groups).max()) if problem.groups is not None else 1
    made = []
    for _, val, test in splits:
        parts = np.zeros(len(order), dtype=np.int64)
        parts[val], parts[test] = 1, 2
        fading = 0.0 if found is None else found.autocorrelation
        made.append(_with_gaps(parts[order], order, fading, longest))
    return made


def _check_folds(problem: Problem, splits: list[Split]) -> None:
    """No R2 is defined where a target is constant, as it is on a single row."""
    for fold, split in enumerate(splits, start=1):
        for part, rows in zip(("train", "validation", "test"), split, strict=True):
            constant = np.ptp(problem.targets[rows], axis=0) == 0
            if constant.any():
                name = problem.target_names[int(constant.argmax())]
                raise BadInputError(
                    f"compare.folds is {len(splits)} but target {name!r} is constant in the "
                    f"{counted(len(rows), 'row')} of the {part} part of fold {fold}: use fewer "
                    "folds"
                )
