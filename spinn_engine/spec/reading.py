"""How a table file is read, where a person does not leave that to the file."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

DELIMITER_WORDS = {"tab": "\t", "space": " ", "comma": ",", "semicolon": ";", "bar": "|"}
LINES = re.compile(r"\d{1,12}(-\d{1,12})?(,\s*\d{1,12}(-\d{1,12})?)*")

LIST = Field(strict=False)  # a list of JSON is a tuple here; what is in it stays strict
Names = Annotated[tuple[str, ...], LIST]
Line = Annotated[int, Field(ge=0, le=10**12)]


class Part(BaseModel):
    """Base of all parts of a spec: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SpecPart(Part):
    """A part whose values are of their own kinds: ``true`` is no number, and neither is ``"2"``."""

    model_config = ConfigDict(strict=True)


class ReadingSpec(SpecPart):
    """How a table file is read; what is not given is found in the file, and said.

    Lines are those of the file as an editor numbers them, or rows of a sheet, from 1.

    Attributes:
        encoding: of a text file, such as utf-8 or cp1252.
        delimiter: between the cells of a text file: one sign, or tab, space, comma, semicolon, bar.
        header: line with the names; 0: there is none.
        skip: how many lines at the start hold nothing of the table.
        units_row: line with the units; 0: there is none.
        drop_lines: lines that are no rows, such as 4,240-242.
        comment: lines that begin with this are no rows.
        sheet: of a workbook, or the array or table in a container; several that are alike are read
            one after another.
        decimal: the sign before decimals.
        thousands: the mark between thousands.
        missing: what else stands for a missing cell, such as -9999.
        not_missing: words that are usually a missing cell and are none here, such as NA.
        time_format: how times are written, such as %d/%m/%Y %H:%M, as strptime has it.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: Line | None = None
    skip: Line | None = None
    units_row: Line | None = None
    drop_lines: str | None = None
    comment: Annotated[str, Field(min_length=1, max_length=8)] | None = None
    sheet: Names = ()
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", "'", "space", "none"] | None = None
    missing: Names = ()
    not_missing: Names = ()
    time_format: Annotated[str, Field(min_length=2, max_length=100)] | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            "".encode(name or "utf-8")
        except (LookupError, ValueError):
            raise ValueError(
                f"there is no encoding {name!r}: give one such as utf-8 or cp1252"
            ) from None
        return name

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, given: str | None) -> str | None:
        sign = DELIMITER_WORDS.get(given or "", given)
        if sign is not None and (len(sign) != 1 or sign.isalnum() or sign in "\r\n\"'"):
            raise ValueError(
                f"it must be one sign, or {', '.join(DELIMITER_WORDS)}, but got {given!r}"
            )
        return sign

    @field_validator("drop_lines")
    @classmethod
    def _lines(cls, given: str | None) -> str | None:
        if given is not None and (
            LINES.fullmatch(given) is None
            or any(first > last or first == 0 for first, last in line_ranges(given))
        ):
            raise ValueError(f"it must be lines such as 4,240-242 but got {given!r}")
        return given

    @model_validator(mode="after")
    def _that_agree(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(
                f"decimal and thousands must differ but both are {self.decimal!r}: give one of them"
            )
        if self.header and self.skip and self.header <= self.skip:
            raise ValueError(
                f"header names line {self.header}, which skip leaves out with the first {self.skip}"
            )
        if self.header and self.units_row and self.units_row <= self.header:
            raise ValueError(
                f"units_row must be below the names in line {self.header} but got {self.units_row}"
            )
        if both := sorted({*self.missing} & {*self.not_missing}):
            raise ValueError(f"{both[0]!r} stands in missing and in not_missing: keep one")
        return self


def line_ranges(text: str) -> list[tuple[int, int]]:
    """``4,240-242`` as first and last line of each range."""
    parts = (part.strip().partition("-") for part in text.split(","))
    return [(int(first), int(last or first)) for first, _, last in parts]
