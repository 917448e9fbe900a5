"""Names that stand again further down, as logs have them that were begun anew or joined."""

from __future__ import annotations

import io
from itertools import islice
from typing import BinaryIO

from spinn_engine.problems.tables.texts.form import TextForm
from spinn_engine.problems.tables.texts.raw import BLOCK_BYTES


def repeated_lines(file: BinaryIO, form: TextForm) -> frozenset[int]:
    """Lines among the rows that repeat the names, and then those that repeat what is beside them.

    Args:
        file: the text, in UTF-8.
        form: how it is written.
    """
    structure = form.structure
    if structure.header == 0 or len(structure.names) < 2 or not structure.values:
        return frozenset()
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline=None)
    try:
        ends = " \n" if form.delimiter == " " else f" \n{form.delimiter}"
        above = [line.strip(ends) for line in islice(text, structure.first - 1)]
        names = above[structure.header - 1]
        if names.count('"') % 2 or not _is_there_twice(file, names.encode()):
            return frozenset()
        text.seek(0)
        words = {line for line in above if any(sign.isalpha() for sign in line)}
        below = [
            (number, line.strip(ends))
            for number, line in enumerate(text, 1)
            if number >= structure.first and line.strip(ends) in words
        ]
    finally:
        text.detach()
    if not any(line == names for _, line in below):
        return frozenset()
    return frozenset(number for number, _ in below)


def _is_there_twice(file: BinaryIO, line: bytes) -> bool:
    """Whether some bytes stand in a file more than once, told fast."""
    file.seek(0)
    found, rest = 0, b""
    while block := file.read(BLOCK_BYTES):
        found += (rest + block).count(line)
        if found > 1:
            return True
        rest = (rest + block)[-len(line) + 1 :] if len(line) > 1 else b""
    return False
