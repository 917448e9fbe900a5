"""Defaults of single sources of data; those of all others stand beside the fields of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from spinn_engine.spec.parts import DataSpec
from spinn_engine.vocabulary import SPLITS, source_of

USUAL_SOURCE = DataSpec.model_fields["source"].default


def with_source_defaults(spec: Any) -> Any:
    """Plain data of a spec, with its source's defaults wherever a field is not given."""
    if not isinstance(spec, dict):
        return spec
    source = _given(spec.get("data", {})).get("source", USUAL_SOURCE)
    row = source_of(source) if isinstance(source, str) else None
    wanted = {} if row is None else row.defaults
    parts = {name: spec.get(name, {}) for name in wanted}
    sound = {name: part for name, part in parts.items() if isinstance(part, (dict, BaseModel))}
    if _given(sound.get("model", {})).get("dense") is not None:
        del sound["model"]  # an imported network has its own widths
    return {**spec, **{name: {**wanted[name], **_given(part)} for name, part in sound.items()}}


def with_old_split(spec: Any) -> Any:
    """Plain data of a stored spec; one from before the split was a field says how rows were split.

    A table without groups was then split by single rows, whatever their order.
    """
    data = _given(spec.get("data", {})) if isinstance(spec, dict) else {}
    row = source_of(str(data.get("source")))
    old = row is not None and row.own_columns and "split" not in data and not data.get("group")
    if not old or Path(str(data["source"]).partition(":")[2]).is_dir():  # which has its own parts
        return spec
    usual = next(name for name, split in SPLITS.items() if split.of_old)
    return {**spec, "data": {**data, "split": usual}}


def _given(part: Any) -> dict[str, Any]:
    """What was set of a part of a spec, be it plain data or validated already."""
    if isinstance(part, BaseModel):
        return part.model_dump(exclude_unset=True)
    return part if isinstance(part, dict) else {}
