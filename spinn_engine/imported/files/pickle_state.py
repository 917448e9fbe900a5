"""Where a pickle machine is in its pickle, and what it has made so far."""

from __future__ import annotations

import struct

from spinn_engine.errors import CorruptArtifactError
from spinn_engine.imported.files.values import Named

LONGEST_NAME = 1024
DAMAGED = "its pickle is damaged, copy the file again"


class Machine:
    """Where the reader is, what it has made, and what it can be asked for again.

    Attributes:
        stack: values since the last mark.
        marked: the stacks below each mark.
        memo: values by the number that the pickle gave them.
        called: the classes and functions that loading it would have called, in order.
        persistent: what was asked for from outside of the pickle, such as storages, in order.
    """

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data, self.position = data, position
        self.called: dict[Named, None] = {}
        self.persistent: list[object] = []
        self.stack: list[object] = []
        self.marked: list[list[object]] = []
        self.memo: dict[int, object] = {}

    def result(self) -> object:
        """The one value that is left at the end."""
        if len(self.stack) != 1 or self.marked:
            raise CorruptArtifactError(DAMAGED)
        return self.stack[0]

    def take(self, count: int) -> bytes:
        """The next bytes."""
        start = self.position
        if not 0 <= count <= len(self.data) - start:
            raise CorruptArtifactError("its pickle is cut off, copy the file again")
        self.position += count
        return self.data[start : self.position]

    def number(self, layout: str) -> int:
        """The next whole number."""
        return int(struct.unpack(layout, self.take(struct.calcsize(layout)))[0])

    def line(self) -> str:
        """The next line, without its end."""
        end = self.data.find(b"\n", self.position, self.position + LONGEST_NAME)
        if end < 0:
            raise CorruptArtifactError(DAMAGED)
        return self.take(end + 1 - self.position)[:-1].decode("utf-8")

    def pop_mark(self) -> list[object]:
        """The values since the last mark."""
        values, self.stack = self.stack, self.marked.pop()
        return values

    def pop_tuple(self) -> tuple[object, ...]:
        """The tuple on top, as arguments."""
        value = self.stack.pop()
        if not isinstance(value, tuple):
            raise CorruptArtifactError(DAMAGED)
        return value
