"""What people say of a run: tags and a note, in ``remarks.json`` of its folder.

They change no hash and no result. Whoever writes says what was there when they looked, so that two
who write at once lose nothing silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.store.current import current_store
from spinn_engine.store.files import locked, read_json, write_atomically
from spinn_engine.store.run_folder import RunFolder

NAME = "remarks.json"
MOST_TAGS = 20
LONGEST_TAG = 40
LONGEST_NOTE = 2_000


@dataclass(frozen=True)
class Remarks:
    """The tags and the note of a run.

    Attributes:
        tags: each once, in the order in which they were given.
        note: free text, may have several lines.
        stamp: tells this content from any other; empty where nothing was ever written.
    """

    tags: tuple[str, ...] = ()
    note: str = ""
    stamp: str = ""


class RemarksChangedError(BadInputError):
    """Somebody else has written since; ``now`` is what is there."""

    def __init__(self, message: str, now: Remarks) -> None:
        super().__init__(message)
        self.now = now


def remarks_path(folder: RunFolder) -> Path:
    """Where a run's remarks are, if it has any."""
    return folder.path / NAME


def read_remarks(folder: RunFolder) -> Remarks:
    """What people have said of a run so far.

    Raises:
        CorruptArtifactError: the file is broken.
        SpinnError: the store cannot be used.
    """
    path = remarks_path(folder)
    if not folder.has(path):
        return Remarks()
    folder.fetch(path)
    return _read(path)


def write_remarks(
    folder: RunFolder, tags: Sequence[str], note: str, seen: str | None = None
) -> Remarks:
    """Write the tags and the note of a run, in place of those that are there.

    Args:
        folder: the run.
        tags: up to 20, each of 1 to 40 characters; spaces around them and repeats go.
        note: up to 2,000 characters.
        seen: the stamp of what the writer has seen; None to write whatever is there.

    Returns:
        What is there now.

    Raises:
        RemarksChangedError: what is there is not what the writer has seen.
        BadInputError: too many or too long, or the file cannot be written.
        SpinnError: the store cannot be used.
    """
    content = {"schema_version": 1, "tags": _checked_tags(tags), "note": _checked_note(note)}
    with locked(folder.path.parent / ".remarks.lock"):  # two tabs that save at once see each other
        current_store().refresh(folder.run_id, now=True)
        with folder.lock():
            now = read_remarks(folder)
            if seen is not None and now.stamp != seen:
                raise RemarksChangedError(
                    f"the tags and the note of run {folder.run_id} were changed by somebody else "
                    "since you looked, so yours were not saved: look at theirs first",
                    now,
                )
            write_atomically(remarks_path(folder), json.dumps(content, indent=2).encode())
            folder.publish()
    return _read(remarks_path(folder))


def _read(path: Path) -> Remarks:
    stored = read_json(path)
    tags, note = stored.get("tags"), stored.get("note")
    if not isinstance(tags, list) or not isinstance(note, str):
        raise CorruptArtifactError(f"{path} holds no tags and note")
    try:
        checked = tuple(_checked_tags(tags)), _checked_note(note)
    except BadInputError as error:
        raise CorruptArtifactError(f"{path}: {error}") from error
    return Remarks(*checked, _stamp(stored))


def _stamp(stored: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()[:16]


def _checked_tags(tags: Sequence[Any]) -> list[str]:
    """Each once, without spaces around it.

    Raises:
        BadInputError: too many, or one is no text, empty, too long, or of several lines.
    """
    found: list[str] = []
    for given in tags:
        tag = given.strip() if isinstance(given, str) else ""
        if not 1 <= len(tag) <= LONGEST_TAG or not tag.isprintable():
            raise BadInputError(
                f"a tag has 1 to {LONGEST_TAG} characters in one line, but one is "
                f"{str(given)[: LONGEST_TAG + 1]!r}"
            )
        if tag not in found:
            found.append(tag)
    if len(found) > MOST_TAGS:
        raise BadInputError(f"a run has up to {MOST_TAGS} tags, but {len(found)} were given")
    return found


def _checked_note(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise BadInputError(
            f"a note has up to {LONGEST_NOTE:,} characters, but this one has {len(note):,}"
        )
    return note.strip()
