"""A text file whose form is known, and how Arrow is told to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from spinn_engine.problems.tables.texts import raw
from spinn_engine.problems.tables.texts.extent import Extent
from spinn_engine.problems.tables.texts.form import SPACES, TextForm

Types = Mapping[str, pa.DataType]


@dataclass(frozen=True)
class Opened:
    """A text file whose form is known; its columns are called ``"0"``, ``"1"`` ... here.

    Attributes:
        file: in UTF-8, with rows as Arrow reads them.
        form: how it is written.
        extent: which bytes are rows.
        is_start: whether only the first of them are to be read.
    """

    file: BinaryIO
    form: TextForm
    extent: Extent
    is_start: bool

    @property
    def names(self) -> list[str]:
        """Numbers of its columns."""
        return [str(number) for number in range(len(self.form.structure.names))]

    def part(self) -> pa.NativeFile:
        """The bytes of the rows, of a long file perhaps only the first."""
        start, end = self.extent.start, self.extent.end
        if not self.is_start:
            return pa.PythonFile(raw.Part(self.file, start, end), mode="r")
        self.file.seek(start)
        text = self.file.read(min(raw.START_BYTES, end - start))
        if start + len(text) < end:
            text = text[: text.rfind(b"\n") + 1] or text
        return pa.BufferReader(text)

    def at_once(self, types: Types, skip_uneven: bool = False) -> pa.Table:
        """All cells; columns whose types are not given become what their cells are.

        Raises:
            pa.ArrowInvalid: a cell is not of its type, or a row is uneven.
        """
        options = self._read(), self._parse(skip_uneven), self._convert(types)
        with self.part() as part:
            return arrow_csv.read_csv(part, *options)

    @contextmanager
    def stream(
        self, types: Types, only: Sequence[str] = (), nothing: Sequence[str] | None = None
    ) -> Iterator[arrow_csv.CSVStreamingReader]:
        """All cells, or those of some columns, block by block.

        Args:
            types: of the columns.
            only: the columns that are wanted; all by default.
            nothing: what stands for a missing cell; by default what usually does.
        """
        convert = self._convert(types)
        convert.include_columns = list(only)
        if nothing is not None:
            convert.null_values = list(nothing)
        options = self._read(), self._parse(self.is_start), convert
        with self.part() as part, arrow_csv.open_csv(part, *options) as stream:
            yield stream

    def _read(self) -> arrow_csv.ReadOptions:
        return arrow_csv.ReadOptions(
            use_threads=False,  # so that a complaint tells the row; the stream is as fast
            block_size=raw.BLOCK_BYTES,
            column_names=self.names,
        )

    def _parse(self, skip_uneven: bool = False) -> arrow_csv.ParseOptions:
        delimiter = self.form.delimiter
        return arrow_csv.ParseOptions(
            delimiter="\t" if delimiter == SPACES else delimiter,
            newlines_in_values=True,
            invalid_row_handler=(lambda _: "skip") if skip_uneven else None,
        )

    def _convert(self, types: Types) -> arrow_csv.ConvertOptions:
        return arrow_csv.ConvertOptions(
            column_types=dict(types),
            decimal_point=self.form.decimal,
            null_values=self.form.nothing,
            strings_can_be_null=True,
            auto_dict_encode=True,
            auto_dict_max_cardinality=1000,
        )
