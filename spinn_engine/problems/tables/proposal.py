"""How the files of a table were read, as plain data: what a person sees and can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spinn_engine.problems.tables.marks import BETWEEN_THOUSANDS, Marks
from spinn_engine.problems.tables.sheet import Fact, Layout
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import capitalised, listed, names_text, shown, shown_list


def readings_of(layout: Layout, columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    """Of each file its name, the facts of how it was read, and its first lines.

    Args:
        layout: where the rows come from.
        columns: what they hold.
    """
    more = _of_columns(layout, columns)
    return [
        {
            "name": name,
            "facts": [
                {**fact._asdict(), "option": "--" + fact.field.replace("_", "-")}
                for fact in (*read.facts, *more)
            ],
            "first_lines": [list(line) for line in read.first_lines],
        }
        for (name, _), read in zip(layout.files, layout.read, strict=True)
    ]


def reading_notes(columns: Mapping[str, Column], used: Sequence[str]) -> list[str]:
    """What is to be said of how the cells of the used columns were read, in sentences."""
    by_marks: dict[Marks, list[str]] = {}
    for name in used:
        marks = columns[name].marks
        if marks not in (None, Marks()):
            by_marks.setdefault(marks, []).append(repr(name))
    told = [
        f"{capitalised(listed(names))} {'was' if len(names) == 1 else 'were'} read with "
        f"{marks.words()}{'' if marks.by_habit else '.'}"
        for marks, names in by_marks.items()
    ]
    return [*told, *(note for name in used for note in _gap_notes(columns[name]))]


def asked_note(asked: ReadingSpec) -> list[str]:
    """What a person said of how the file is to be read, in a sentence."""
    given = {name: getattr(asked, name) for name in ReadingSpec.model_fields}
    told = [
        f"{name.replace('_', ' ')} {names_text(v) if isinstance(v, tuple) else shown(v)}"
        for name, v in given.items()
        if v not in (None, ())
    ]
    return [f"Read as asked for: {'; '.join(told)}."] if told else []


def _gap_notes(column: Column) -> list[str]:
    """Words that usually stand for a missing cell: which of them do in this column."""
    levels = [
        f"In column {column.name!r} {word!r} is one of its texts (--missing {word} if it stands "
        "for a missing cell)."
        for word in column.levels
    ]
    if not column.gaps:
        return levels
    it, count = ("it", "counts") if len(column.gaps) == 1 else ("them", "count")
    return [
        *levels,
        f"In column {column.name!r} {listed(map(repr, column.gaps))} {count} as missing "
        f"(--not-missing keeps {it}).",
    ]


def _of_columns(layout: Layout, columns: Mapping[str, Column]) -> list[Fact]:
    """What was taken column by column: marks between thousands, codes for missing cells, times."""
    facts = []
    by_mark: dict[str, list[str]] = {}
    for column in columns.values():
        if column.marks and column.marks.thousands:
            by_mark.setdefault(BETWEEN_THOUSANDS[column.marks.thousands], []).append(column.name)
    for mark, names in by_mark.items():
        facts.append(Fact("thousands", mark, f"in {shown_list(names)}, whose cells are numbers so"))
    for field in ("missing", "not_missing"):
        if asked := getattr(layout.asked, field):
            facts.append(Fact(field, ", ".join(asked), "as asked for"))
    if layout.asked.time_format:
        facts.append(Fact("time_format", layout.asked.time_format, "as asked for"))
    facts += [
        Fact("time_format", column.form, f"in {column.name}, whose cells are all times so")
        for column in columns.values()
        if column.form and column.form != layout.asked.time_format
    ]
    return facts
