"""Table files as columns: one file, or a folder of train, val and test."""

from __future__ import annotations

import csv
import re
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from zipfile import BadZipFile

import pyarrow as pa

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.limits import free_memory
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.problems.tables.containers.choosing import check_one_table
from spinn_engine.problems.tables.containers.conversions import no_table, one_file
from spinn_engine.problems.tables.containers.joining import joined
from spinn_engine.problems.tables.gaps import without_codes
from spinn_engine.problems.tables.header import numbered
from spinn_engine.problems.tables.sheet import Layout, Sheet
from spinn_engine.problems.tables.texts.memory import memory_needed
from spinn_engine.problems.tables.texts.raw import BLOCK_BYTES
from spinn_engine.problems.tables.texts.reading import read_text
from spinn_engine.spec import ReadingSpec
from spinn_engine.vocabulary import TableRow, table_kind, table_suffixes
from spinn_engine.words import counted, listed, size

PARTS = ("train", "val", "test")
LONGEST_HEADER = 1_000
LONGEST_REASON = 1_000  # letters; some hold a line to be copied, with paths
START_ROWS = 10_000  # of text as many as its first bytes hold
MEMORY_PER_BYTE = 4  # at most, of a file that is no text, as it is unpacked
UNREADABLE = (  # what the readers raise on damaged or foreign bytes
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    csv.Error,
    BadZipFile,
    pa.ArrowException,
)
UNEVEN_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
FOUND = ReadingSpec()  # everything is found in the file

Columns = dict[str, pa.ChunkedArray]


def read_table(
    path: Path, whole: bool = True, reading: ReadingSpec = FOUND, keep: bool = False
) -> tuple[Columns, Layout]:
    """The columns of a file, or those of a folder's train, val and test files in this order.

    Args:
        path: a file or a folder.
        whole: read all rows, not just enough at the start of each file to show what is in it.
        reading: how a person wants them read; what is left open is found.
        keep: leave cells of a long text file in files (``Layout.kept``), not here.

    Returns:
        The columns by their headers, which are different now, and where their rows come from.

    Raises:
        BadInputError: a file is missing, is not a table, has no rows, or needs more memory than
            is free; or the files' columns differ.
    """
    files = _files(path)
    keep = keep and len(files) == 1
    _check_memory(files if whole else [file for file in files if kind_of(file).at_once], keep)
    sheets = [_read(file, whole, reading, keep) for file in files]
    headers = [numbered(sheet.headers) for sheet in sheets]
    for file, names in zip(files[1:], headers[1:], strict=True):
        _check_same(file, names, files[0], headers[0])
    by_name = [
        dict(zip(own, s.columns, strict=True)) for own, s in zip(headers, sheets, strict=True)
    ]
    columns = {
        name: without_codes(joined([cells[name] for cells in by_name]), reading)
        for name in headers[0]
    }
    notes = [note for sheet in sheets for note in sheet.notes]
    notes += _settle_repeated(sheets[0].headers, headers[0], columns)
    rows = tuple((file.name, s.rows) for file, s in zip(files, sheets, strict=True))
    signs = {sheet.decimal for sheet in sheets}
    decimal = signs.pop() if len(signs) == 1 else None
    whole = all(sheet.whole for sheet in sheets)
    read, lines = tuple(s.read for s in sheets), tuple(s.line for s in sheets)
    kept = sheets[0].kept if keep else ()
    return columns, Layout(path, rows, tuple(notes), whole, decimal, reading, read, lines, kept)


def _files(path: Path) -> list[Path]:
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise BadInputError(f"{path}: cannot be opened: {_reason(error)}") from None
    if not is_there:
        raise BadInputError(f"{path}: there is no such file or folder")
    if is_folder and (parts := sorted(path.glob("part-*.parquet"))):
        raise BadInputError(f"{path}: it is a folder of parts: {one_file(path, parts)}")
    if is_folder and table_kind(path.name):
        check_plain_file(path)
    files = [_part_file(path, part) for part in PARTS] if is_folder else [path]
    for file in files:
        check_plain_file(file)
        kind_of(file)
    return files


def _part_file(folder: Path, part: str) -> Path:
    found = sorted(
        file
        for file in folder.glob(f"{part}.*")
        if (found := table_kind(file.name)) and file.name.lower() == part + found[1]
    )
    if len(found) != 1:
        names = " and ".join(file.name for file in found) or f"no {part} file"
        raise BadInputError(
            f"{folder}: found {names}, but a folder must hold one {part}.csv (or "
            f"{', '.join(table_suffixes()[1:])})"
        )
    return found[0]


