"""Random tables as files of every layout, beside the numbers that they were written from."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
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
    packed: bool = False

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

    def save(self, folder: Path) -> Path:
        """Write it."""
        text = io.StringIO()
        text.writelines(line + self.ends for line in self.above)
        rows = [[self.cell(c, n) for c in self.columns] for n in range(len(self.columns[0].values))]
        if self.has_units:
            rows.insert(0, [UNITS[n % 5] for n in range(len(self.columns))])
        if self.has_names:
            names = [column.name for column in self.columns]
            rows.insert(0, [self.mark + names[0], *names[1:]])
        if self.delimiter == " ":
            width = 2 + max(len(cell) for row in rows for cell in row)
            lines = ("".join(cell.rjust(width) for cell in row) for row in rows)
            text.writelines(line + self.ends for line in lines)
        else:
            csv.writer(text, delimiter=self.delimiter, lineterminator=self.ends).writerows(rows)
        text.writelines(line + self.ends for line in self.below)
        path = folder / ("t.csv.gz" if self.packed else "t.csv")
        content = text.getvalue().encode(self.encoding)
        path.write_bytes(gzip.compress(content) if self.packed else content)
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
    values[0] = np.round(most / 3, decimals)  # a column without any number says nothing
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
        minus, draw(st.integers(0, 5)) == 0,
    )  # fmt: skip
