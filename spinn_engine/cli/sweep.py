"""The specs of a sweep: every combination of the values that ``--sweep FIELD=V1,V2`` gives."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from itertools import product
from typing import Any

from spinn_engine.cli.options import RUN_OPTIONS, names, spec_from, widths
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec

_READ: dict[str, Callable[[str], Any]] = {option.field: option.read for option in RUN_OPTIONS}
_LISTS = (names, widths)


def sweep_option(text: str) -> tuple[str, list[Any]]:
    """``prune.stages=1,2,4`` as a field and its values; lists are parted by semicolons."""
    field, equals, given = text.partition("=")
    read = _READ.get(field)
    if not equals or read is None:
        message = f"expected FIELD=V1,V2 with a field like prune.stages but got {text!r}"
        raise argparse.ArgumentTypeError(message)
    parts = given.split(";" if read in _LISTS else ",")
    try:
        values = [read(part.strip()) for part in parts if part.strip()]
    except ValueError:
        message = f"{field} cannot be read from {given!r}"
        raise argparse.ArgumentTypeError(message) from None
    if not values:
        raise argparse.ArgumentTypeError(f"{field} has no values in {text!r}")
    return field, values


def swept_specs(arguments: argparse.Namespace) -> list[tuple[dict[str, Any], RunSpec]]:
    """For every combination its values by field, and the whole spec.

    Raises:
        BadInputError: a field is swept twice, or a combination is not acceptable.
    """
    fields = [field for field, _ in arguments.sweep]
    if len(set(fields)) < len(fields):
        twice = next(field for field in fields if fields.count(field) > 1)
        raise BadInputError(f"--sweep {twice} is given twice: write all its values in one")
    found = []
    for values in product(*(dict.fromkeys(_hashable(v) for v in vs) for _, vs in arguments.sweep)):
        chosen = {field: json.loads(value) for field, value in zip(fields, values, strict=True)}
        every = argparse.Namespace(**{**vars(arguments), **chosen})
        found.append((chosen, spec_from(every)))
    return found


def _hashable(value: Any) -> str:
    return json.dumps(value)
