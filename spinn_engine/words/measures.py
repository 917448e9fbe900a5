"""Sizes and times with their units."""

from __future__ import annotations

from spinn_engine.words.numbers import MINUS, shortest, significant
from spinn_engine.words.text import counted

SIZES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
MINUTE, HOUR = 60, 3600  # seconds


def size(number: float) -> str:
    """A number of bytes in at most three digits; 1 kB are 1,000 bytes.

    >>> size(833040), size(2667528), size(999), size(999999)
    ('833 kB', '2.67 MB', '999 bytes', '1 MB')
    """
    seen = float(f"{number:.3g}")
    for unit, scale in SIZES:
        if seen >= scale:
            return f"{shortest(number / scale, 3)} {unit}"
    return counted(round(number), "byte")


def duration(seconds: float) -> str:
    """A time that a person waits for or looks back on.

    >>> duration(0.25), duration(44.2), duration(750), duration(7500), duration(266400)
    ('0.25 s', '44 s', '12 min 30 s', '2 h 5 min', '3 d 2 h')
    """
    whole = round(seconds)
    if whole < 10:
        return f"{shortest(seconds, 2)} s"
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    hours, minutes = divmod(round(seconds / MINUTE), 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(round(seconds / HOUR), 24)
    return f"{days} d {hours} h"


def latency(microseconds: float) -> str:
    """The time of one pass in three digits.

    >>> latency(81.32), latency(1850), latency(1_029_000), latency(999.9)
    ('81.3 µs', '1.85 ms', '1.03 s', '1.00 ms')
    """
    seen = float(f"{microseconds:.3g}")
    for unit, scale in (("s", 1e6), ("ms", 1e3)):
        if seen >= scale:
            return f"{significant(microseconds / scale)} {unit}"
    return f"{significant(microseconds)} µs"


def latency_difference(microseconds: float) -> str:
    """The difference between two times of one pass, with its sign.

    >>> latency_difference(-81.32), latency_difference(1850), latency_difference(0)
    ('−81.3 µs', '+1.85 ms', '0 µs')
    """
    sign = MINUS if microseconds < 0 else "+" if microseconds > 0 else ""
    return sign + latency(abs(microseconds))
