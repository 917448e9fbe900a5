"""The answers of a verdict in the order in which a reader gets them. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.vocabulary import QUESTIONS


def answered(verdict: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers that a verdict has, by question, ordered as ``words`` tells them.

    Args:
        verdict: as ``verdict.verdict`` gives it; what its words do not hold comes last.
    """
    found = {name: verdict[name] for name in QUESTIONS if verdict.get(name) is not None}
    place = {told: number for number, told in enumerate(verdict.get("words", ()))}
    order = sorted(found, key=lambda name: place.get(found[name]["sentence"], len(place)))
    return {name: found[name] for name in order}
