"""Shares, written as ``0.685`` or ``68.5%``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def share(text: str) -> float:
    """A share, written as ``0.685`` or ``68.5%``.

    Raises:
        ValueError: it is no number, or a percentage without its sign.
    """
    number = text.strip().removesuffix("%").strip()
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"expected a share like 0.685 or 68.5% but got {text!r}") from None
    if text.strip().endswith("%"):
        return float(value / 100)
    if value.is_finite() and 1 < value < 100:
        raise ValueError(
            f"expected a share less than 1, but got {number}: "
            f"was {float(value / 100)} (or {number}%) meant?"
        )
    return float(value)


def _as_number(value: Any) -> Any:
    return share(value) if isinstance(value, str) else value


Share = Annotated[float, BeforeValidator(_as_number), Field(gt=0.0, lt=1.0)]
