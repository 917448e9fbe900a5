"""What a column is called: its name, its unit, and whether it has a name at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

BASE = (
    r"(?:[pnuµμmckMG]?(?:m|g|s|A|K|mol|Hz|N|Pa|J|W|V|F|H|S|T|L|l|bar|eV|Wh|Ws|VA|rad|Nm|Ω|[oO]hm)|"
    r"daN|hPa|min|h|d|°C?|°F|deg[CF]?|[CF%‰]|rpm|rev|tooth|in|inch|ft|lbf?|psi|dB|HB|HRC|HV|ppm|px)"
    r"(?:\^?-?[0-9²³])?"
)
MONEY = r"[$€£¥₹]|EUR|USD|GBP|CHF|JPY|INR|SEK|NOK|DKK|PLN|CZK"
UNIT = re.compile(rf"(?:1/)?{BASE}(?:[/·*. ]{BASE})*|{MONEY}|-")
IN_BRACKETS = re.compile(r"(?P<bare>.*\S)\s*\[(?P<unit>[^\[\]]*[^\[\]\d\s][^\[\]]*)\]")
IN_PARENTHESES = re.compile(r"(?P<bare>.*\S)\s*\((?P<unit>[^()]+)\)")
AFTER_SLASH = re.compile(r"(?P<bare>.*\S)\s+/\s+(?P<unit>\S+)")
NO_NAME = re.compile(r"Unnamed: \d+(\.\d+)?|__index_level_\d+__")  # as pandas writes such a column


@dataclass(frozen=True)
class Title:
    """Names of one column.

    Attributes:
        header: as the file has it.
        name: what it is called here: the header without the unit, where that is unambiguous.
        unit: where the header tells it.
    """

    header: str
    name: str
    unit: str | None

    @property
    def has_name(self) -> bool:
        """Whether the file gives it a name."""
        return NO_NAME.fullmatch(self.header) is None


def numbered(headers: Sequence[str]) -> list[str]:
    """Headers that differ: a second ``force [N]`` becomes ``force.2 [N]``, none ``Unnamed: 3``."""
    names: dict[str, None] = {}
    written = {header.strip() for header in headers}
    for position, header in enumerate(headers):
        header = header.strip() or f"Unnamed: {position}"
        name, count = header, 1
        while name in names or (count > 1 and name in written):
            count += 1
            bare = _bare_and_unit(header)[0]
            name = f"{bare}.{count}{header[len(bare) :]}"
        names[name] = None
    return list(names)


def titles(headers: Sequence[str]) -> list[Title]:
    """Name and unit of each column, from headers that differ."""
    split = [_bare_and_unit(header) for header in headers]
    counts = Counter([*headers, *(bare for bare, unit in split if unit)])
    return [
        Title(header, bare if counts[bare] == 1 else header, unit)
        for header, (bare, unit) in zip(headers, split, strict=True)
    ]


def unit_in(header: str) -> str | None:
    """The unit that a header tells, if it does."""
    return _bare_and_unit(header)[1]


def bare(header: str) -> str:
    """A header without its unit."""
    return _bare_and_unit(header)[0]


def _bare_and_unit(header: str) -> tuple[str, str | None]:
    """``force [N]``, ``wear (mm)`` and ``time / s``: square brackets may hold any unit."""
    if found := IN_BRACKETS.fullmatch(header):
        return found["bare"], found["unit"].strip()
    for form in (IN_PARENTHESES, AFTER_SLASH):
        found = form.fullmatch(header)
        if found and UNIT.fullmatch(found["unit"].strip()):
            return found["bare"], found["unit"].strip()
    return header, None
