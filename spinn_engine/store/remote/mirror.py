"""The local copy of a store on another machine, and what is known of how equal the two are.

``<mirror>/<name>/`` is the copy of a folder. ``<mirror>/.sync/<name>.json`` tells for each file
which remote one it equals. ``<mirror>/.sync/<name>.mine`` is locked by who of this machine writes
the folder, for as long as that lasts; with ``<name>.whole`` the copy is whole, and the truth.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.store.files import Stat, local_files, locked, stat_of, write_atomically

# Readers take the lock for an instant; another worker of this machine lets go within seconds.
_LOCK_SECONDS = 10.0


class Record:
    """Which files of a copy equal which remote ones: the stamp, and the copy's time and size.

    A copy that was changed since, by whomever, equals nothing.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        try:
            self._equal = {name: tuple(one) for name, one in json.loads(path.read_text()).items()}
        except (OSError, ValueError, AttributeError, TypeError):  # then nothing is known
            self._equal = {}

    def is_equal(self, name: str, stamp: str) -> bool:
        """Whether the local copy is the remote file with this stamp."""
        stat = stat_of(self._folder / name)
        return stat is not None and self._equal.get(name) == (stamp, *stat)

    def unsent(self) -> dict[str, Stat]:
        """The local files that are not what was last equal, with their time and size."""
        found = {name: stat_of(self._folder / name) for name in local_files(self._folder)}
        return {n: s for n, s in found.items() if s and self._equal.get(n, ())[1:] != s}

    def others(self, names: Collection[str]) -> list[str]:
        """The files that it knows besides these."""
        return [name for name in self._equal if name not in names]

    def write(self, equal: Mapping[str, tuple[str, Stat]], gone: Collection[str] = ()) -> None:
        """Remember stamp, time and size of files that are equal, and nothing of those gone."""
        for name, (stamp, stat) in equal.items():
            self._equal[name] = (stamp, *stat)
        for name in gone:
            self._equal.pop(name, None)
        write_atomically(self._path, json.dumps(self._equal).encode())


class Mirror:
    """The local copy of a whole store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """The copy of a folder."""
        return self.root / name

    def record(self, name: str) -> Record:
        """What is known of a folder's copy."""
        return Record(self._beside(name, "json"), self.path(name))

    def remove(self, name: str) -> None:
        """Remove a folder's copy and all that is known of it.

        Raises:
            SpinnError: a file cannot be removed.
        """
        try:
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self.path(name))
            for kind in ("json", "mine", "look", "whole"):
                self._beside(name, kind).unlink(missing_ok=True)
        except OSError as error:
            raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Lock a folder to write in it; nobody else of this machine replaces its files meanwhile.

        Who writes after a look at what is there calls ``set_whole`` once all of it is here.

        Raises:
            BadInputError: somebody else has locked it, or the copy cannot be written.
        """
        path, whole = self._beside(name, "mine"), self._beside(name, "whole")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = FileLock(path, thread_local=False).acquire(_LOCK_SECONDS, 0.02)
        except Timeout as error:
            raise BadInputError(
                f"another process of this machine works on {name}: let it end first"
            ) from error
        except OSError as error:
            raise BadInputError(
                f"cannot write {path}: {error.strerror}; the copy of the store lies below "
                "XDG_CACHE_HOME"
            ) from error
        with held:
            whole.unlink(missing_ok=True)  # of one that was killed
            yield
            whole.unlink(missing_ok=True)

    def set_whole(self, name: str) -> None:
        """Say that the copy of a locked folder has all files, so that it is the truth."""
        self._beside(name, "whole").touch()

    def is_locked(self, name: str) -> bool:
        """Whether somebody of this machine, perhaps this process, has locked a folder."""
        if not self._beside(name, "mine").exists():
            return False
        with self.unlocked(name) as free:
            return not free

    def is_whole(self, name: str) -> bool:
        """Whether somebody of this machine has locked a folder and has all of it."""
        return self._beside(name, "whole").exists() and self.is_locked(name)

    @contextmanager
    def unlocked(self, name: str) -> Iterator[bool]:
        """Whether nobody has locked a folder; then nobody does before the block ends.

        Readers look one after the other, so that none takes another for one who has locked it.
        """
        with locked(self._beside(name, "look")), contextlib.ExitStack() as stack:
            try:
                stack.enter_context(FileLock(self._beside(name, "mine")).acquire(blocking=False))
                free = True
            except Timeout:
                free = False
            yield free

    def _beside(self, name: str, kind: str) -> Path:
        """What is kept of a folder, beside its copy."""
        return self.root / ".sync" / f"{name}.{kind}"
