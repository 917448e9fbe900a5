"""Which of the tables in a container are read: the one that there is, or those that are named."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spinn_engine.problems.tables.containers.joining import joined
from spinn_engine.problems.tables.header import numbered
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.words import counted, listed, names_text, shown

MOST_LISTED = 12


@dataclass(frozen=True)
class Part:
    """A table of a container.

    Attributes:
        names: what it may be called by (``--sheet``); the first tells it from others.
        rows: their number.
        columns: their number.
        read: gives it, with at most so many rows.
    """

    names: tuple[str, ...]
    rows: int
    columns: int
    read: Callable[[int | None], Sheet]

    def __str__(self) -> str:
        rows, columns = counted(self.rows, "row"), counted(self.columns, "column")
        return f"{shown(self.names[0])} ({rows} by {columns})"


def check_one_table(asked: Sequence[str]) -> None:
    """Refuse a name where nothing can be chosen.

    Raises:
        ValueError: as said.
    """
    if asked:
        raise ValueError(f"it holds one table alone, so leave out {option(asked)}")


def read_parts(
    path: Path, parts: Sequence[Part], asked: tuple[str, ...], most_rows: int | None
) -> Sheet:
    """The table that is asked for, several of them one after another, or the only one.

    Raises:
        ValueError: there is none of that name; there are several, or none, and none is named; or
            those that are named are not alike.
    """
    if asked:
        chosen = list(dict.fromkeys(_named(parts, name) for name in asked))
        sheets = [part.read(most_rows) for part in chosen]
        return stacked(sheets, [part.names[0] for part in chosen])
    whole = [part for part in parts if part.rows > 1 and part.columns > 1]
    usable = whole or [part for part in parts if part.rows > 1]
    if not usable:
        raise ValueError("it holds no table: no vectors or matrices with two rows or more")
    if len(usable) > 1:
        raise ValueError(
            f"it holds several tables, {_listed(usable)}: choose one, as by "
            f"{option(usable[0].names[:1])}, or name several that are alike"
        )
    sheet = usable[0].read(most_rows)
    others = [part for part in parts if part is not usable[0] and part.rows > 1]
    if others:
        sheet.notes.append(
            f"Of {path.name} the table {usable[0]} was read; left out: "
            f"{_listed(others)} (--sheet names another)."
        )
    return sheet


def stacked(sheets: Sequence[Sheet], names: Sequence[str]) -> Sheet:
    """Sheets with the same columns as one, in this order.

    Raises:
        ValueError: one has other columns than the first.
    """
    first = sheets[0]
    if len(sheets) == 1:
        return first
    headers = [numbered(sheet.headers) for sheet in sheets]
    for name, own in zip(names[1:], headers[1:], strict=True):
        for one, other, verb in ((headers[0], own, "lacks"), (own, headers[0], "also has")):
            if different := [header for header in one if header not in other]:
                raise ValueError(
                    f"{name!r} cannot follow {names[0]!r}: their columns must be the same, but it "
                    f"{verb} {listed(different)}"
                )
    by_name = [dict(zip(h, s.columns, strict=True)) for h, s in zip(headers, sheets, strict=True)]
    columns = [joined([cells[header] for cells in by_name]) for header in headers[0]]
    told = [f"{name} ({counted(s.rows, 'row')})" for name, s in zip(names, sheets, strict=True)]
    notes = list(dict.fromkeys(note for sheet in sheets for note in sheet.notes))
    notes.append(f"Read one after another: {listed(told)}.")
    return Sheet(first.headers, columns, notes, all(sheet.whole for sheet in sheets))


def _named(parts: Sequence[Part], name: str) -> Part:
    found = [part for part in parts if name in part.names]
    if len(found) == 1:
        return found[0]
    kind = "no" if not found else "more than one"
    raise ValueError(f"it holds {kind} table {name!r}: there are {_listed(parts)}")


def option(names: Sequence[str]) -> str:
    """The option that names tables, as it is typed in a shell."""
    return f"--sheet {shlex.quote(names_text(names))}"


def _listed(parts: Sequence[Part]) -> str:
    return listed(map(str, parts), MOST_LISTED)