def _check_memory(files: Sequence[Path], keep: bool) -> None:
    """Refuse, before anything is read, what does not fit into memory."""
    needed = 0.0
    for file in files:
        try:
            of_words, size_now = kind_of(file).reader is None, _unpacked(file)
            needed += (
                memory_needed(file, size_now, keep) if of_words else MEMORY_PER_BYTE * size_now
            )
        except UNREADABLE as error:
            raise unreadable(file, error) from None
    if files:
        check_free(files[0] if len(files) == 1 else files[0].parent, round(needed))


def check_free(path: Path, needed: int) -> None:
    """Refuse what takes more memory than is free.

    Raises:
        BadInputError: as said.
    """
    free = free_memory()
    if needed > free:
        raise BadInputError(
            f"{path}: reading it may take "
            f"{size(needed)} of memory but {size(free)} are free: leave out rows, columns or long "
            "texts, or use a machine with more"
        )


def kind_of(file: Path) -> TableRow:
    """What reads a file, as its suffix tells.

    Raises:
        BadInputError: it has no suffix of a table file.
    """
    found = table_kind(file.name)
    if found is None:
        raise BadInputError(no_table(file))
    return found[0]


def _unpacked(file: Path) -> int:
    measure = kind_of(file).size
    return int(resolve_name(measure)(file)) if measure else file.stat().st_size


def _read(file: Path, whole: bool, reading: ReadingSpec, keep: bool) -> Sheet:
    reader = kind_of(file).reader
    try:
        if reader is None:
            check_one_table(reading.sheet)
            sheet = read_text(file, whole, reading, keep)
        else:
            most = None if whole else START_ROWS
            sheet = resolve_name(reader)(file, reading, most)
    except UNREADABLE as error:
        if reading.encoding and isinstance(error, UnicodeError):
            told = ValueError(f"it is no {reading.encoding} text: leave out --encoding")
            raise unreadable(file, told) from None
        raise unreadable(file, error) from None
    if sheet.rows == 0:
        raise BadInputError(f"{file}: the table has no rows")
    for number, header in enumerate(sheet.headers, 1):
        if len(header) > LONGEST_HEADER:
            raise BadInputError(
                f"{file}: the name of column {number} has {len(header):,} letters, at most "
                f"{LONGEST_HEADER:,} can be: the first row must hold the names"
            )
    return sheet


def unreadable(file: Path, error: Exception) -> BadInputError:
    """What is said of a file that a reader could not read."""
    return BadInputError(f"{file}: cannot be read as a table: {_reason(error)}")


def _reason(error: Exception) -> str:
    if uneven := UNEVEN_ROW.search(str(error)):
        line, names, cells = uneven.groups()
        return (
            f"line {line} has {counted(int(cells), 'cell')} but the header has "
            f"{counted(int(names), 'name')}"
        )
    if "straddl" in str(error):  # the reader's word for a row that does not fit into a block
        return f"a row takes more than {size(BLOCK_BYTES)}: shorten its cells"
    if isinstance(error, UnicodeDecodeError):
        return "it is neither UTF-8, UTF-16 nor Western European text, save it as UTF-8"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())[:LONGEST_REASON]


def _check_same(file: Path, names: list[str], first: Path, expected: list[str]) -> None:
    for one, other, verb in ((expected, set(names), "lacks"), (names, set(expected), "also has")):
        different = [name for name in one if name not in other]
        if different:
            raise BadInputError(
                f"{file}: columns must be those of {first.name}, but it {verb} {listed(different)}"
            )


def _settle_repeated(found: list[str], names: list[str], columns: Columns) -> list[str]:
    """Take out columns that repeat one of the same name, and say which were renamed."""
    notes = []
    counts = Counter(header.strip() for header in found)
    first: dict[str, str] = {}
    for header, name in zip((header.strip() for header in found), names, strict=True):
        original = first.setdefault(header, name)
        if not header or counts[header] == 1 or original == name:
            continue
        if columns[name].equals(columns[original]):
            del columns[name]
            notes.append(f"Column {header!r} is there twice with the same cells: one is used.")
        else:
            notes.append(f"Column {header!r} is there twice: the second is called {name!r}.")
    return notes
