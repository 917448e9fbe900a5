"""What a data source holds: columns, split, physics terms, what the checks find."""

from __future__ import annotations

from typing import Any

from dashboard.reads.cached import cached, of_source
from spinn_engine import api
from spinn_engine.spec import DataSpec


@cached(of_source, most=16, spinner="Reading the columns ...")
def preview(data: DataSpec) -> dict[str, Any]:
    """Columns, first rows and notes of a source.

    Raises:
        BadInputError: it cannot be read, or a named column does not exist.
    """
    return api.preview(data)


@cached(of_source, most=16)
def first_lines(data: DataSpec) -> dict[str, Any]:
    """How a text file begins, and where its names may be if they are not found.

    Raises:
        BadInputError: it cannot be opened, or holds no text.
    """
    return api.first_lines(data)


@cached(of_source, most=16, spinner="Reading the data ...")
def summary(data: DataSpec) -> api.DataSummary:
    """Size, split and physics terms of a source.

    Raises:
        BadInputError: the source cannot be read as asked.
    """
    return api.summary(data)


@cached(of_source, most=16, spinner="Reading all rows ...")
def split(data: DataSpec) -> api.DataSplit:
    """Rows, groups and targets of every part.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return api.split(data)


@cached(of_source, most=16, spinner="Checking the data ...")
def findings(data: DataSpec) -> list[dict[str, Any]]:
    """What the checks find, the worst first.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return api.check(data)
