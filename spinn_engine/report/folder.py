"""The folder of a report: written as a whole, and only where no other file is in the way.

``report.json`` lists what is in it. A report is replaced if it is of the same run and still as it
was written; everything else that is there already is left alone, and the report refused.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.store.files import read_json, write_atomically

MANIFEST = "report.json"
KIND = "spinn_engine report"


def write_folder(folder: Path, run_id: str, files: Mapping[str, bytes]) -> list[Path]:
    """Write the files and their manifest; remove other files of an earlier report of the run.

    Args:
        folder: where; it is made if it is not there.
        run_id: the run that is reported.
        files: content by relative path.

    Returns:
        All paths, the manifest's last.

    Raises:
        BadInputError: the folder holds other things, or cannot be written.
    """
    old = _earlier(folder, run_id)
    listing = [
        {"file": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    manifest = {"kind": KIND, "run_id": run_id, "files": listing}
    everything = {**files, MANIFEST: f"{json.dumps(manifest, indent=2)}\n".encode()}
    beside = folder / f".report.{secrets.token_hex(4)}"  # in it: its parent may be another's
    made = not folder.exists()
    try:
        beside.mkdir(parents=True)
        for name, data in everything.items():
            write_atomically(beside / name, data)
        _move(beside, folder, everything, old)
    except (OSError, BadInputError) as error:
        reason = error if isinstance(error, OSError) else error.__cause__
        raise BadInputError(
            f"cannot write the report into {folder}: {getattr(reason, 'strerror', None) or error}; "
            "give a folder that can be written (--out), with some space"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if made and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return [folder / name for name in everything]


def _move(beside: Path, folder: Path, files: Mapping[str, bytes], old: set[str]) -> None:
    """Put every file in its place, the manifest last, and remove what only the old report had."""
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (beside / name).replace(folder / name)
    for name in old - files.keys():
        (folder / name).unlink()


def _earlier(folder: Path, run_id: str) -> set[str]:
    """The files of the existing report.

    Raises:
        BadInputError: something else is there.
    """
    try:
        return _checked(folder, run_id)
    except OSError as error:
        raise BadInputError(f"cannot read {folder}: {error.strerror}") from error


def _checked(folder: Path, run_id: str) -> set[str]:
    elsewhere = "give a folder that is empty or not there yet (--out)"
    if not folder.exists():
        return set()
    if not folder.is_dir():
        raise BadInputError(f"{folder} is a file: {elsewhere}")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if _counts(path)}
    if not there:
        return set()
    manifest = _manifest(folder)
    listed = {one["file"]: one["sha256"] for one in manifest["files"]} if manifest else {}
    foreign = sorted(there - listed.keys() - ({MANIFEST} if manifest else set()))
    if foreign:
        raise BadInputError(f"{folder} holds {foreign[0]}, which is of no report: {elsewhere}")
    assert manifest is not None
    if manifest["run_id"] != run_id:
        raise BadInputError(f"{folder} holds the report of run {manifest['run_id']}: {elsewhere}")
    for name in sorted(there - {MANIFEST}):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            raise BadInputError(
                f"{folder / name} was changed since the report was written: move it away, or "
                f"{elsewhere}"
            )
    return there - {MANIFEST}


def _counts(path: Path) -> bool:
    return not path.is_dir() or path.is_symlink()


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of the existing report; None if there is none or it is of another run."""
    try:
        found = read_json(folder / MANIFEST)
        files = found["files"]
        sound = found["kind"] == KIND and all(
            isinstance(one["file"], str) and isinstance(one["sha256"], str) for one in files
        )
    except (CorruptArtifactError, KeyError, TypeError):
        return None
    return found if sound else None
