"""What is asked of data before anybody publishes it; the functions: ``problems/checks/``."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class CheckRow(Row):
    """A check; its ``help`` says what it finds.

    Attributes:
        methods: what the methods say of the split where it found something; ``{groups}`` is their
            number.
        of_scores: whether it is about how much a score says, so that its errors and warnings stand
            beside one.
    """

    methods: str = ""
    of_scores: bool = False


CHECKS = table(
    CheckRow(
        name="row_order",
        label="row order",
        help="rows that follow one another, of which neighbours would be on both sides of a split",
        of_scores=True,
    ),
    CheckRow(
        name="leak",
        label="leak",
        help="inputs that give a target almost exactly, and targets computed from inputs",
    ),
    CheckRow(
        name="group_overlap",
        label="group overlap",
        help="groups with rows both in training and in what judges it",
        methods="of the {groups} groups some are in more than one of these parts",
    ),
    CheckRow(
        name="repeated_rows",
        label="repeated rows",
        help="validation and test rows whose inputs are also those of a training row",
    ),
    CheckRow(
        name="label_per_run",
        label="label per run",
        help="targets with one value a run: the runs are the independent samples",
    ),
    CheckRow(
        name="few_groups",
        label="few groups",
        help="fewer groups (or rows) in the test or the validation part than a score needs",
        of_scores=True,
    ),
    CheckRow(
        name="clock",
        label="clock",
        help="inputs that run with a target inside every group",
    ),
    CheckRow(name="id", label="id", help="inputs that number rows, groups or runs"),
    CheckRow(
        name="constant",
        label="constant",
        help="inputs with one value in all rows, or in all rows that train",
    ),
    CheckRow(
        name="duplicate",
        label="duplicate",
        help="columns that repeat an earlier one, but for unit, offset or sign",
    ),
    CheckRow(
        name="dependent",
        label="dependent inputs",
        help="inputs that are an exact weighted sum of several others",
    ),
    CheckRow(
        name="missing",
        label="missing",
        help="rows that cannot be used because a cell is missing",
    ),
    CheckRow(
        name="missing_code",
        label="code for missing",
        help="a value such as -9999 that stands in many rows, far from all others",
        of_scores=True,
    ),
    CheckRow(
        name="totals",
        label="totals",
        help="a last row that holds the sums or means of the others",
        of_scores=True,
    ),
    CheckRow(
        name="out_of_range",
        label="out of range",
        help="validation and test rows with an input outside what training has seen",
    ),
    CheckRow(
        name="modelled",
        label="modelled",
        help="targets that were computed from a model",
    ),
    CheckRow(
        name="linear_enough",
        label="linear enough",
        help="targets that least squares explains as well as a network would",
    ),
    CheckRow(
        name="wide",
        label="many columns",
        help="more inputs than are all fitted together",
    ),
    CheckRow(
        name="long",
        label="many rows",
        help="more rows than all statistics are taken on",
    ),
)
