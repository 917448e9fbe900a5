"""Text read back as a number, for tests that compare it with the number it was made of."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)
SIZES = {"byte": 1, "bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
TIMES = {"µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}  # seconds


def read(text: str) -> Decimal:
    """The number that a text writes."""
    return Decimal(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


def seconds(text: str) -> float:
    """The time that a text writes, as ``2 h 5 min``."""
    parts = text.split()
    return sum(
        float(read(n)) * TIMES[unit] for n, unit in zip(parts[::2], parts[1::2], strict=True)
    )


def size_in_bytes(text: str) -> Decimal:
    number, unit = text.split()
    return read(number) * SIZES[unit]
