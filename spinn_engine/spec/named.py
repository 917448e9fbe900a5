"""Numbers of columns in one text each: ``angle=360``, or a range, ``wear=0:1``.

>>> named_number("angle=360"), named_range("wear=0:1")
(('angle', 360.0), ('wear', (0.0, 1.0)))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import core_schema

from spinn_engine.spec.reading import LIST


def named_number(text: str) -> tuple[str, float]:
    """A column and its number.

    Raises:
        ValueError: the text is none of that form, or the number is not finite.
    """
    name, equals, number = text.rpartition("=")
    if not (equals and name.strip()):
        raise ValueError(f"expected a column and a number such as angle=360 but got {text!r}")
    return name.strip(), _number(number, text)


def named_period(text: str) -> tuple[str, float]:
    """A column and its period.

    Raises:
        ValueError: as ``named_number``, or it is not above zero.
    """
    name, period = named_number(text)
    if period <= 0:
        raise ValueError(f"a period must be above 0 but got {text!r}")
    return name, period


def named_range(text: str) -> tuple[str, tuple[float, float]]:
    """A column with its lowest and its highest value.

    Raises:
        ValueError: the text is none of that form, or the range is empty.
    """
    name, equals, numbers = text.rpartition("=")
    low, colon, high = numbers.partition(":")
    if not (equals and colon and name.strip()):
        raise ValueError(f"expected a target and its range such as wear=0:1 but got {text!r}")
    bounds = _number(low, text), _number(high, text)
    if bounds[0] >= bounds[1]:
        raise ValueError(f"a range goes from low to high but got {text!r}")
    return name.strip(), bounds


def _number(part: str, text: str) -> float:
    try:
        value = float(part)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{part.strip()!r} is no number in {text!r}")
    return value


@dataclass(frozen=True, eq=False)
class Named:
    """Metadata of a text field: a column and what is said of it.

    Attributes:
        form: how it is written, for the help.
        read: gives column and numbers, or raises ValueError.
    """

    form: str
    read: Callable[[str], tuple[str, Any]]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Text, and then one of that form."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, text: str) -> str:
        self.read(text)
        return text


def _as_texts(given: Any) -> Any:
    """A mapping from columns to numbers, as the texts that say the same."""
    if not isinstance(given, Mapping):
        return given
    return [f"{name}={one}" for name, value in given.items() for one in _written(value)]


def _as_ranges(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    ranges = ((name, [value] if isinstance(value, str) else value) for name, value in given.items())
    return [f"{name}={':'.join(map(str, _written(value)))}" for name, value in ranges]


def _written(value: Any) -> Sequence[Any]:
    plain = value.tolist() if hasattr(value, "tolist") else value
    return plain if isinstance(plain, (list, tuple)) else [plain]


Periods = Annotated[
    tuple[Annotated[str, Named("COLUMN=PERIOD", named_period)], ...],
    BeforeValidator(_as_texts),
    LIST,
]
Places = Annotated[
    tuple[Annotated[str, Named("COLUMN=VALUE", named_number)], ...],
    BeforeValidator(_as_texts),
    LIST,
]
Ranges = Annotated[
    tuple[Annotated[str, Named("TARGET=LOW:HIGH", named_range)], ...],
    BeforeValidator(_as_ranges),
    LIST,
]
