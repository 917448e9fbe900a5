"""What a workbook takes when it is unpacked, counted before it is: bytes, and texts by their cells.

A text that many cells hold stands in the file once, and in memory once a cell; in an OpenDocument
a cell and a row may be repeated, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np

from spinn_engine.problems.problem import Indices

BLOCK_BYTES = 2**20
OLD = b"\xd0\xcf\x11\xe0"  # of .xls, and of what a password locks
TEXTS = "xl/sharedStrings.xml"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
OPEN_DOCUMENT = "content.xml"
ROWS_REPEATED = re.compile(rb"""^[^>]*\bnumber-rows-repeated=["'](\d{1,9})["']""")
CELL = re.compile(rb"<table:table-cell\b([^>]*[^>/])>(.*?)</table:table-cell>", re.DOTALL)
COLUMNS_REPEATED = re.compile(rb"""\bnumber-columns-repeated=["'](\d{1,9})["']""")
TEXT_CELL = re.compile(rb"""<c\b[^>]*\bt=["']s["'][^>]*>\s*<v>(\d{1,9})</v>""")


def unpacked_bytes(path: Path) -> int:
    """Bytes of a workbook when it is unpacked, and of the texts in the cells of its largest sheet.

    An ``.xls`` is not packed.

    Raises:
        ValueError: it is no workbook.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        if file.read(len(OLD)) == OLD:
            return path.stat().st_size
    try:
        with ZipFile(path) as packed:
            entries = {entry.filename: entry.file_size for entry in packed.infolist()}
            texts = 0
            if TEXTS in entries:
                lengths = _lengths(packed)
                sheets = filter(SHEET.fullmatch, entries)
                texts = max((_text_bytes(packed, name, lengths) for name in sheets), default=0)
            if OPEN_DOCUMENT in entries:
                texts = _repeated_bytes(packed)
            return sum(entries.values()) + texts
    except BadZipFile:
        raise ValueError("it is no workbook") from None


def _lengths(packed: ZipFile) -> Indices:
    """Bytes of each text, with its marks; and 0 for a number that none has."""
    found = [len(text) for part in _parts(packed, TEXTS, b"</si>") for text in part]
    return np.array([*found, 0], dtype=np.int64)


def _text_bytes(packed: ZipFile, sheet: str, lengths: Indices) -> int:
    """Bytes of the texts in all cells of a sheet."""
    total = 0
    for part in _parts(packed, sheet, b"</c>"):
        named = [int(cell[1]) for text in part if (cell := TEXT_CELL.search(text))]
        numbers = np.minimum(np.array(named, dtype=np.int64), len(lengths) - 1)
        total += int(lengths[numbers].sum())
    return total


def _repeated_bytes(packed: ZipFile) -> int:
    """Bytes of the filled cells of an OpenDocument, where one stands for many alike."""
    total = 0
    for part in _parts(packed, OPEN_DOCUMENT, b"</table:table-row>"):
        for text in part:
            row = text.rpartition(b"<table:table-row")[2]
            times = _times(ROWS_REPEATED.match(row))
            total += times * sum(
                _times(COLUMNS_REPEATED.search(cell[1])) * len(cell[2])
                for cell in CELL.finditer(row)
            )
    return total


def _times(found: re.Match[bytes] | None) -> int:
    return int(found[1]) if found else 1


def _parts(packed: ZipFile, name: str, end: bytes) -> Iterator[list[bytes]]:
    """What stands before each ``end``, block by block."""
    rest = [b""]
    with packed.open(name) as file:
        while block := file.read(BLOCK_BYTES):
            *whole, last = block.split(end)
            if whole:
                yield [b"".join([*rest, whole[0]]), *whole[1:]]
                rest = []
            rest.append(last)
