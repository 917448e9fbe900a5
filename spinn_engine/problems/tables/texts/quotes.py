"""Quotation marks that are not closed in their cell, which swallow rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa

from spinn_engine.problems.tables.texts.form import SPACES, TextForm
from spinn_engine.problems.tables.typed.shapes import bytes_of


def check_quotes(file: BinaryIO, form: TextForm) -> None:
    """Refuse a quotation mark that is not closed where its cell ends.

    Marks that a person forgot to close may pair up, so text behind a closing mark is a fault too.

    Raises:
        ValueError: there is one.
    """
    if form.delimiter == SPACES:
        return
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows, end = csv.reader(text, delimiter=form.delimiter, strict=True), 0
    try:
        while True:
            try:
                if next(rows, None) is None:
                    return
            except csv.Error as error:  # within a line, `"x" ,` is one as well
                if rows.line_num > end + 1 or "end of data" in str(error):
                    raise ValueError(
                        f"a quotation mark is opened in line {end + 1} and not closed where its "
                        "cell ends: close it, or double it where it is part of the text"
                    ) from None
            end = rows.line_num
    finally:
        text.detach()


def hold_line_ends(parts: Iterable[pa.Array]) -> bool:
    """Whether a cell goes on in another line, as one does that has swallowed rows.

    Args:
        parts: the cells of a column, some at a time.
    """
    for cells in parts:
        words = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
        if not pa.types.is_string(words.type):
            return False
        content = bytes_of(words)[1]
        if any((content == end).any() for end in b"\r\n"):
            return True
    return False
