"""How much memory a text file takes as columns, told from its start."""

from __future__ import annotations

import gzip
from pathlib import Path

from spinn_engine.problems.tables.texts.raw import START_BYTES

BYTES_A_NUMBER = 24  # of a cell, while it is read and becomes an input
BYTES_A_BYTE = 4  # of a file of words
OF_NUMBERS = b"0123456789+-.eE"
BETWEEN = b",;\t \r\n"
MOSTLY = 0.95  # of the bytes between separators


def memory_a_byte(path: Path) -> float:
    """Bytes of memory that reading takes for each of a text file's own, unpacked: at most.

    A number takes as much however many digits it is written with; words take what they are.

    Raises:
        OSError: it cannot be opened, or is no gzip file.
    """
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        start = file.read(START_BYTES)
    _, _, rows = start.partition(b"\n")  # the names are words
    rest = rows.translate(None, BETWEEN)
    if not rest or len(rest.translate(None, OF_NUMBERS)) > (1 - MOSTLY) * len(rest):
        return BYTES_A_BYTE
    cells = rows.count(b"\n") + max(rows.count(mark) for mark in (b",", b";", b"\t", b" "))
    return BYTES_A_NUMBER * cells / len(rows)
