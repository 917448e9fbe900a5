"""Who submitted a run, in ``owner.json`` of its folder; no hash and no result depends on it.

The engine only remembers it: what an owner alone may do is decided where people log in. Imports no
torch.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from spinn_engine.errors import CorruptArtifactError
from spinn_engine.store.files import Stat, read_json, stat_of, write_atomically
from spinn_engine.store.run_folder import RunFolder

NAME = "owner.json"
LONGEST_NAME = 100


@dataclass(frozen=True)
class Owner:
    """A person.

    Attributes:
        id: never another person's, and the same whenever this one comes.
        name: what to call them; two people may have the same.
    """

    id: str
    name: str


def write_owner(folder: RunFolder, owner: Owner) -> None:
    """Remember whose run it is; the caller publishes it.

    Raises:
        BadInputError: the file cannot be written.
    """
    shown = Owner(owner.id, owner.name[:LONGEST_NAME])
    write_atomically(folder.path / NAME, json.dumps(asdict(shown), indent=2).encode())


def read_owner(folder: RunFolder) -> Owner | None:
    """Whose run it is; None for one that was made without log-in.

    A file that cannot be read names nobody, so that nobody gets a right by breaking one.

    Raises:
        SpinnError: the store cannot be used.
    """
    path = folder.fetch(folder.path / NAME)
    return _read(path, stat_of(path))


@lru_cache(maxsize=1024)
def _read(path: Path, stat: Stat | None) -> Owner | None:
    """The owner in a file with this time and size."""
    if stat is None:
        return None
    try:
        stored = read_json(path)
    except CorruptArtifactError:
        return None
    found = Owner(*(stored.get(key) for key in ("id", "name")))  # type: ignore[arg-type]
    if not all(isinstance(part, str) and part for part in (found.id, found.name)):
        return None
    return found
