"""ARFF, as Weka and OpenML write it, as columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import arff
import pyarrow as pa

from spinn_engine.problems.tables.containers.choosing import check_one_table
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec

BLOCK_ROWS = 10_000
TEXT = "STRING"  # as the library calls it; a nominal attribute is the list of its values
ATTRIBUTE = re.compile(r"""\s*@attribute\s+("[^"]*"|'[^']*'|[^\s"'{]\S*)\s+(\S.*?)\s*""", re.I)
DATA = "@data"
LINE = re.compile(r",? at line -?\d+")  # as the library counts

Attribute: TypeAlias = tuple[str, str | list[str]]


def read_arff(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The attributes of an ARFF file, all rows or the first ones.

    Raises:
        ValueError: it is no ARFF file, is damaged or sparse; or a sheet is asked for.
        OSError: it cannot be opened.
    """
    check_one_table(asked.sheet)
    with path.open(encoding=_encoding(path)) as file:
        lines = _Lines(file)
        try:
            found = arff.load(lines, return_type=arff.DENSE_GEN)
            rows = iter(found["data"])
            blocks = list(_blocks(islice(rows, most_rows), found["attributes"]))
            whole = next(rows, None) is None
        except arff.ArffException as error:
            told = LINE.sub("", str(error)).rstrip(".")
            raise ValueError(f"line {lines.number}: {told}") from None
    columns = [
        pa.chunked_array([block[n] for block in blocks], type=_type(attribute))
        for n, attribute in enumerate(found["attributes"])
    ]
    return Sheet([name for name, _ in found["attributes"]], columns, [], whole)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        try:
            for line in file:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


class _Lines:
    """The lines of a file, as the library reads them without a change of values.

    It cuts the decimals of an ``integer`` off, knows no dates, and takes what a sparse row leaves
    out for zeros.

    Attributes:
        number: of the line that was given last, from 1.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        is_data = False
        for line in self._lines:
            self.number += 1
            if is_data and line.lstrip().startswith("{"):
                raise ValueError(
                    "its rows are sparse: save it with all values, in Weka by the filter "
                    "SparseToNonSparse"
                )
            yield line if is_data else _declaration(line)
            is_data = is_data or line.strip().lower().startswith(DATA)


def _declaration(line: str) -> str:
    found = ATTRIBUTE.fullmatch(line)
    if found is None:
        return line
    name, kind = found.groups()
    first = kind.split()[0].lower()
    if first == "relational":
        raise ValueError(f"attribute {name} holds a table of its own: leave it out")
    kind = {"integer": "real", "date": TEXT}.get(first, kind)
    return f"@attribute {name} {kind}\n"


def _blocks(rows: Iterator[list[Any]], attributes: list[Attribute]) -> Iterator[list[pa.Array]]:
    kinds = [_type(attribute) for attribute in attributes]
    while block := list(islice(rows, BLOCK_ROWS)):
        cells = zip(*block, strict=True)
        yield [
            pa.array(column, pa.string()).dictionary_encode()
            if pa.types.is_dictionary(kind)
            else pa.array(column, kind)
            for column, kind in zip(cells, kinds, strict=True)
        ]


def _type(attribute: Attribute) -> pa.DataType:
    is_text = isinstance(attribute[1], list) or attribute[1] == TEXT
    return pa.dictionary(pa.int32(), pa.string()) if is_text else pa.float64()
