"""Separated text (CSV) as columns: encoding, separator and decimal sign are found in its start.

A long file is read as a stream of small blocks, so that little more than the numbers themselves is
held at any time.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from spinn_engine.problems.tables.marks import (
    LARGEST_EXACT,
    has_decimals,
    have_thousands,
    may_be_misread,
)
from spinn_engine.problems.tables.sheet import MISSING, Sheet

START_BYTES = 2**20
BLOCK_BYTES = 2**20
SAMPLE_ROWS = 200
SEPARATORS = "\t;,"  # a decimal comma makes the last the least certain
SEPARATOR_WORDS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
WITH_COMMA = re.compile(r"\s*[+-]?\d*,(\d+)([eE][+-]?\d+)?\s*")
WITH_POINT = re.compile(r"\s*[+-]?\d*\.\d+([eE][+-]?\d+)?\s*")
UTF_8, UTF_16, WESTERN = "utf-8-sig", "utf-16", "cp1252"
csv.field_size_limit(START_BYTES)  # letters of a cell; of itself 131,072


@dataclass(frozen=True)
class Dialect:
    """How a file is written.

    Attributes:
        encoding: name that Python knows.
        separator: between cells.
        decimal: comma or point.
        lines_before: empty lines and Excel's ``sep=;`` before the header.
        header: the names.
    """

    encoding: str
    separator: str
    decimal: str
    lines_before: int
    header: tuple[str, ...]


def read_text(path: Path, whole: bool) -> Sheet:
    """The columns of a CSV file; of a long one only the first rows, unless ``whole``.

    Raises:
        ValueError: it is empty or not text, a row has more or fewer cells than the header, or a
            quotation mark is not closed.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(START_BYTES)
        is_all = not file.read(1)
    encoding = _encoding(path, start, whole and not is_all)
    text = codecs.getincrementaldecoder(encoding)().decode(start, final=is_all)
    dialect = _dialect(text, encoding, is_all)
    table = _read_start(text, dialect, is_all)
    if whole and not is_all:
        table = _read_stream(path, dialect, table)
        _check_quotes(path, dialect, table)
    elif is_all:
        _check_quotes(path, dialect, table)
    doubtful = [name for name in table.column_names if may_be_misread(table[name])]
    for read in (partial(_read_start, text, dialect, is_all), partial(_read_again, path, dialect)):
        if doubtful:
            texts = read(dict.fromkeys(doubtful, pa.string()))
            doubtful = [name for name in doubtful if have_thousands(texts[name])]
        if is_all or not whole:
            break
    told = any(has_decimals(table[name]) for name in table.column_names if name not in doubtful)
    if doubtful:
        table = _as_written(table, texts.select(doubtful))
    notes, decimal = _notes(path, dialect), dialect.decimal if told else None
    return Sheet(list(dialect.header), table.columns, notes, whole or is_all, decimal)


def _encoding(path: Path, start: bytes, beyond: bool) -> str:
    """UTF-8 if all bytes are; else UTF-16, told by its mark or zeros; else Western European."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF_16
    zeros = [start[offset:4096:2].count(0) for offset in (0, 1)]
    if any(zeros):  # every other byte of Latin letters and digits in UTF-16
        if min(zeros) * 10 > max(zeros) or max(zeros) * 8 < len(start[:4096]):
            raise ValueError("it holds zero bytes, so it is not text")
        return f"{UTF_16}-le" if zeros[1] else f"{UTF_16}-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        if beyond:
            with path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    decoder.decode(block)
    except UnicodeDecodeError:
        return WESTERN
    return UTF_8


def _dialect(text: str, encoding: str, is_all: bool) -> Dialect:
    lines_before, separator = 0, None
    for line in text.splitlines():
        if line[:4].lower() == "sep=" and len(line) == 5:
            separator = line[4]
        elif line.strip():
            break
        lines_before += 1
    body = "".join(islice(io.StringIO(text, newline=""), lines_before, None))
    if not body.strip():
        raise ValueError("the file is empty")
    separator = separator or _separator(body, is_all)
    header, *rows = _rows(body, separator, is_all)
    decimal = _decimal([cell for row in rows for cell in row], separator)
    return Dialect(encoding, separator, decimal, lines_before, tuple(header))


def _rows(body: str, separator: str, is_all: bool) -> list[list[str]]:
    """The header and the rows below it that are not empty; one that may be cut off is left out."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    rows = list(islice(filter(None, reader), SAMPLE_ROWS))
    return rows[:-1] if 1 < len(rows) < SAMPLE_ROWS and not is_all else rows


def _separator(body: str, is_all: bool) -> str:
    """The first separator that gives every row as many cells as the header, and more than one."""
    for separator in SEPARATORS:
        try:
            widths = {len(row) for row in _rows(body, separator, is_all)}
        except csv.Error:  # one that is not there makes a long line one cell, which has a limit
            continue
        if len(widths) == 1 and widths != {1}:
            return separator
    first_line = body.splitlines()[0]
    return max(",;\t", key=first_line.count)


def _decimal(cells: Sequence[str], separator: str) -> str:
    """A comma where more numbers have one; 1,234 among commas may well be a thousand."""
    commas = [found for cell in cells if (found := WITH_COMMA.fullmatch(cell))]
    points = sum(WITH_POINT.fullmatch(cell) is not None for cell in cells)
    is_thousands = separator == "," and all(len(found[1]) == 3 for found in commas)
    return "," if len(commas) > points and not is_thousands else "."


