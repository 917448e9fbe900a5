"""Table files as columns: one CSV, Parquet or Excel file, or a folder of train, val and test."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.limits import free_memory
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.problems.tables.excel import read_excel
from spinn_engine.problems.tables.excel_sizes import unpacked_bytes
from spinn_engine.problems.tables.gaps import without_codes
from spinn_engine.problems.tables.header import numbered
from spinn_engine.problems.tables.sheet import Layout, Sheet
from spinn_engine.problems.tables.texts.raw import BLOCK_BYTES
from spinn_engine.problems.tables.texts.reading import read_text
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import counted, listed, size

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".lvm", ".asc", ".gz")
SUFFIXES = (*TEXT_SUFFIXES, ".parquet", ".xlsx")
PARTS = ("train", "val", "test")
LONGEST_HEADER = 1_000
START_ROWS = 10_000  # of Parquet and Excel files; of text as many as its first bytes hold
MEMORY_PER_BYTE = 4  # at most, of a file as it is unpacked
UNREADABLE = (  # what the readers raise on damaged or foreign bytes
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    NotImplementedError,
    csv.Error,
)
UNEVEN_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
FOUND = ReadingSpec()  # everything is found in the file

Columns = dict[str, pa.ChunkedArray]


def read_table(
    path: Path, whole: bool = True, reading: ReadingSpec = FOUND
) -> tuple[Columns, Layout]:
    """The columns of a file, or those of a folder's train, val and test files in this order.

    Args:
        path: a file or a folder.
        whole: read all rows, not just enough at the start of each file to show what is in it.
        reading: how a person wants them read; what is left open is found.

    Returns:
        The columns by their headers, which are different now, and where their rows come from.

    Raises:
        BadInputError: a file is missing, is not a table, has no rows, or needs more memory than
            is free; or the files' columns differ.
    """
    files = _files(path)
    _check_memory(files if whole else [file for file in files if is_workbook(file)])
    sheets = [_read(file, whole, reading) for file in files]
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
    return columns, Layout(path, rows, tuple(notes), whole, decimal, reading, read, lines)


def joined(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The cells of one column from several files; as text where their kinds differ."""
    kinds = {part.type for part in parts if not pa.types.is_null(part.type)}
    if len(kinds) > 1:
        kind = _common(kinds)
        parts = [_as_text(part) if kind == pa.string() else part.cast(kind) for part in parts]
    else:
        parts = [part.cast(next(iter(kinds), pa.null())) for part in parts]
    return pa.chunked_array([c for part in parts for c in part.chunks], type=parts[0].type)


def _common(kinds: set[pa.DataType]) -> pa.DataType:
    if all(_is_number(kind) for kind in kinds):
        return pa.float64()
    if all(pa.types.is_date(k) or pa.types.is_timestamp(k) for k in kinds):
        zones = {k.tz for k in kinds if pa.types.is_timestamp(k)}
        return pa.timestamp("ns", zones.pop()) if len(zones) == 1 else pa.string()
    return pa.string()


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(cells.type) or pa.types.is_binary(cells.type):
        words = [None if cell is None else str(cell) for cell in cells.to_pylist()]
        return pa.chunked_array([words], type=pa.string())
    return cells.cast(pa.string())


def _files(path: Path) -> list[Path]:
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise BadInputError(f"{path}: cannot be opened: {_reason(error)}") from None
    if not is_there:
        raise BadInputError(f"{path}: there is no such file or folder")
    if is_folder and path.suffix.lower() in SUFFIXES:
        check_plain_file(path)
    files = [_part_file(path, part) for part in PARTS] if is_folder else [path]
    for file in files:
        check_plain_file(file)
        if file.suffix.lower() not in SUFFIXES:
            raise BadInputError(f"{file}: a table file must end in {', '.join(SUFFIXES)}")
    return files


def _part_file(folder: Path, part: str) -> Path:
    found = sorted(
        file
        for file in folder.glob(f"{part}.*")
        if file.stem == part and file.suffix.lower() in SUFFIXES
    )
    if len(found) != 1:
        names = " and ".join(file.name for file in found) or f"no {part} file"
        raise BadInputError(
            f"{folder}: found {names}, but a folder must hold one {part}.csv "
            f"(or {', '.join(SUFFIXES[1:])})"
        )
    return found[0]


def _check_memory(files: Sequence[Path]) -> None:
    """Refuse, before anything is read, what does not fit into memory."""
    needed = 0
    for file in files:
        try:
            needed += MEMORY_PER_BYTE * _unpacked(file)
        except UNREADABLE as error:
            raise _unreadable(file, error) from None
    free = free_memory()
    if needed > free:
        raise BadInputError(
            f"{files[0] if len(files) == 1 else files[0].parent}: reading it may take "
            f"{size(needed)} of memory but {size(free)} are free: leave out rows, columns or long "
            "texts, or use a machine with more"
        )


def is_workbook(file: Path) -> bool:
    """Whether all of a file is unpacked even where only its start is wanted."""
    return file.suffix.lower() == ".xlsx"


def _unpacked(file: Path) -> int:
    if is_workbook(file):
        return unpacked_bytes(file)
    if file.suffix.lower() == ".parquet":
        return _parquet_bytes(file)
    return file.stat().st_size


def _parquet_bytes(file: Path) -> int:
    """Bytes of its pages when they are unpacked, and of a number for each of its cells."""
    with pq.ParquetFile(file) as parquet:
        facts = parquet.metadata
    groups = (facts.row_group(number) for number in range(facts.num_row_groups))
    chunks = (group.column(at) for group in groups for at in range(group.num_columns))
    return sum(8 * chunk.num_values + chunk.total_uncompressed_size for chunk in chunks)


def _read(file: Path, whole: bool, reading: ReadingSpec) -> Sheet:
    try:
        if is_workbook(file):
            sheet = read_excel(file, None if whole else START_ROWS)
        elif file.suffix.lower() == ".parquet":
            sheet = _read_parquet(file, whole)
        else:
            sheet = read_text(file, whole, reading)
    except UNREADABLE as error:
        raise _unreadable(file, error) from None
    if sheet.rows == 0:
        raise BadInputError(f"{file}: the table has no rows")
    for number, header in enumerate(sheet.headers, 1):
        if len(header) > LONGEST_HEADER:
            raise BadInputError(
                f"{file}: the name of column {number} has {len(header):,} letters, at most "
                f"{LONGEST_HEADER:,} can be: the first row must hold the names"
            )
    return sheet


def _read_parquet(file: Path, whole: bool) -> Sheet:
    schema = pq.read_schema(file)
    texts = [one.name for one in schema if _is_text(one.type)]
    with pq.ParquetFile(file, read_dictionary=texts) as parquet:  # a text that is repeated is once
        if whole:
            table = parquet.read()
        else:
            batches = parquet.iter_batches(START_ROWS)
            table = pa.Table.from_batches([b for b, _ in zip(batches, [0], strict=False)])
        rows = parquet.metadata.num_rows
    return Sheet(table.column_names, table.columns, [], whole or table.num_rows == rows)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _unreadable(file: Path, error: Exception) -> BadInputError:
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
    return " ".join(str(error).split())[:200]


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
