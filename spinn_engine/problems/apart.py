"""Data sources that are files, looked at in a process of their own: ``apart(preview, data)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from spinn_engine.guarded.processes import guarded
from spinn_engine.spec import DataSpec, RunSpec
from spinn_engine.vocabulary import source_of

R = TypeVar("R")


def apart(function: Callable[..., R], asked: DataSpec | RunSpec, *more: Any) -> R:
    """What a function of a module says of data; where they are a file, within limits.

    Args:
        function: takes what was asked for, and ``more``; what it gives can be pickled.
        asked: the data, or the spec of a run with such data.
        more: what the function takes besides.

    Raises:
        BadInputError: the file takes more memory or time than it may.
        Exception: whatever the function raises.
    """
    named = asked.data.source if isinstance(asked, RunSpec) else asked.source
    source = source_of(named)
    if source is None or source.path is None:
        return function(asked, *more)
    return guarded(named.partition(":")[2] or named, function, asked, *more)
