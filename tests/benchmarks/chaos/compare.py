"""A disturbed run against an undisturbed one of the same spec, file by file."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch

Damage = Counter[str]
KINDS = ("torn", "left_over", "differing", "duplicates", "missing")
_UNREADABLE = (
    *(OSError, RuntimeError, ValueError, EOFError, KeyError),
    *(pickle.UnpicklingError, zipfile.BadZipFile),
)
# Wall-clock times, the only values in which equal runs may differ.
_TIMES = ("seconds", "time")


def damage(found: Path, expected: Path) -> Damage:
    """What is wrong with a run folder.

    ``torn`` files cannot be read, ``left_over`` ones are not in the undisturbed run, ``differing``
    ones are not there or hold something else; ``duplicates`` and ``missing`` are epochs that stand
    in ``metrics.jsonl`` again, or not at all.
    """
    names, wanted = _names(found), _names(expected)
    counts = Counter({"left_over": len(names - wanted)})
    for name in sorted(wanted):
        if name not in names:
            counts["differing"] += 1
        elif name.endswith((".pt", ".npz")):
            counts += _compare(found / name, expected / name)
    return counts + _compare_metrics(found / "metrics.jsonl", expected / "metrics.jsonl")


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _compare(found: Path, expected: Path) -> Damage:
    """A checkpoint byte for byte; what holds times besides the weights, value by value."""
    try:
        content = _content(found)
    except _UNREADABLE:
        return Counter(torn=1)
    if expected.parent.name == "checkpoints":
        equal = found.read_bytes() == expected.read_bytes()
    else:
        equal = _equal(content, _content(expected))
    return Counter() if equal else Counter(differing=1)


def _content(path: Path) -> Any:
    if path.suffix == ".pt":
        return torch.load(path, weights_only=True)
    with np.load(path) as arrays:
        return dict(arrays)


def _equal(one: Any, other: Any) -> bool:
    """Whether all values but the times are the same."""
    if isinstance(one, dict):
        keys = one.keys() - set(_TIMES)
        same = keys == other.keys() - set(_TIMES)
        return same and all(_equal(one[key], other[key]) for key in keys)
    if isinstance(one, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_equal(a, b) for a, b in pairs)
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    return bool(np.array_equal(one, other))


def _compare_metrics(found: Path, expected: Path) -> Damage:
    """Every epoch of every arm and stage once, with the same losses."""
    try:
        lines, wanted = _lines(found), _lines(expected)
    except _UNREADABLE:
        return Counter(torn=1)
    times = Counter(_epoch(line) for line in lines)
    by_epoch = {_epoch(line): line for line in wanted}
    return Counter(
        duplicates=times.total() - len(times),
        missing=len(by_epoch.keys() - times.keys()),
        differing=int(any(not _equal(x, by_epoch.get(_epoch(x), {})) for x in lines)),
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _epoch(line: dict[str, Any]) -> tuple[int, str, int]:
    return line["stage"], line["arm"], line["epoch"]
