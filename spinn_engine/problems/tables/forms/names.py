"""The names of the columns, in the row in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.words import counted

COMMENT_MARKS = ("#", "%", "//")
REMARKS = ("", "comment", "comments", "remark", "remarks", "note", "notes")


class Row(NamedTuple):
    """A row that holds something, and the line in which it begins, from 1."""

    line: int
    cells: Sequence[Any]


def names_in_row(rows: Sequence[Row], at: int, width: int) -> list[str]:
    """The names, without marks of a comment; those that repeat have what stands above them too."""
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in rows[at].cells]
    names[0] = without_mark(names[0].lstrip("\ufeff"))
    if len(names) == width + 1 and not names[0]:
        names = names[1:]  # the mark of a comment stood alone
    elif len(names) == width + 1 and names[-1].lower() in REMARKS:
        names = names[:-1]  # a column that is empty in all rows
    elif (
        len(names) == width - 1
        and names[0]
        and _are_row_names([row.cells[0] for row in rows[at + 1 :]])
    ):
        names = ["", *names]
    elif len(names) != width:
        raise ValueError(no_names(rows[at], width))
    if at and len(set(names)) < len(names) and len(rows[at - 1].cells) == width:
        names = _with_groups(rows[at - 1].cells, names)
    return names


def _are_row_names(cells: Sequence[Any]) -> bool:
    """Whether rows are named as R writes them, without a name above: 1, 2, 3 or other words."""
    texts = [str(cell).strip() for cell in cells]
    if texts == [str(number + 1) for number in range(len(texts))]:
        return True
    return len(set(texts)) == len(texts) and all(look(text) == "word" for text in texts)


def without_mark(name: str) -> str:
    """A first name without the mark of a comment, and without its quotes behind that."""
    for mark in COMMENT_MARKS:
        if name.startswith(mark):
            bare = name.lstrip(mark).strip()
            return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] == '"' else bare
    return name


def _with_groups(above: Sequence[Any], names: Sequence[str]) -> list[str]:
    """Names behind the group that stands above them, or above one to their left."""
    made, group = [], ""
    for cell, name in zip(above, names, strict=True):
        group = group if look(cell) == "empty" else " ".join(str(cell).split())
        made.append(f"{group} {name}".strip())
    return made


def no_names(row: Row, width: int) -> str:
    """Why a row cannot hold the names, and what to do."""
    if len(row.cells) == width:
        return (
            f"line {row.line} holds no names, but neither does it hold values like the rows below: "
            "name the line in which the names stand (--header, 0 for none)"
        )
    return (
        f"line {row.line} has {counted(len(row.cells), 'cell')} but most rows have {width}: name "
        "the line in which the names stand (--header, 0 for none)"
    )
