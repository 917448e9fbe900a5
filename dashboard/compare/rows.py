"""Finished runs side by side: which are wanted, and in what they differ; imports no streamlit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.reads.run_facts import RunRow
from spinn_engine.words import DASH, widths


@dataclass(frozen=True)
class Wanted:
    """Which runs to show: all that fit every condition that is given."""

    text: str = ""
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    runs: frozenset[str] | None = None  # of a sweep

    def fits(self, row: RunRow) -> bool:
        """Whether a run is wanted; a word of the text may be in any of its texts."""
        told = " ".join((row.run_id, row.source, row.note, *row.tags)).casefold()
        return (
            all(word in told for word in self.text.casefold().split())
            and (not self.sources or row.source in self.sources)
            and (not self.tags or not set(self.tags).isdisjoint(row.tags))
            and (self.runs is None or row.run_id in self.runs)
        )


def by_data(rows: Sequence[RunRow]) -> list[list[RunRow]]:
    """The runs by what they learned, the most runs first: R2 of other rows is no comparison."""
    found: dict[str, list[RunRow]] = {}
    for row in rows:
        found.setdefault(row.scored.data_sha256, []).append(row)
    return sorted(found.values(), key=len, reverse=True)


def varied_fields(rows: Sequence[RunRow], most: int) -> list[str]:
    """The fields of the spec in which runs differ, in few enough values to tell them apart."""
    names = dict.fromkeys(name for row in rows for name in row.fields)
    kinds = {name: len({as_text(row.fields.get(name)) for row in rows}) for name in names}
    return [name for name, count in kinds.items() if 1 < count <= most]


def differing(rows: Sequence[RunRow]) -> tuple[dict[str, list[str]], int]:
    """Fields and facts that are not equal in all runs, a text a run; and how many are equal."""
    every = [{**row.fields, **row.facts} for row in rows]
    names = dict.fromkeys(name for one in every for name in one)
    texts = {name: [as_text(one.get(name)) for one in every] for name in names}
    unlike = {name: found for name, found in texts.items() if len(set(found)) > 1}
    return unlike, len(texts) - len(unlike)


def as_text(value: Any) -> str:
    """A value of a spec or a result as a person reads it."""
    if value is None or value == "" or value == []:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        apart = "; " if any(isinstance(one, list) for one in value) else ", "
        return apart.join(widths(v) if isinstance(v, list) else str(v) for v in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def unlike_words(unlike: Collection[str]) -> str:
    """Why two runs are not paired: ``not paired: other data, other seeds``."""
    return "not paired: " + ", ".join(f"other {name}" for name in unlike)