def _read_start(
    text: str, dialect: Dialect, is_all: bool, types: dict[str, pa.DataType] | None = None
) -> pa.Table:
    """The rows at the start of a file, with the kinds of cells that their columns hold."""
    if is_all:
        text += "\n"  # for a header alone to be a line
    else:
        text = text[: text.rindex("\n") + 1] if "\n" in text else text
    return arrow_csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=_read_options(dialect, "utf8"),
        parse_options=_parse_options(dialect, skip_bad_rows=not is_all),
        convert_options=_convert_options(dialect, types),
    )


def _read_stream(path: Path, dialect: Dialect, start: pa.Table) -> pa.Table:
    """All rows, block by block; at once where the start did not show what a column holds."""
    types = {name: _wider(start[name]) for name in start.column_names}
    encoding = "utf8" if dialect.encoding == UTF_8 else dialect.encoding
    options = _read_options(dialect, encoding), _parse_options(dialect)
    try:
        with pa.OSFile(str(path)) as file, arrow_csv.open_csv(
            file, *options, _convert_options(dialect, types)
        ) as stream:  # fmt: skip
            return pa.Table.from_batches(list(stream))
    except pa.ArrowInvalid:
        with pa.OSFile(str(path)) as file:
            return arrow_csv.read_csv(file, *options, _convert_options(dialect))
    finally:
        pa.default_memory_pool().release_unused()


def _read_again(path: Path, dialect: Dialect, types: dict[str, pa.DataType]) -> pa.Table:
    """All rows of some columns."""
    encoding = "utf8" if dialect.encoding == UTF_8 else dialect.encoding
    options = _read_options(dialect, encoding), _parse_options(dialect)
    convert = _convert_options(dialect, types)
    convert.include_columns = list(types)
    with pa.OSFile(str(path)) as file:
        return arrow_csv.read_csv(file, *options, convert)


def _as_written(table: pa.Table, texts: pa.Table) -> pa.Table:
    """A table with the texts of some of its columns instead of their numbers."""
    for number, name in enumerate(table.column_names):
        if name in texts.column_names:
            table = table.set_column(number, name, texts[name])
    return table


def _wider(cells: pa.ChunkedArray) -> pa.DataType:
    """The type that further cells of a column most likely fit."""
    kind = cells.type
    if pa.types.is_null(kind):
        return pa.float64()
    if pa.types.is_integer(kind):  # long serial numbers must stay different
        is_exact = pc.all(pc.less(pc.abs(cells), LARGEST_EXACT)).as_py()
        return pa.float64() if is_exact else kind
    if pa.types.is_date(kind):
        return pa.timestamp("ns")
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ns", kind.tz)
    return kind


def _read_options(dialect: Dialect, encoding: str) -> arrow_csv.ReadOptions:
    return arrow_csv.ReadOptions(
        use_threads=False,  # so that a complaint tells the row; the stream is as fast
        block_size=BLOCK_BYTES,
        skip_rows=dialect.lines_before,
        skip_rows_after_names=1,
        column_names=[str(number) for number in range(len(dialect.header))],
        encoding=encoding,
    )


def _parse_options(dialect: Dialect, skip_bad_rows: bool = False) -> arrow_csv.ParseOptions:
    return arrow_csv.ParseOptions(
        delimiter=dialect.separator,
        newlines_in_values=True,
        invalid_row_handler=(lambda _: "skip") if skip_bad_rows else None,
    )


def _convert_options(
    dialect: Dialect, types: dict[str, pa.DataType] | None = None
) -> arrow_csv.ConvertOptions:
    return arrow_csv.ConvertOptions(
        column_types=types,
        decimal_point=dialect.decimal,
        null_values=MISSING,
        strings_can_be_null=True,
        auto_dict_encode=True,
        auto_dict_max_cardinality=1000,
    )


def _check_quotes(path: Path, dialect: Dialect, table: pa.Table) -> None:
    """A quotation mark that is not closed in its cell swallows rows: a cell then holds line ends.

    Marks that a person forgot to close may pair up, so text behind a closing mark is a fault too.
    """
    if not any(_holds_line_ends(column) for column in table.columns):
        return
    with path.open(encoding=dialect.encoding, newline="") as file:
        rows, end = csv.reader(file, delimiter=dialect.separator, strict=True), 0
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


def _holds_line_ends(column: pa.ChunkedArray) -> bool:
    words = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return bool(
        pa.types.is_string(words.type) and pc.any(pc.match_substring_regex(words, "[\r\n]")).as_py()
    )


def _notes(path: Path, dialect: Dialect) -> list[str]:
    notes = []
    if dialect.encoding == WESTERN:
        notes.append(
            f"{path.name} is not UTF-8 text: it was read as Western European (cp1252), save it as "
            "UTF-8 if letters look wrong."
        )
    elif dialect.encoding != UTF_8:
        notes.append(f"{path.name} was read as {dialect.encoding.upper()} text.")
    if dialect.decimal == ",":
        words = SEPARATOR_WORDS.get(dialect.separator, repr(dialect.separator))
        notes.append(f"{path.name} was read with {words} between cells and commas before decimals.")
    return notes
