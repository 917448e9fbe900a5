"""Which formats a run can be exported in. No torch."""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import FORMATS, unknown

ALL = "all"


def check_formats(names: Sequence[str]) -> None:
    """Refuse what is no format.

    Raises:
        BadInputError: nothing, or something unknown, was asked for.
    """
    for name in names:
        if name not in (*FORMATS, ALL):
            raise BadInputError(f"{unknown('format', name, FORMATS)}, or {ALL}")
    if not names:
        raise BadInputError(f"no format is named: use some of {', '.join(FORMATS)}, or {ALL}")
