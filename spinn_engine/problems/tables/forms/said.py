"""What is said of where a table stands in its file: headers with units, and sentences."""

from __future__ import annotations

from spinn_engine.problems.tables.forms.structure import Structure
from spinn_engine.problems.tables.header import unit_in
from spinn_engine.words import listed


def headers_of(structure: Structure) -> list[str]:
    """The names, with the units of a row of units where they have none of their own."""
    return [
        f"{name} [{unit}]" if unit and unit_in(name) is None else name
        for name, unit in zip(structure.names, structure.unit_of, strict=True)
    ]


def structure_notes(name: str, structure: Structure, place: str) -> list[str]:
    """What is to be said of where names and units stand, where it is not as usual.

    Args:
        name: of the file or the sheet.
        structure: where they stand.
        place: what they stand in: line or row.
    """
    units = f" and units in {place} {structure.units}" if structure.units else ""
    if structure.header == 0:
        return [
            f"{name} was read without names ({structure.why}): its columns are called "
            f"{listed(structure.names, 3)}."
        ]
    if structure.header > 1 or structure.first > (structure.units or structure.header) + 1:
        return [
            f"{name} was read with names in {place} {structure.header}{units} and rows from "
            f"{place} {structure.first} on."
        ]
    return [f"{name} was read with units in {place} {structure.units}."] if units else []
