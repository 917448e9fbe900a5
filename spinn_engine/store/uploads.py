"""What people upload: what can be read is kept, under its name and the hash of its bytes.

Of a table it is enough that it can be read when a person says how.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.guarded.processes import guarded
from spinn_engine.imported import read_network
from spinn_engine.problems.preview import preview
from spinn_engine.problems.tables.containers.conversions import no_table
from spinn_engine.spec import DataSpec, ReadingSpec
from spinn_engine.store.current import results_root
from spinn_engine.store.files import unwritable, write_atomically
from spinn_engine.vocabulary import table_kind
from spinn_engine.vocabulary.networks import NETWORK_FILES

UPLOADS = "uploads"
LONGEST_STEM = 40
SETTLED = re.compile(  # by a person who says how the file is to be read
    rf"--({'|'.join(field.replace('_', '-') for field in ReadingSpec.model_fields)})\b"
)


def keep_upload(name: str, content: bytes) -> Path:
    """Keep an uploaded checkpoint in the store; the same bytes under the same name once.

    Args:
        name: what the file was called where it comes from; no part of it can leave the folder.
        content: its bytes.

    Returns:
        Where it is now.

    Raises:
        BadInputError: it is no network that can be read, or cannot be kept.
        CorruptArtifactError: it is broken.
    """
    suffix = _suffix(name)
    return _keep(name, content, suffix if suffix in NETWORK_FILES else ".pt", _read_checkpoint)


def keep_table(name: str, content: bytes) -> Path:
    """Keep an uploaded table in the store; the same bytes under the same name once.

    Args:
        name: what the file was called where it comes from; no part of it can leave the folder.
        content: its bytes.

    Returns:
        Where it is now.

    Raises:
        BadInputError: it is no table with two columns or more, however it is read, or cannot be
            kept.
    """
    kind = table_kind(name)
    if kind is None:
        raise BadInputError(no_table(Path(name)))
    if _is_markup(content):
        raise BadInputError(f"{name}: it is a web page or XML, export it as CSV, Parquet or Excel")
    return _keep(name, content, kind[1], _read_table)


def _suffix(name: str) -> str:
    return Path(name.replace("\\", "/")).suffix.lower()


def _is_markup(content: bytes) -> bool:
    """Whether a file begins as HTML or XML does; a column name does not."""
    start = content[:1024].decode("utf-8", errors="ignore").lstrip("\ufeff \t\r\n")
    return re.match(r"<(!doctype|html|head|body|script|\?xml)\b", start, re.I) is not None


def _keep(name: str, content: bytes, suffix: str, read: Callable[[str], None]) -> Path:
    """Put a file that ``read`` accepts into the folder of uploads."""
    given = Path(name.replace("\\", "/"))
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", given.stem)[:LONGEST_STEM] or "upload"
    sha256 = hashlib.sha256(content).hexdigest()
    path = results_root() / UPLOADS / f"{stem}-{sha256[:12]}{suffix}"
    if path.exists():
        return path
    _check(name, content, suffix, read)
    write_atomically(path, content)
    return path


def _read_checkpoint(path: str) -> None:
    read_network(path)


def _read_table(path: str) -> None:
    try:
        columns = preview(DataSpec(source=f"table:{path}"), rows=0)["columns"]
    except BadInputError as error:
        if SETTLED.search(str(error)):
            return
        raise
    if len(columns) < 2:
        raise BadInputError(
            f"{path}: it has {len(columns)} column, a table needs a target and an input at least"
        )


def _check(name: str, content: bytes, suffix: str, read: Callable[[str], None]) -> None:
    """Read it before it is kept; what is wrong is said of the name that people know."""
    try:
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            file.write(content)
            file.flush()
            try:
                guarded(name, read, file.name)
            except SpinnError as error:
                message = str(error).replace(file.name, name).replace(Path(file.name).name, name)
                raise type(error)(message) from error
    except OSError as error:
        raise unwritable(Path(tempfile.gettempdir()), error) from error
