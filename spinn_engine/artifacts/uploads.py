"""Checkpoints that people upload: only one that can be read is kept, by its name and its bytes."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

from spinn_engine.artifacts.files import unwritable, write_atomically
from spinn_engine.artifacts.place import results_root
from spinn_engine.brought import read_network
from spinn_engine.errors import SpinnError

UPLOADS = "uploads"
SUFFIXES = (".pt", ".pth", ".safetensors")


def keep_upload(name: str, content: bytes) -> Path:
    """Keep an uploaded checkpoint in the store; the same bytes under the same name once.

    Args:
        name: what the file was called where it comes from; no part of it can leave the folder.
        content: its bytes.

    Returns:
        Where it is now.

    Raises:
        BadInputError: it is no checkpoint of a plain multilayer perceptron, or cannot be kept.
        CorruptArtifactError: it is broken.
    """
    given = Path(name.replace("\\", "/"))
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", given.stem)[:40] or "checkpoint"
    suffix = given.suffix.lower() if given.suffix.lower() in SUFFIXES else ".pt"
    sha256 = hashlib.sha256(content).hexdigest()
    path = results_root() / UPLOADS / f"{stem}-{sha256[:12]}{suffix}"
    if path.exists():
        return path
    _check(name, content, suffix)
    write_atomically(path, content)
    return path


def _check(name: str, content: bytes, suffix: str) -> None:
    """Read it before it is kept; what is wrong is said of the name that people know."""
    try:
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            file.write(content)
            file.flush()
            try:
                read_network(file.name)
            except SpinnError as error:
                message = str(error).replace(file.name, name)
                raise type(error)(message) from error
    except OSError as error:
        raise unwritable(Path(tempfile.gettempdir()), error) from error
