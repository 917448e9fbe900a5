"""What a check says: how bad it is, which columns, the number that shows it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing that a reviewer would ask about.

    Attributes:
        check: name of the check, as in ``CHECKS``.
        severity: ``error`` where results mean little as long as it stands, ``warning`` where
            somebody must decide, ``info`` where it is only good to know.
        columns: the columns that it is about; empty where it is about the rows.
        value: the number that shows it.
        message: what was found, in a sentence with its numbers.
        advice: what to do about it.
        drop: those of the input columns that are better taken out.
    """

    check: str
    severity: Severity
    columns: tuple[str, ...]
    value: float
    message: str
    advice: str
    drop: tuple[str, ...] = ()
