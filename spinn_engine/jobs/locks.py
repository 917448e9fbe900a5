"""Which workers live: each holds the lock of its device slot, so that no clock decides it.

With SQLite it is a file lock beside the database; with PostgreSQL a session's advisory lock, which
the server lets go of when the worker's connection ends.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import filelock

from spinn_engine.errors import SpinnError, UnreachableError
from spinn_engine.jobs.database import database_url, sqlite_path, transaction
from spinn_engine.store.files import is_locked

if TYPE_CHECKING:
    import psycopg

# Our advisory locks, among all others of the database: the letters SPIN.
_CLASS = 0x5350494E
# A machine that vanished without a word: its connection is given up after 10 + 3 * 5 seconds.
_KEEPALIVE = {"idle": 10, "interval": 5, "count": 3}


class Lock(Protocol):
    """What keeps a second live worker off a slot."""

    def take(self) -> bool:
        """Try to hold it; returns whether it is held now. Raises SpinnError if it cannot be."""

    def keep(self) -> bool:
        """Hold it still, also after a lost connection; False: somebody else has it now."""

    def release(self) -> None:
        """Let it go."""


def slot_lock(slot: str) -> Lock:
    """The lock of a slot, not yet held."""
    folder = lock_folder()
    return AdvisoryLock(slot) if folder is None else FileLock(folder / f"{slot}.lock")


def lock_folder() -> Path | None:
    """Where the file locks are; None where the database keeps the locks."""
    path = sqlite_path(database_url())
    return None if path is None else path.parent / "workers"


def held(slots: Iterable[str]) -> set[str]:
    """Those of the slots that have a live worker."""
    folder = lock_folder()
    if folder is not None:
        return {slot for slot in slots if is_locked(folder / f"{slot}.lock")}
    from sqlalchemy import text

    with transaction() as connection:
        found = connection.execute(
            text(
                "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted "
                "AND classid = :ours AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"ours": _CLASS},
        )
        keys = set(found.scalars())
    return {slot for slot in slots if zlib.crc32(slot.encode()) in keys}


def check_handover(what: str) -> None:
    """Refuse what rests on a lock that is handed over to a process, where no system call does that.

    Args:
        what: what is refused, as the beginning of a sentence.

    Raises:
        SpinnError: there is no ``fcntl`` (on Windows).
    """
    if not filelock.has_fcntl:
        raise SpinnError(
            f"{what} needs Linux or macOS; on this system use what works in the foreground: "
            "python -m spinn_engine run, adapt, export"
        )


class FileLock:
    """A lock that the kernel lets go of with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = filelock.FileLock(path, thread_local=False)
        self._held: int | None = None

    def take(self) -> bool:
        """Try to hold it.

        Raises:
            SpinnError: its folder cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except filelock.Timeout:
            return False
        except OSError as error:
            raise SpinnError(f"cannot write {self._path.parent}: {error.strerror}") from error
        self._held = self._inode()
        return True

    def keep(self) -> bool:
        """Take it again if its file was removed; false if another worker has it now."""
        if self._inode() == self._held:
            return True
        self._lock.release()
        return self.take()

    def _inode(self) -> int | None:
        """Of the file that is there now; None if there is none."""
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return None

    def release(self) -> None:
        """Let it go."""
        self._lock.release()


class AdvisoryLock:
    """A lock of a PostgreSQL session of its own."""

    def __init__(self, slot: str) -> None:
        self._key = zlib.crc32(slot.encode())
        self._session: psycopg.Connection | None = None

    def take(self) -> bool:
        """Try to hold it, over a new connection.

        Raises:
            UnreachableError: the database cannot be reached.
        """
        import psycopg

        url = database_url().replace("postgresql+psycopg://", "postgresql://", 1)
        try:
            session = psycopg.connect(url, autocommit=True, application_name="spinn worker lock")
            for name, value in _KEEPALIVE.items():
                session.execute(f"SET tcp_keepalives_{name} = {value}")
            [taken] = session.execute("SELECT pg_try_advisory_lock(%s, %s)", self._numbers())
        except psycopg.Error as error:
            cause = str(error).strip().splitlines()[0]
            raise UnreachableError(f"the job database gives no lock: {cause}") from error
        if not taken[0]:
            session.close()
            return False
        self._session = session
        return True

    def keep(self) -> bool:
        """Take it again if the connection was lost; not told apart from held while it is.

        Returns:
            False if another worker has it now.
        """
        import psycopg

        assert self._session is not None
        try:
            self._session.execute("SELECT 1")
        except psycopg.Error:
            self._session.close()
            try:
                return self.take()
            except UnreachableError:  # the database is away: nobody can take the lock meanwhile
                return True
        return True

    def release(self) -> None:
        """Let it go, at once: the server may notice only later that a session is closed."""
        import psycopg

        if self._session is not None:
            with suppress(psycopg.Error):  # then the lock has gone with the session
                self._session.execute("SELECT pg_advisory_unlock(%s, %s)", self._numbers())
            self._session.close()
            self._session = None

    def _numbers(self) -> tuple[int, int]:
        """The two numbers by which PostgreSQL knows the lock."""
        return _signed(_CLASS), _signed(self._key)


def _signed(number: int) -> int:
    """A 32-bit number as PostgreSQL's ``integer`` has it."""
    return number - (1 << 32) if number >= 1 << 31 else number
