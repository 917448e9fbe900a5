"""Random tables as files of every layout, beside the numbers that they were written from."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import openpyxl  # type: ignore[import-untyped]
from hypothesis import strategies as st
from numpy.typing import NDArray

NARROW, NO_BREAK = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
STYLES = [  # the sign before decimals, and the mark between thousands
    (".", ""), (",", ""), (".", ","), (",", "."), (".", "'"),
    (".", "\N{RIGHT SINGLE QUOTATION MARK}"), (",", NO_BREAK), (",", NARROW), (".", " "),
]  # fmt: skip
UNITS = ("N", "mm", "degC", "rpm", "kPa", "%", "m/s")
NAMES = ("force", "temp (C)", "wear, mm", "Drehzahl", "x_1", "T [K]", "feed", "speed")
WORDS = ("steel", "hard alloy", "None", "type 7", "Al-Si")
GAPS = ("", "NaN", "n/a", "NULL")
FOOTERS = ("End of data", "Mean", "Total", "Summe")


@dataclass
class Column:
    """What is written: a name, numbers or words, and how."""

    name: str
    values: list[float] | list[str]
    decimals: int = 0
    unit: str = ""
    gap: str = ""

    @property
    def numbers(self) -> NDArray[np.float64]:
        return np.array(self.values, dtype=np.float64)


@dataclass
class Written:
    """A table, and how it lies in its file."""

    columns: list[Column]
    style: tuple[str, str]
    delimiter: str = ";"
    encoding: str = "utf-8"
    ends: str = "\n"
    above: list[str] = field(default_factory=list)
    mark: str = ""
    has_names: bool = True
    has_units: bool = False
    below: list[str] = field(default_factory=list)
    minus: str = "-"
    container: str = "csv"

    def cell(self, column: Column, row: int) -> str:
        """A cell as a program of that country writes it."""
        value = column.values[row]
        if isinstance(value, str):
            return value
        if np.isnan(value):
            return column.gap
        decimal, thousands = self.style
        text = f"{value:,.{column.decimals}f}".replace(",", "T").replace(".", decimal)
        text = text.replace("T", thousands).replace("-", self.minus)
        return f"{text} {column.unit}".strip()

    def rows(self) -> list[list[str]]:
        """Names, units and cells as they are written."""
        made = [[self.cell(c, n) for c in self.columns] for n in range(len(self.columns[0].values))]
        if self.has_units:
            made.insert(0, [UNITS[n % 5] for n in range(len(self.columns))])
        if self.has_names:
            names = [column.name for column in self.columns]
            made.insert(0, [self.mark + names[0], *names[1:]])
        return made

    def save(self, folder: Path) -> Path:
        """Write it."""
        path = folder / f"t.{self.container}"
        if self.container == "xlsx":
            book = openpyxl.Workbook()
            apart = "\t" if self.delimiter == " " else self.delimiter
            below = [line.split(apart) for line in self.below]
            for row in ([line] for line in self.above):
                book.active.append(row)
            for row in (*self.rows(), *below):
                book.active.append([cell or None for cell in row])
            book.save(path)
            return path
        text = io.StringIO()
        text.writelines(line + self.ends for line in self.above)
        if self.delimiter == " ":
            rows = self.rows()
            width = 2 + max(len(cell) for row in rows for cell in row)
            lines = ("".join(cell.rjust(width) for cell in row) for row in rows)
            text.writelines(line + self.ends for line in lines)
        else:
            writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.ends)
            writer.writerows(self.rows())
        text.writelines(line + self.ends for line in self.below)
        content = text.getvalue().encode(self.encoding)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path


@st.composite
def number_columns(draw: st.DrawFn, name: str, rows: int) -> Column:
    """Numbers of one size and number of decimals, some of them missing."""
    decimals = draw(st.integers(0, 4))
    most = 10.0 ** draw(st.integers(0, 6))
    least = draw(st.sampled_from([0.0, 0.0, -most]))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    values = np.round(rng.uniform(least, most, rows), decimals) + 0.0
    values[rng.random(rows) < draw(st.sampled_from([0, 0, 0.1]))] = np.nan
    values[[0, -1]] = np.round(most / 3, decimals)  # some number, and no last row of nothing
    return Column(name, values.tolist(), decimals, gap=draw(st.sampled_from(GAPS)))


@st.composite
def written_tables(draw: st.DrawFn) -> Written:
    """A table in a random layout of those that programs and people write."""
    rows = draw(st.integers(6, 40))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    columns = [draw(number_columns(name, rows)) for name in names]
    style = draw(st.sampled_from(STYLES))
    has_names = draw(st.sampled_from([True, True, True, False]))
    if has_names and draw(st.booleans()):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=rows, max_size=rows))
        columns.append(Column("material", words))
    for column in columns:
        if draw(st.integers(0, 5)) == 0 and isinstance(column.values[0], float):
            column.unit = draw(st.sampled_from(UNITS))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    if delimiter == " ":  # nothing that holds a space can stand in such a file
        style = style if style[1] not in (" ", NO_BREAK, NARROW) else (".", "")
        columns = [c for c in columns if isinstance(c.values[0], float)]
        for column in columns:
            column.name, column.unit = column.name.replace(" ", "_"), ""
            column.gap = column.gap or "NaN"
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    above = draw(st.sampled_from([[], [], ["Test rig 3"], ["Operator: M", "Date: 2021-03-01", ""]]))
    above = above if has_names else []  # with neither, nobody can say where the table begins
    mark = draw(st.sampled_from(["", "", "", "# ", "%"])) if has_names and delimiter != " " else ""
    end = draw(st.sampled_from(["", "", *FOOTERS]))
    below = [end] if end in ("", "End of data") else []
    if end and not below and delimiter != " ":
        below = [delimiter.join([end, *("1" for _ in columns[1:])])]
    minus = draw(st.sampled_from(["-", "-", "\N{MINUS SIGN}"]))
    if encoding == "cp1252":
        minus = "-"
        style = style if style[1] != NARROW else (",", NO_BREAK)
    return Written(
        columns, style, delimiter, encoding, draw(st.sampled_from(["\n", "\r\n"])), above, mark,
        has_names, has_names and draw(st.integers(0, 3)) == 0, [line for line in below if line],
        minus, draw(st.sampled_from(["csv", "csv", "csv", "csv.gz", "xlsx"])),
    )  # fmt: skip
