"""Defaults of single sources of data; those of all others stand beside the fields of the spec."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from spinn_engine.vocabulary import source_of


def with_source_defaults(spec: Any) -> Any:
    """Plain data of a spec, with its source's defaults wherever a field is not given."""
    if not isinstance(spec, dict):
        return spec
    source = _given(spec.get("data", {})).get("source")
    row = source_of(source) if isinstance(source, str) else None
    wanted = {} if row is None else row.defaults
    parts = {name: spec.get(name, {}) for name in wanted}
    sound = {name: part for name, part in parts.items() if isinstance(part, (dict, BaseModel))}
    if _given(sound.get("model", {})).get("dense") is not None:
        del sound["model"]  # an imported network has its own widths
    return {**spec, **{name: {**wanted[name], **_given(part)} for name, part in sound.items()}}


def _given(part: Any) -> dict[str, Any]:
    """What was set of a part of a spec, be it plain data or validated already."""
    if isinstance(part, BaseModel):
        return part.model_dump(exclude_unset=True)
    return part if isinstance(part, dict) else {}
