"""What a single cell looks like: a value, a word, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from spinn_engine.problems.tables.header import MONEY, UNIT
from spinn_engine.problems.tables.sheet import MISSING

Look = Literal["value", "word", "empty"]

NUMBER = re.compile(
    r"[+\N{MINUS SIGN}-]?(?:\d(?:[\d.,'\N{RIGHT SINGLE QUOTATION MARK}]|"
    r"[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}](?=\d{3}(?!\d)))*|[.,]\d+)"
    r"(?:[eEdD][+\N{MINUS SIGN}-]?\d+)?|[+-]?(?:inf|infinity)(?![a-z])",
    re.I,
)
IN_FRONT = re.compile(rf"^([+-]?)(?:{MONEY})\s*(?=-?[\d.,])")
MONTHS = "jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
TIME = re.compile(
    rf"\d{{1,4}}([-/.])\d{{1,2}}\1\d{{1,4}}(?:[ T].*)?|\d{{1,3}}:\d{{2}}.*|"
    rf"\d{{8}}T\d{{4,6}}.*|\d{{1,2}}[- ](?:{MONTHS}).*|"
    rf"(?:{MONTHS})[a-z]*\.? \d{{1,2}}.*|\d+ days?\b.*",
    re.I,
)
UNIT_LABEL = re.compile(r"(units?|einheit(en)?|unités?):?", re.I)
UNIT_WORD = re.compile(  # in a row of units; a name may be such a word too
    r"(milli|micro|kilo|mega|giga|centi)?(volt|amp|amp[eè]re|watt|ohm|newton|pascal|hertz|joule|"
    r"kelvin|celsius|fahrenheit|second|sekunde|minute|hour|stunde|day|degree|grad|percent|prozent|"
    r"met(er|re)|gram|gramm|lit(er|re)|count|bar)(s|n)?|sec|amps|(deg|degrees?|grad|°) ?[CFK]|"
    r"a\.?u\.?|arb\.? ?units?",
    re.I,
)
UNIT_PRODUCT = re.compile(  # such as W/(m·K), U/min and kg*m^2
    r"[^\W\d_]{1,3}(\^?-?[0-9²³])?([/·*]\(?[^\W\d_]{1,3}(\^?-?[0-9²³])?\)?)+"
)
SAMPLING = re.compile(  # a row below the names says so how values were taken or are stored
    r"smp|avg|max|min|std|tot|med|wvc|mean|last|first|float(32|64)?|int(32|64)?|double|single|"
    r"string|str|object|bool|datetime(64\[ns\])?|num|char|numeric|real"
)
SUMMARY = re.compile(
    r"(grand )?(mean|average|avg|sum|totals?|subtotal|min(imum)?|max(imum)?|std(ev|dev)?|sd|median|"
    r"count|variance|mittelwert|summe|gesamt|anzahl|moyenne|somme|media|totale)"
)
RULE = re.compile(r"[-=+|: ]*(?:-{2}|={2})[-=+|: ]*")
END = re.compile(r"(?:end\b|eof\b|\*+\s*end|\(?\d[\d,. ]* rows?\b|[-=+]{3,}).*", re.I)


def look(cell: Any, missing: Sequence[str] = ()) -> Look:
    """What a cell looks like; of other kinds than text all but nothing are values."""
    if cell is None or cell == "":
        return "empty"
    if not isinstance(cell, str):
        return "value"
    text = cell.strip()
    if text in MISSING or text in missing:
        return "empty"
    text = IN_FRONT.sub(r"\1", text)
    number = NUMBER.match(text)
    rest = text[number.end() :].strip() if number else None
    is_number = rest == "" or (rest is not None and rest != "-" and UNIT.fullmatch(rest))
    return "value" if is_number or TIME.fullmatch(text) else "word"


def is_rule(cells: Sequence[Any]) -> bool:
    """Whether a row is but a line that is drawn below or between others."""
    return RULE.fullmatch("".join(str(cell).strip() for cell in cells)) is not None


def may_be_unit(cell: Any) -> bool:
    """Whether a cell may be a unit in a row of units below the names, or says that it has none."""
    if not isinstance(cell, str):
        return False
    text = bare_unit(cell)
    is_none = text in ("", "-", "1", "TS", "RN")
    return is_none or is_unit(cell) or UNIT_PRODUCT.fullmatch(text) is not None


def is_unit(cell: Any) -> bool:
    """Whether a cell of a row below the names is a unit that is known."""
    text = bare_unit(str(cell))
    return text != "-" and any(form.fullmatch(text) for form in (UNIT, UNIT_WORD))


def bare_unit(cell: str) -> str:
    """A unit without brackets around it; nothing where a cell but says that units follow it."""
    text = cell.strip()
    text = text[1:-1].strip() if text[:1] + text[-1:] in ("[]", "()") else text
    return "" if UNIT_LABEL.fullmatch(text) else text


def is_summary(cell: Any) -> bool:
    """Whether a cell says that its row sums up those above, or that they end."""
    if not isinstance(cell, str):
        return False
    text = cell.strip().rstrip(":").lower()
    return any(form.fullmatch(text) for form in (SUMMARY, END))


def tells_sampling(cell: Any) -> bool:
    """Whether a cell below a name says how values were taken, or of what type they are."""
    return isinstance(cell, str) and SAMPLING.fullmatch(cell.strip().lower()) is not None
