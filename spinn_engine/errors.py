"""The errors a user may meet. A message is one sentence: what is wrong, what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class SpinnError(Exception):
    """Base of every error this package raises on purpose; the work failed (exit code 1)."""


class BadInputError(SpinnError):
    """What was asked for cannot be done as asked; the user can mend it (exit code 2)."""


class TrainingDivergedError(SpinnError):
    """A loss or a weight became NaN or infinite; earlier stages are kept."""


class UnreachableError(SpinnError):
    """The job database or the store gave no answer; the same may work a little later."""


class CorruptArtifactError(BadInputError):
    """A stored file is not what it should be: truncated, changed, or of another kind."""


FULL_MEMORY = "the memory is full: use fewer seeds or folds, a smaller batch or network"


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, of the device or of the machine; torch has no one type for both."""
    words = str(error)
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and ("out of memory" in words or "allocate memory" in words)
    )


def one_sentence(error: ValidationError) -> str:
    """The first fault of a validation as 'field: what is wrong, got value'."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the whole"
    value, about = first["input"], first.get("ctx", {})
    if first["type"] == "json_invalid":
        return f"it is no JSON: {about['error']}"
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    if first["type"] == "too_short":
        message = f"expected at least {about['min_length']} item" + "s" * (about["min_length"] > 1)
    if first["type"] == "too_long":
        return f"{field}: expected at most {about['max_length']} items, but got {len(value):,}"
    if first["type"] == "value_error" or isinstance(value, dict) or len(repr(value)) > 80:
        return f"{field}: {message}"
    return f"{field}: {message}, but got {value!r}"
