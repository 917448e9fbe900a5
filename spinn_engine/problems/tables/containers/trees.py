"""Containers within containers: arrays, and groups or structs of arrays, by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, Union

from spinn_engine.problems.tables.containers.arrays import Level, Variable, parts_of
from spinn_engine.problems.tables.containers.choosing import read_parts
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.words import listed, shown

DEEPEST = 16  # groups within groups


@dataclass(frozen=True)
class Odd:
    """Something that can be no column.

    Attributes:
        what: it is, such as ``a MATLAB table``.
        advice: what would make columns of it.
    """

    what: str
    advice: str


Tree: TypeAlias = Mapping[str, Union[Variable, Odd, "Tree"]]


def read_tree(
    path: Path, tree: Tree, asked: tuple[str, ...], most_rows: int | None, mark: str
) -> Sheet:
    """The table of a tree that is asked for, or its only one.

    Args:
        path: of the file.
        tree: all that is in it.
        asked: names of the tables.
        most_rows: at most so many; None: all.
        mark: between the name of a group and what is in it.

    Raises:
        ValueError: what is asked for is odd; there is no table, or several and none is asked for.
    """
    levels = list(_levels(tree, "", mark))
    odd = {name: one for _, found in levels for name, one in found.items()}
    parts = [part for level, _ in levels for part in parts_of(level)]
    known = {name for part in parts for name in part.names}
    for name in asked:
        if name in odd and name not in known:
            raise ValueError(_told(name, odd[name]))
    if odd and not any(part.rows > 1 for part in parts):
        raise ValueError(_told(*next(iter(odd.items()))))
    sheet = read_parts(path, parts, asked, most_rows)
    if odd and not asked:
        told = listed([f"{shown(name)} ({one.what})" for name, one in odd.items()], 6)
        sheet.notes.append(f"Left out: {told}.")
    return sheet


def _told(name: str, odd: Odd) -> str:
    return f"{name!r} is {odd.what}: {odd.advice}"


def _levels(tree: Tree, path: str, mark: str) -> Iterator[tuple[Level, dict[str, Odd]]]:
    """Every level from the outermost on, and what is odd in it by its whole name."""
    start = f"{path}{mark}" if path else ""
    arrays = [one for one in tree.values() if isinstance(one, Variable)]
    odd = {f"{start}{name}": one for name, one in tree.items() if isinstance(one, Odd)}
    yield Level(path, arrays, mark), odd
    for name, one in tree.items():
        if isinstance(one, Mapping):
            yield from _levels(one, f"{start}{name}", mark)
