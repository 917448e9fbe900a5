"""Texts that people write: read from plain files of a sensible size, and as JSON of one meaning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.words import size

LARGEST = 16_000_000  # bytes


def read_text(path: Path, what: str, most: int = LARGEST) -> str:
    """The text of a file in UTF-8, with or without its mark.

    Args:
        path: as it was given.
        what: the kind of file, as in "spec file".
        most: bytes that it may have.

    Raises:
        BadInputError: it is no plain file, too large, or no UTF-8 text.
    """
    check_plain_file(path, what)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise BadInputError(f"{path}: a {what} has at most {size(most)}, this is a larger file")
        return content.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "it gave no answer").lower()
        raise BadInputError(f"{path}: cannot read the {what}: {reason}") from None
    except UnicodeDecodeError:
        raise BadInputError(f"{path}: cannot read the {what}: it is not UTF-8 text") from None


def strict_json(text: str, parse_float: Callable[[str], Any] = float) -> Any:
    """JSON in which no object has a key twice.

    Raises:
        ValueError: it is no such JSON, or nested too deeply to be meant.
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_float=parse_float)
    except RecursionError:
        raise ValueError("its lists and objects are nested too deeply") from None
    except ValueError as error:
        if str(error).startswith("Exceeds the limit"):  # Python's, of the digits of a number
            raise ValueError("a number in it has thousands of digits") from None
        raise


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(
            name for name, times in Counter(name for name, _ in pairs).items() if times > 1
        )
        raise ValueError(f"{twice[:80]!r} is there twice in one object: keep one of the two")
    return found
