"""By what the rows of one table are told apart; the functions: ``problems/tables/parting.py``."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class SplitRow(Row):
    """A way to split.

    Attributes:
        methods: how the methods say which rows validate and test.
    """

    methods: str


SPLITS = table(
    SplitRow(
        name="group",
        label="whole groups",
        help="rows of one group go to one part; takes a group column",
        methods="whole groups, drawn once",
    ),
    SplitRow(
        name="block",
        label="blocks of rows",
        help="blocks of rows that follow one another go to one part, with gaps between the parts",
        methods="whole blocks of consecutive rows, drawn once, with gaps between the parts",
    ),
    SplitRow(
        name="time",
        label="the last rows",
        help="the last rows are the test, those before them validate",
        methods="the last rows, in the order of time, with gaps between the parts",
    ),
    SplitRow(
        name="row",
        label="rows at random",
        help="single rows, drawn at random: for rows that are independent of each other",
        methods="rows drawn once at random",
    ),
)
