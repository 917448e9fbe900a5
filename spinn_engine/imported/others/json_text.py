"""JSON of a stranger: not too long, not too deep, and each name once."""

from __future__ import annotations

import json

from spinn_engine.errors import BadInputError, CorruptArtifactError

LARGEST_JSON = 2**24


def json_of(text: bytes | str, what: str) -> dict[str, object]:
    """The object in a JSON text.

    Args:
        text: it, or its bytes in UTF-8.
        what: holds it, for a sentence.

    Raises:
        BadInputError: it is longer than is read.
        CorruptArtifactError: it is no JSON object.
    """
    if len(text) > LARGEST_JSON:
        raise BadInputError(
            f"{what} has {len(text):,} bytes, more than the {LARGEST_JSON:,} that are read"
        )
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise CorruptArtifactError(f"{what} is no JSON, copy the file again") from None
    if not isinstance(found, dict):
        raise CorruptArtifactError(f"{what} is no JSON object, copy the file again")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
