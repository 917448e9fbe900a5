"""A store that is a folder of this machine: what is written into it is there at once."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from spinn_engine.errors import SpinnError
from spinn_engine.store.files import stat_of


@dataclass(frozen=True)
class LocalStore:
    """Runs in the folder ``root``; nothing has to be copied, and nobody has to be kept away."""

    root: Path

    def names(self) -> list[str]:
        """The names of all run folders."""
        return [path.parent.name for path in self.root.glob("*/spec.json")]

    def size(self, name: str, file: str) -> int | None:
        """Bytes of a file of a folder; None if there is none."""
        stat = stat_of(self.root / name / file)
        return stat and stat[1]

    def files(self, name: str, subfolder: str) -> list[str]:
        """The names of the files in a subfolder of a folder."""
        found = (path.name for path in (self.root / name / subfolder).glob("*"))
        return [name for name in found if name[0] != "."]

    def refresh(self, name: str, now: bool = False) -> None:
        """Nothing to do: everybody sees the files themselves."""

    def look_for_changes(self) -> None:
        """Nothing to do: everybody sees the files themselves."""

    def fetch(self, name: str, file: str) -> None:
        """Nothing to do: a file is where it is read."""

    def fetch_all(self, name: str) -> None:
        """Nothing to do: files are where they are written."""

    def publish(self, name: str, live: bool = False) -> None:
        """Nothing to do: what is written is published."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Nothing to do: nobody replaces files here."""
        return nullcontext()

    def remove(self, name: str) -> None:
        """Remove a folder: gone from the store in one move, and then from the disk.

        Raises:
            SpinnError: a file cannot be removed.
        """
        path = self.root / name
        doomed = path.with_name(f".{name}.deleted")
        try:
            if path.exists():
                path.rename(doomed)
            if doomed.exists():
                shutil.rmtree(doomed)
        except OSError as error:
            raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error
