"""A spec by flat names, as options and keyword arguments have them: each field of each part, once.

changed({}, {"data.source": "table:runs.csv", "model.hidden": [64, 64]})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spinn_engine.spec.parts import AMOUNTS
from spinn_engine.spec.run import MOST_SEEDS, RunSpec

PARTS = ("data", "model", "train", "prune", "compare", "physics")
OTHER_NAMES = {"data.source": "data", "physics.targets": "physics_targets"}
NEVER_ASKED = {"model.dense_sha256", "model.graph"}  # known once a run is made


def flat_fields(parts: Sequence[str] = PARTS) -> dict[str, str]:
    """The fields of some parts, as ``part.field``, by their flat names."""
    usual = {part: type(RunSpec.model_fields[part].default) for part in parts}
    fields = (f"{part}.{name}" for part, kind in usual.items() for name in kind.model_fields)
    return {flat_name(field): field for field in fields if field not in NEVER_ASKED}


def flat_name(field: str) -> str:
    """The flat name of ``part.field``."""
    return OTHER_NAMES.get(field) or field.partition(".")[2]


def changed(given: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data of a spec with other values in some of its fields.

    Another amount takes the place of the one that there is, and another dense network that of all
    that was said of the network before.

    Args:
        given: the spec, as plain data; it stays as it is.
        asked: values by ``part.field``.
    """
    data = {name: dict(v) if isinstance(v, Mapping) else v for name, v in given.items()}
    prune = data.setdefault("prune", {})
    if any(f"prune.{name}" in asked for name in AMOUNTS):
        if "prune.widths" in asked or prune.get("widths") is not None:
            prune.pop("schedule", None)  # the custom one comes and goes with its widths
        prune |= dict.fromkeys(AMOUNTS)
    if "model.dense" in asked:
        data["model"] = {}
    for name, value in asked.items():
        part, _, field = name.partition(".")
        data.setdefault(part, {})[field] = value
    return data


def seeds_from(count: int | None, first: int | None, usual: Sequence[int]) -> list[int] | None:
    """The seeds of so many repetitions from the first on; None where neither was asked for.

    Raises:
        ValueError: there are too few or too many.
    """
    if count is None and first is None:
        return None
    if count is not None and not 1 <= count <= MOST_SEEDS:
        raise ValueError(f"seeds must be from 1 to {MOST_SEEDS} but got {count:,}")
    start = usual[0] if first is None else first
    return list(range(start, start + (count or len(usual))))


def by_flat_names(complaint: str, where: str, spelled: Callable[[str], str]) -> str:
    """A complaint of a spec about its fields, about the flat names that set them.

    Args:
        complaint: of ``RunSpec.from_dict``.
        where: what that was told the data are.
        spelled: how a flat name is written.
    """
    told = complaint.removeprefix(f"{where}: ")
    field, _, what = told.partition(": ")
    part, _, name = field.partition(".")
    name = name.partition(".")[0]
    if part == "seeds" and name:  # one of the numbers that follow the first
        return f"{spelled('seed')}: {what}"
    if not name:
        return what if part in PARTS else told
    return f"{spelled(flat_name(f'{part}.{name}'))}: {what}"
