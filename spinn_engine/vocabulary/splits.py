"""By what the rows of one table are told apart; the functions: ``problems/tables/parting.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class SplitRow(Row):
    """A way to split.

    Attributes:
        methods: how the methods say which rows validate and test.
        picture: what to know of a picture of the parts.
        group_column: whether it takes the column that tells groups apart.
        pieces: what it cuts the rows into, which are the groups then, where it does.
        held_out: what it holds out, where it keeps rows apart that follow one another.
        no_folds: where there can be no folds: why, and what to do instead.
        of_old: whether a table without groups was split so before a spec named its split.
    """

    methods: str
    picture: str
    group_column: Literal["needed", "refused", "free"] = "free"
    pieces: str = ""
    held_out: str = ""
    no_folds: str = ""
    of_old: bool = False


SPLITS = table(
    SplitRow(
        name="group",
        label="whole groups",
        help="rows of one group go to one part; takes a group column",
        methods="whole groups, drawn once",
        picture="A piece of a strip is a group; whole groups go to one part.",
        group_column="needed",
    ),
    SplitRow(
        name="block",
        label="blocks of rows",
        help="blocks of rows that follow one another go to one part, with gaps between the parts",
        methods="whole blocks of consecutive rows, drawn once, with gaps between the parts",
        picture=(
            "A piece of a strip is a block of rows that follow one another; whole blocks go to one "
            "part."
        ),
        group_column="refused",
        pieces="blocks of rows",
        held_out="whole blocks",
    ),
    SplitRow(
        name="time",
        label="the last rows",
        help="the last rows are the test, those before them validate",
        methods="the last rows, in the order of time, with gaps between the parts",
        picture="The last rows are the test, and those before them validate.",
        held_out="the last rows",
        no_folds=(
            "a split by time has one future and no folds: leave compare.folds at 1, or split by "
            "blocks (--split block)"
        ),
    ),
    SplitRow(
        name="row",
        label="rows at random",
        help="single rows, drawn at random: for rows that are independent of each other",
        methods="rows drawn once at random",
        picture=(
            "Rows are shuffled with a fixed seed: that is fair only where no two rows belong "
            "together. Else name a group column, or hold out blocks or the last rows."
        ),
        of_old=True,
    ),
)
