"""The lines of ``metrics.jsonl``, one an epoch and arm."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from spinn_engine.errors import BadInputError, CorruptArtifactError, one_sentence
from spinn_engine.guarded.texts import read_text

LARGEST = 64_000_000  # bytes; 300,000 lines


class _Line(BaseModel):
    """What readers rely on; ``val_loss`` and ``val_r2`` have one value a network."""

    model_config = ConfigDict(extra="allow", strict=True)

    stage: int
    arm: str
    val_loss: list[float]
    val_r2: list[float]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All whole lines; one that is still being written is left out.

    Raises:
        CorruptArtifactError: the file is too large, or a line is no line of metrics.
    """
    try:
        text = read_text(path, "file of metrics", LARGEST)
    except BadInputError as error:
        raise CorruptArtifactError(f"{path} cannot be read: {error}") from error
    return parsed_lines(path, text.split("\n")[:-1])


def parsed_lines(path: Path, lines: Iterable[str | bytes]) -> list[dict[str, Any]]:
    """What whole lines of a file say; empty ones say nothing.

    Raises:
        CorruptArtifactError: one is no line of metrics.
    """
    written = [line for line in lines if line]
    try:
        for line in written:
            _Line.model_validate_json(line)
    except ValidationError as error:
        raise CorruptArtifactError(f"{path} cannot be read: {one_sentence(error)}") from error
    return [json.loads(line) for line in written]
