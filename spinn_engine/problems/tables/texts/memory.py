"""How much memory a text file takes as columns, told from its start."""

from __future__ import annotations

import gzip
from pathlib import Path

from spinn_engine.problems.tables.texts.kept import are_kept
from spinn_engine.problems.tables.texts.raw import START_BYTES

BYTES_A_NUMBER = 24  # of a cell, while it is read and becomes an input
BYTES_A_ROW = 88  # of cells that stay in a file: targets, the split, and a column at a time
BYTES_A_BYTE = 4  # of a file of words
OF_NUMBERS = b"0123456789+-.eE"
BETWEEN = b",;\t \r\n"
MOSTLY = 0.95  # of the bytes between separators


def memory_needed(path: Path, size: int, keep: bool = False) -> float:
    """Bytes of memory that reading a text file takes, at most.

    A number takes as much however many digits it is written with; words take what they are.

    Args:
        path: the file.
        size: bytes of its text, unpacked.
        keep: whether cells of a long file stay in a file.

    Raises:
        OSError: it cannot be opened, or is no gzip file.
    """
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        start = file.read(START_BYTES)
    _, _, rows = start.partition(b"\n")  # the names are words
    lines = rows.count(b"\n")
    cells = lines + max(rows.count(mark) for mark in (b",", b";", b"\t", b" "))
    starts = size / max(len(rows), 1)  # that the file is as long as
    if keep and are_kept(starts * cells, cells / max(lines, 1)):
        return BYTES_A_ROW * starts * lines
    rest = rows.translate(None, BETWEEN)
    if not rest or len(rest.translate(None, OF_NUMBERS)) > (1 - MOSTLY) * len(rest):
        return BYTES_A_BYTE * size
    return BYTES_A_NUMBER * starts * cells
