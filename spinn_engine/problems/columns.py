"""Which columns a user named, checked against those that exist."""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.words import shown_list


def check_names(what: str, names: Sequence[str], existing: Sequence[str], where: str) -> None:
    """Refuse names that do not exist or are given twice.

    Args:
        what: what the names are for, as in "target".
        names: as the user gave them.
        existing: those that may be given.
        where: the file or source, for the message.

    Raises:
        BadInputError: a name is not among ``existing``, or appears twice.
    """
    for position, name in enumerate(names):
        if name not in existing:
            raise BadInputError(
                f"{where}: {what} {name!r} is not one of its columns, which are "
                f"{shown_list(existing, most=12)}"
            )
        if name in names[:position]:
            raise BadInputError(f"{where}: {what} {name!r} is named twice, once is enough")


def choose_inputs(columns: Sequence[str], left_out: Sequence[str], where: str) -> tuple[str, ...]:
    """The columns that are inputs, in their own order.

    Raises:
        BadInputError: none is left.
    """
    inputs = tuple(name for name in columns if name not in left_out)
    if not inputs:
        raise BadInputError(f"{where}: no input column is left, drop fewer columns")
    return inputs
