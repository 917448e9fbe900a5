"""Defaults of single sources of data; those of all others stand beside the fields of the spec."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

SOURCE_DEFAULTS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "burgers": {
        "model": {"hidden": (48, 48, 48, 48)},
        "train": {
            "epochs": 250,
            "lbfgs_iterations": 1200,
            "fine_tune_epochs": 0,
            "fine_tune_lbfgs_iterations": 400,
            "learning_rate": 1e-2,
        },
        "compare": {"margin": 1e-4},  # R2, a hundredth of the solution's size
    },
}


def with_source_defaults(spec: Any) -> Any:
    """Plain data of a spec, with its source's defaults wherever a field is not given."""
    if not isinstance(spec, dict):
        return spec
    source = _given(spec.get("data", {})).get("source")
    wanted = SOURCE_DEFAULTS.get(source, {}) if isinstance(source, str) else {}
    parts = {name: spec.get(name, {}) for name in wanted}
    sound = {name: part for name, part in parts.items() if isinstance(part, (dict, BaseModel))}
    if _given(sound.get("model", {})).get("dense") is not None:
        del sound["model"]  # a brought network has its own widths
    return {**spec, **{name: {**wanted[name], **_given(part)} for name, part in sound.items()}}


def _given(part: Any) -> dict[str, Any]:
    """What was set of a part of a spec, be it plain data or validated already."""
    if isinstance(part, BaseModel):
        return part.model_dump(exclude_unset=True)
    return part if isinstance(part, dict) else {}
