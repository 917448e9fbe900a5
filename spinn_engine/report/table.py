"""A table as plain text, before it is set as HTML or LaTeX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spinn_engine.vocabulary import ARMS
from spinn_engine.words import NO_BREAK

Align = Literal["left", "right", "text"]  # text: sentences, which are broken into lines


@dataclass(frozen=True)
class Cell:
    """Plain text, with the arm whose mark stands before it, in bold or not."""

    text: str
    arm: str | None = None
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of plain text under headings; the first column names the row.

    Attributes:
        name: of its file.
        caption: what the table shows and what its numbers are.
        heads: one a column.
        align: one a column.
        rows: cells ``[rows][columns]``.
    """

    name: str
    caption: str
    heads: tuple[Cell, ...]
    align: tuple[Align, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(
    name: str,
    caption: str,
    heads: list[str | Cell],
    rows: list[list[str | Cell]],
    left: tuple[int, ...] = (),
    text: tuple[int, ...] = (),
) -> Table:
    """A table whose first column stands to the left, and all others to the right.

    Args:
        name: of its file.
        caption: what it shows.
        heads: one a column.
        rows: cells.
        left: other columns that stand to the left.
        text: columns of sentences.
    """
    align: list[Align] = ["right" for _ in heads]
    for column in (0, *left):
        align[column] = "left"
    for column in text:
        align[column] = "text"
    return Table(
        name,
        caption,
        tuple(map(_cell, heads)),
        tuple(align),
        tuple(tuple(map(_cell, row)) for row in rows),
    )


def _cell(value: str | Cell) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def marked_cell(arm: str) -> Cell:
    """An arm's name with its mark; it is not broken between lines."""
    return Cell(ARMS[arm].label.replace(" ", NO_BREAK), arm)
