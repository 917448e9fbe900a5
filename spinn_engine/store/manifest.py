"""What the files of a run were when they were written: ``manifest.json``, step by step.

A step lists the bytes and the SHA-256 of every file that it wrote. It is written just before what
marks the step as done, so what is done and not listed, or not as it is listed, was changed since.
Of ``metrics.jsonl``, which grows, a step lists the beginning that was there when it ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from spinn_engine.errors import BadInputError, CorruptArtifactError, one_sentence
from spinn_engine.guarded.texts import read_text
from spinn_engine.store.files import Stat, stat_of, write_atomically

MANIFEST_NAME = "manifest.json"
MADE, FINISH = "the run was made", "the final evaluation"  # the first and the last step
_PIECE = 1 << 20


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Written(_Part):
    """A file as it was written."""

    bytes: int
    sha256: str


class Step(_Part):
    """What one step of a run wrote; files by their paths in the run's folder."""

    name: str
    files: dict[str, Written]

    @field_validator("files")
    @classmethod
    def _inside(cls, files: dict[str, Written]) -> dict[str, Written]:
        for file in files:
            if file.startswith("/") or ".." in file.split("/"):
                raise ValueError(f"{file[:80]!r} is no file of the folder")
        return files


class Manifest(_Part):
    """The steps of a run so far, in their order; ``sha256`` is that of the steps."""

    schema_version: Literal[1] = 1
    steps: list[Step]
    sha256: str

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.sha256 != _hash_of(self.steps):
            raise ValueError("sha256: it is not that of the steps")
        return self

    def last(self, file: str) -> Written | None:
        """A file as it was last written; None for one that no step lists."""
        found = (step.files[file] for step in reversed(self.steps) if file in step.files)
        return next(found, None)


def written(content: bytes) -> Written:
    """What is listed of a file with this content."""
    return Written(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def as_listed(path: Path, listed: Written, grows: bool = False) -> bool:
    """Whether a local file is as it was written; of one that grows, whether its beginning is.

    A file is read once for as long as its time and size stay the same.
    """
    stat = stat_of(path)
    if stat is None or stat[1] < listed.bytes or (stat[1] != listed.bytes and not grows):
        return False
    return _sha256(path, stat, listed.bytes) == listed.sha256


@lru_cache(maxsize=4096)
def _sha256(path: Path, _: Stat, most: int) -> str | None:
    """Of the beginning of a file, as long as ``most``; None if it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while most and (piece := file.read(min(most, _PIECE))):
                found.update(piece)
                most -= len(piece)
    except OSError:
        return None
    return found.hexdigest()


def read_manifest(path: Path) -> Manifest | None:
    """The manifest of a run; None where there is none, as of runs of earlier versions.

    Raises:
        CorruptArtifactError: it is damaged.
    """
    stat = stat_of(path)
    return _read(path, stat) if stat is not None or path.exists() else None


@lru_cache(maxsize=1024)
def _read(path: Path, _: Stat | None) -> Manifest:
    try:
        return Manifest.model_validate_json(read_text(path, "manifest"))
    except BadInputError as error:
        raise CorruptArtifactError(str(error)) from error
    except ValidationError as error:
        raise CorruptArtifactError(f"{path} is damaged: {one_sentence(error)}") from error


def write_manifest(path: Path, steps: Sequence[Step]) -> None:
    """Write a manifest of these steps.

    Raises:
        BadInputError: the file cannot be written.
    """
    whole = Manifest(steps=list(steps), sha256=_hash_of(steps))
    write_atomically(path, whole.model_dump_json(indent=1).encode())


def _hash_of(steps: Sequence[Step]) -> str:
    plain = [step.model_dump() for step in steps]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
