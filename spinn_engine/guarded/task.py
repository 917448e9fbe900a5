"""What is asked of a process that reads, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True)
class Task:
    """A call.

    Attributes:
        function: of a module, which is imported where it is called.
        args: what it takes.
        folder: where paths begin.
        memory: bytes that it may take.
        most_bytes: that its value may have when pickled, or None.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    folder: str
    memory: int
    most_bytes: int | None


@dataclass(frozen=True)
class Answer:
    """What came of a call: a value; or an error that it raised; or a fault, in words."""

    value: Any = None
    error: Exception | None = None
    fault: str | None = None


def learn(module: str) -> None:
    """Import a module, for what is called later to begin at once."""
    import_module(module)
