"""What the terminal shows of ``check``: the columns, the findings, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from spinn_engine import api
from spinn_engine.cli.console import PROGRAM
from spinn_engine.spec import DataSpec, ReadingSpec
from spinn_engine.vocabulary import SPLITS
from spinn_engine.words import counted, listed, names_text, shortest, shown, visible

COLORS = {"error": "bold red", "warning": "yellow", "info": "cyan"}
COLUMNS_SHOWN = 40
READING = tuple(ReadingSpec.model_fields)
ACROSS = 8  # columns of the first rows that are shown
DOES = {"train": "train", "val": "validate", "test": "test"}


def columns_table(preview: dict[str, Any]) -> Group:
    """The columns of a source, as ``api.preview`` tells them."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for header in ("column", "unit", "role", "holds"):
        table.add_column(header, overflow="fold")
    for header in ("missing", "least", "greatest"):
        table.add_column(header, justify="right", no_wrap=True)
    columns = preview["columns"]
    for column in columns[:COLUMNS_SHOWN]:
        role = column["role"] + (f": {column['why']}" if column["why"] else "")
        numbers = (_number(column[key]) for key in ("missing", "min", "max"))
        cells = (column["name"], column["unit"] or "", role, column["kind"], *numbers)
        table.add_row(*map(escape, cells))
    notes = list(preview["notes"])
    if len(columns) > COLUMNS_SHOWN:
        notes.insert(0, f"{len(columns) - COLUMNS_SHOWN} more columns are not shown.")
    if not preview["whole"]:
        rows = sum(file["rows"] for file in preview["files"])
        notes.insert(0, f"The numbers in this table are of the first {rows:,} rows.")
    lines = [Text(line) for line in (preview["source"], *notes)]
    return Group(lines[0], table, *lines[1:])


def reading_table(preview: dict[str, Any]) -> Group:
    """How each file was read and what changes that; its first lines, and the same rows as read."""
    parts: list[RenderableType] = []
    for file in preview["reading"]:
        table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
        for header in (f"{file['name']} was read with", "", "because", "to change"):
            table.add_column(header, overflow="fold")
        for fact in file["facts"]:
            words = (fact["field"].replace("_", " "), fact["value"], fact["why"], fact["option"])
            table.add_row(*map(escape, words))
        lines = (Text(f"{n:>4}  {visible(line)[:100]}") for n, line in file["first_lines"])
        parts += [table, Text("Its first lines:", style="bold"), *lines]
    if preview["reading"]:
        parts += [Text("The first rows as read:", style="bold"), _rows_table(preview)]
    return Group(*parts)


def _rows_table(preview: dict[str, Any]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in preview["columns"][:ACROSS]:
        table.add_column(escape(shown(column["name"])), overflow="fold", justify="right")
    for row in preview["rows"]:
        table.add_row(*(_cell(cell) for cell in row[:ACROSS]))
    return table


def _cell(cell: Any) -> str:
    return _number(cell) if isinstance(cell, float | int | None) else escape(shown(cell))


def checks_table(checks: Sequence[dict[str, Any]]) -> Table:
    """The findings, the worst first: what was found, and what to do."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, leading=1)
    table.add_column("", no_wrap=True)
    table.add_column("check", no_wrap=True)
    table.add_column("what was found, and what to do")
    for one in checks:
        words = Text(one["message"]).append(f"\n{one['advice']}", style="dim")
        table.add_row(Text(one["severity"], style=COLORS[one["severity"]]), one["check"], words)
    errors, warnings, infos = (
        sum(one["severity"] == severity for one in checks) for severity in COLORS
    )
    table.caption = f"errors: {errors}, warnings: {warnings}, for information: {infos}"
    return table


def split_facts(split: api.DataSplit) -> dict[str, Any]:
    """By what the rows are split, and rows and groups of the parts train, val and test."""
    groups = split.groups
    return {
        "by": split.by,
        "rows": dict(zip(DOES, split.rows.values(), strict=True)),
        "groups": groups and dict(zip(DOES, map(len, groups.values()), strict=True)),
    }


def split_line(split: dict[str, Any]) -> Text:
    """By what the rows are split, and how many each part has."""
    by = "files" if split["by"] == "file" else SPLITS[split["by"]].label
    parts = []
    for part, does in DOES.items():
        groups = f" of {counted(split['groups'][part], 'group')}" if split["groups"] else ""
        parts.append(f"{counted(split['rows'][part], 'row')}{groups} {does}")
    return Text(f"The rows are split by {by}: {listed(parts)}.")


def advised_command(data: DataSpec, checks: Sequence[dict[str, Any]]) -> Text:
    """The command that checks the same data without the columns advised to drop."""
    advised = list(dict.fromkeys(name for one in checks for name in one["drop"]))
    if not advised:
        return Text("No column is advised to be dropped.")
    options = {
        "--data": data.source,
        "--targets": names_text(data.targets),
        "--group": data.group,
        "--time": data.time,
        "--drop": names_text((*data.drop, *advised)),
        **{f"--{name.replace('_', '-')}": _typed(getattr(data, name)) for name in READING},
    }
    words = [word for option, value in options.items() if value for word in (option, value)]
    command = f"{PROGRAM} check {shlex.join(words)}"
    return Text(
        f"Without what is advised to be dropped ({len(advised)}; --drop-flagged does the same):\n"
        f"{command}"
    )


def _typed(value: Any) -> str | None:
    """A field of a spec as it is typed."""
    if isinstance(value, tuple):
        return names_text(value)
    return None if value is None else str(value)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return shortest(value)
