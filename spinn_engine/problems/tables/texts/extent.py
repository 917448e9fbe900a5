"""From which byte to which the rows of a text file go, and what stands below them."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from spinn_engine.problems.tables.forms.footers import MOST_FOOTERS, sums_up
from spinn_engine.problems.tables.forms.kinds import look
from spinn_engine.problems.tables.forms.names import COMMENT_MARKS
from spinn_engine.problems.tables.forms.structure import Structure
from spinn_engine.problems.tables.texts.form import SPACES, TextForm, is_left_out

TAIL_BYTES = 2**16
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Extent:
    """Which bytes of a file are its rows.

    Attributes:
        start: the first.
        end: the one behind the last.
        below: the lines behind that hold something, as they stand there.
    """

    start: int
    end: int
    below: tuple[str, ...]


def find_extent(file: BinaryIO, form: TextForm, has_end: bool) -> Extent:
    """Where the rows begin, and where lines follow that sum them up or say that they end.

    Args:
        file: the text.
        form: how it is written.
        has_end: whether the end of the text is that of the file.
    """
    start = _start_of_line(file, form.structure.first)
    size = file.seek(0, 2)
    if not has_end:
        return Extent(start, size, ())
    at = max(start, size - TAIL_BYTES)
    file.seek(at)
    tail = file.read()
    lines = _lines(tail, at)
    if at > start:
        lines = lines[1:]  # it may be cut
    end, below = size, list[str]()
    for place, line in reversed(lines):
        text = line.decode(errors="replace").strip("\r\n")
        if not text.strip():
            continue
        is_inside = text.count('"') % 2 == 1  # it ends a cell that begins in another line
        if len(below) == MOST_FOOTERS or is_inside or not _is_footer(text, form):
            break
        end = place
        below.append(text)
    return Extent(start, end, tuple(reversed(below)))


def _start_of_line(file: BinaryIO, number: int) -> int:
    file.seek(0)
    start, seen = 0, 1
    while seen < number and (block := file.read(2**20)):
        if block.endswith(b"\r"):
            block += file.read(1)
        for found in LINE_END.finditer(block):
            seen += 1
            if seen == number:
                return start + found.end()
        start += len(block)
    return start


def _lines(text: bytes, start: int) -> list[tuple[int, bytes]]:
    """Lines with the byte at which each begins."""
    found, at = [], 0
    for end in LINE_END.finditer(text):
        found.append((start + at, text[at : end.start()]))
        at = end.end()
    return [*found, (start + at, text[at:])]


def _is_footer(text: str, form: TextForm) -> bool:
    cells = form.cells(text)
    if form.delimiter != SPACES and len(cells) == 1 < len(form.structure.names):
        return look(text) == "word" or text.startswith(COMMENT_MARKS)
    if text.startswith(COMMENT_MARKS):
        return not _names_a_row(cells, form.structure)
    words = [(column, cell) for column, cell in enumerate(cells) if look(cell) != "empty"]
    if len(words) == 1 < len(cells) and look(words[0][1]) == "word":
        return words[0][0] in form.structure.values or sums_up(cells, form.structure)
    return sums_up(cells, form.structure)


def _names_a_row(cells: Sequence[str], structure: Structure) -> bool:
    """Whether a mark such as # begins the name of a row, for values follow."""
    looks = {look(cells[column]) for column in structure.values if column < len(cells)}
    return len(cells) == len(structure.names) and 0 not in structure.values and "value" in looks


@contextmanager
def rewritten(file: BinaryIO, form: TextForm) -> Iterator[BinaryIO]:
    """The file for a reader of separated text: left-out lines are empty, runs of spaces a tab."""
    if not form.is_rewritten:
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        lines = io.TextIOWrapper(file, encoding="utf-8", newline=None)
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\n")
            if number in form.repeats or is_left_out(number, text, form.asked):
                text = ""
            elif form.delimiter == SPACES:
                text = "\t".join(form.cells(text))
            copy.write(text.encode() + b"\n")
        lines.detach()
        copy.seek(0)
        yield copy
