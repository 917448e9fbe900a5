"""Ends an action before any one of its writes, as ``kill -9`` would.

``Writes()`` counts the writes of this thread, ``Writes(k)`` ends it before the k-th, counted from
0: whatever makes, opens for writing, moves or removes a file, and every commit of a database. After
that none comes through, those of ``finally`` neither.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Self

from sqlalchemy.engine.default import DefaultDialect

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOVES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate")

_now: list[Writes] = []


class Killed(BaseException):
    """Not an ``Exception``: nothing that handles failures may handle it."""


class Writes:
    """The writes of a ``with`` block.

    Attributes:
        seen: what they were, in their order.
    """

    def __init__(self, last: int | None = None) -> None:
        self.seen: list[str] = []
        self._last = last
        self._thread = threading.get_ident()

    def __enter__(self) -> Self:
        _now.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _now.remove(self)

    def comes(self, what: str) -> None:
        """Count a write that is about to be done, or end the thread instead."""
        if threading.get_ident() != self._thread:
            return
        if self._last is not None and len(self.seen) >= self._last:
            raise Killed(what)
        self.seen.append(what)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """What the interpreter tells of every call of the system."""
    if not _now:
        return
    opened = event == "open" and arguments[2] & _WRITING
    if (opened or event in _MOVES) and not str(arguments[0]).endswith(".lock"):
        _now[-1].comes(f"{event} {arguments[0]}")


def _commit(dialect: DefaultDialect, connection: Any) -> None:
    if _now and connection.in_transaction:
        _now[-1].comes("commit")
    _do_commit(dialect, connection)  # type: ignore[no-untyped-call]


_do_commit = DefaultDialect.do_commit
DefaultDialect.do_commit = _commit  # type: ignore[method-assign]
sys.addaudithook(_hear)
