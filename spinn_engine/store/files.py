"""Single files: written whole, appended to, read, locked; every failure names the file."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.guarded.texts import read_text

LARGEST_JSON = 64_000_000  # bytes
Stat = tuple[int, int]  # time in ns and size of a local file

_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}")


def temporary(path: Path) -> Path:
    """A hidden name beside a file, for what is to become that file."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def remove_temporaries(folder: Path) -> None:
    """Remove what a process that was killed has left half-written in a folder of its own."""
    for path in folder.rglob(".*"):
        if _TEMPORARY.fullmatch(path.name):
            path.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then a rename.

    Raises:
        BadInputError: the file cannot be written (a full disk, a folder without write permission).
    """
    beside = temporary(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def append(path: Path, text: str) -> None:
    """Add text to the end of a file.

    Raises:
        BadInputError: the file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock for the length of a block; others of this machine wait for it.

    Raises:
        BadInputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(path).acquire(poll_interval=0.005)
    except OSError as error:
        raise unwritable(path, error) from error
    with held:
        yield


def is_locked(path: Path) -> bool:
    """Whether a process holds a file's lock, which goes with that process however it ends.

    Where this process may not write, it finds every lock free.
    """
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def unwritable(path: Path, error: OSError) -> BadInputError:
    """What to tell of a file that cannot be written."""
    return BadInputError(
        f"cannot write {path}: {error.strerror or error}; free some space there, or keep the runs "
        "elsewhere (--out, SPINN_RESULTS)"
    )


def stat_of(path: Path) -> Stat | None:
    """Time and size of a file; None if there is none, or something else than a plain file."""
    try:
        found = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_size


def local_files(folder: Path) -> list[str]:
    """Paths of all files below a folder, relative to it; hidden ones are left out."""
    found = []
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "."]
        at = Path(path).relative_to(folder)
        found += [(at / name).as_posix() for name in names if name[0] != "."]
    return found


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        CorruptArtifactError: the file is missing, unreadable, or holds something else.
    """
    try:
        value = json.loads(read_text(path, "file", LARGEST_JSON))
    except BadInputError as error:
        raise CorruptArtifactError(str(error)) from error
    except RecursionError:
        raise CorruptArtifactError(f"{path} is nested too deeply to be a file of a run") from None
    except ValueError as error:
        raise CorruptArtifactError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CorruptArtifactError(f"{path} holds no JSON object")
    return value
