"""What a column is named as, and what its header says of times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spinn_engine.problems.tables.header import Title
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.times.texts import Texts
from spinn_engine.problems.tables.typed.words import Words

_TIME_NAME = re.compile(
    r"(?:^|[\W_\d])(?:date|time|datetime|timestamp|when|utc|datum|zeit|uhrzeit|zeitpunkt|zeitstempel|"
    r"datumzeit|messdatum|messzeit|heure|horodatage|horodate|temps|jour|fecha|hora)(?:$|[\W_\d])|"
    r"(?:Date|Time|Stamp)(?:$|[A-Z\W_\d])|h:m|m:s",
)
_DIGITS = re.compile(r"\d{8,17}([.,]\d+)?")


@dataclass(frozen=True)
class Use:
    """One column, before its cells are read.

    Attributes:
        title: its names.
        layout: where its rows come from, and how they are read.
        time: the column that is named as the time, as a person gave it.
        group: that whose texts tell groups apart.
    """

    title: Title
    layout: Layout
    time: str | None
    group: str | None

    @property
    def is_time(self) -> bool:
        """Whether this is the time column."""
        return self.time in (self.title.name, self.title.header)

    @property
    def is_group(self) -> bool:
        """Whether this is the group column."""
        return self.group in (self.title.name, self.title.header)

    @property
    def seems_time(self) -> bool:
        """Whether this is the time column, or called like one."""
        name = self.title.header
        return self.is_time or bool(_TIME_NAME.search(name) or _TIME_NAME.search(name.lower()))

    @property
    def time_format(self) -> str | None:
        """How a person says that times are written."""
        return self.layout.asked.time_format

    def digits_are_times(self, words: Sequence[str]) -> bool:
        """Whether texts that may be numbers are to be tried as times before."""
        if self.is_time and self.time_format is not None:
            return True
        return self.seems_time and all(_DIGITS.fullmatch(word) for word in words)

    def texts(self, words: Words) -> Texts:
        """Its different texts, and where they stand."""
        return Texts(
            words.texts,
            words.rows,
            self.layout.where,
            self.title.header,
            self.is_time,
            self.seems_time,
            self.time_format,
        )

    def advised(self, fault: str) -> str:
        """A fault with what may be done besides: the time cannot be dropped."""
        return fault if self.is_time else f"{fault}, or drop the column (--drop)"
