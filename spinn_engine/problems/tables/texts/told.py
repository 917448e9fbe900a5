"""How a text file was read, for a person to see and to change."""

from __future__ import annotations

import io
from itertools import islice

from spinn_engine.problems.tables.forms.said import structure_notes
from spinn_engine.problems.tables.sheet import Fact, ReadSo, facts_left_out
from spinn_engine.problems.tables.texts.extent import Extent
from spinn_engine.problems.tables.texts.form import SPACES, TextForm
from spinn_engine.problems.tables.texts.raw import UTF_8, WESTERN
from spinn_engine.words import listed, shown

DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", SPACES: "spaces"}
DECIMALS = {".": "points", ",": "commas"}
FIRST, AROUND = 3, 4  # lines that are shown: the first ones, and those below the names
LONGEST_LINE = 200


def read_so(text: str, form: TextForm, extent: Extent, encoding: str) -> ReadSo:
    """How a file was read, and its first lines as they stand in it.

    Args:
        text: its start.
        form: how it is written.
        extent: which of it are rows.
        encoding: of its letters.
    """
    structure, asked = form.structure, form.asked
    facts = [
        Fact("encoding", _encoding(encoding), "as asked for" if asked.encoding else _why(encoding)),
        Fact("delimiter", DELIMITERS.get(form.delimiter, form.delimiter), form.why),
        Fact("header", _line(structure.header), structure.why),
        Fact(
            "decimal", DECIMALS[form.decimal],
            "as asked for" if asked.decimal else "most of its numbers look so",
        ),
    ]  # fmt: skip
    if structure.units:
        why = "as asked for" if asked.units_row else "it holds units alone"
        facts.append(Fact("units_row", _line(structure.units), why))
    facts += facts_left_out(asked, extent.below)
    return ReadSo(tuple(facts), _lines(text, structure.header))


def notes_on(name: str, form: TextForm, extent: Extent, encoding: str) -> list[str]:
    """What is to be said of how a file was read, in sentences."""
    structure, notes = form.structure, []
    if encoding == WESTERN and form.asked.encoding is None:
        notes.append(
            f"{name} is not UTF-8 text: it was read as Western European (cp1252), save it as "
            "UTF-8 if letters look wrong."
        )
    elif encoding not in (UTF_8, WESTERN):
        notes.append(f"{name} was read as {_encoding(encoding)} text.")
    if form.decimal == ",":
        words = DELIMITERS.get(form.delimiter, repr(form.delimiter))
        notes.append(f"{name} was read with {words} between cells and commas before decimals.")
    notes += structure_notes(name, structure, "line")
    if form.repeats:
        lines = listed([f"line {line}" for line in sorted(form.repeats)], 3)
        notes.append(f"What stands above the rows of {name} is repeated and left out in {lines}.")
    if extent.below:
        told = listed(repr(shown(line)) for line in extent.below)
        notes.append(f"What stands below the rows of {name} was left out: {told}.")
    return notes


def _lines(text: str, header: int) -> tuple[tuple[int, str], ...]:
    """The first lines, and those from just above the names on."""
    lines = enumerate(islice(io.StringIO(text, newline=None), header + AROUND), 1)
    return tuple(
        (number, line.rstrip("\n")[:LONGEST_LINE])
        for number, line in lines
        if number <= FIRST or number >= header - 1
    )


def _line(number: int) -> str:
    return f"line {number}" if number else "none"


def _encoding(name: str) -> str:
    return "UTF-8" if name == UTF_8 else name.removesuffix("-le").removesuffix("-be").upper()


def _why(encoding: str) -> str:
    if encoding == UTF_8:
        return "all bytes are"
    return "it is not UTF-8" if encoding == WESTERN else "its zeros or first bytes say so"
