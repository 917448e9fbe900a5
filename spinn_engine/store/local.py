"""A store that is a folder of this machine: what is written into it is there at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from spinn_engine.errors import SpinnError
from spinn_engine.store.files import local_files, stat_of

_DOOMED = ".deleted"


@dataclass(frozen=True)
class LocalStore:
    """Runs in the folder ``root``; nothing has to be copied, and nobody has to be kept away."""

    root: Path

    def names(self) -> list[str]:
        """The names of all run folders."""
        return [path.parent.name for path in self.root.glob("*/spec.json") if path.is_file()]

    def sizes(self, name: str) -> Mapping[str, int]:
        """The bytes of the files of a folder, by their paths in it, each as it is when asked."""
        return _Sizes(self.root / name)

    def refresh(self, name: str, now: bool = False) -> None:
        """Nothing to do: everybody sees the files themselves."""

    def look_for_changes(self) -> None:
        """Nothing to do: everybody sees the files themselves."""

    def fetch(self, name: str, file: str | None = None) -> None:
        """Nothing to do: a file is where it is read."""

    def publish(self, name: str, live: bool = False) -> None:
        """Nothing to do: what is written is published."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Nothing to do: nobody replaces files here."""
        return nullcontext()

    def remove(self, name: str) -> None:
        """Remove a folder: gone from the store in one move, and then from the disk.

        Of a link only the link goes, never what it leads to. What an earlier removal that was cut
        off has left on the disk goes, too.

        Raises:
            SpinnError: a file cannot be removed.
        """
        path = self.root / name
        try:
            _clear(self.root)
            if path.is_symlink():
                path.unlink()
            elif path.exists():
                path.rename(path.with_name(f".{name}{_DOOMED}"))
            _clear(self.root)
        except OSError as error:
            raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error


def _clear(root: Path) -> None:
    """Remove from the disk what is gone from the store; others may do so at the same time."""
    for doomed in root.glob(f".*{_DOOMED}"):
        if doomed.is_symlink():
            doomed.unlink(missing_ok=True)
        while doomed.exists():
            with suppress(FileNotFoundError):
                shutil.rmtree(doomed)


class _Sizes(Mapping[str, int]):
    """The files below a folder and their bytes; only what is asked for is looked at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, file: str) -> int:
        stat = stat_of(self._folder / file)
        if stat is None:
            raise KeyError(file)
        return stat[1]

    def __iter__(self) -> Iterator[str]:
        return iter(local_files(self._folder))

    def __len__(self) -> int:
        return len(local_files(self._folder))
