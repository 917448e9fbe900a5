"""The job database: where it is, and a client of it that lives for one ``with`` block.

It holds only the state of the jobs (DBOS's tables); specs, metrics and weights are in the store.
DBOS takes most of a second to import, so it is imported where it is used.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from spinn_engine.artifacts.store import results_root
from spinn_engine.errors import BadInputError, SpinnError

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION = "spinn-explorer"
WORKFLOW = "run"
QUEUE = "runs"
PRIORITY = 100
# The version of the workflow's steps, not of the program: jobs of another one are never started.
VERSION = "1"

_prepared: set[str] = set()


def database_url() -> str:
    """``$SPINN_DATABASE_URL``, or SQLite in the store."""
    return os.environ.get("SPINN_DATABASE_URL") or f"sqlite:///{results_root() / 'jobs.sqlite'}"


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite database, or None for a server."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def prepare_database() -> str:
    """Make the database, or bring its tables up to date; returns its URL.

    Raises:
        BadInputError: the URL is not one of SQLite or PostgreSQL.
        SpinnError: the database cannot be reached or written.
    """
    url = database_url()
    path = sqlite_path(url)
    if path is None and not url.startswith(("postgresql://", "postgresql+psycopg://")):
        raise BadInputError(
            "SPINN_DATABASE_URL must start with sqlite:/// or postgresql://, "
            f"but starts with {url.partition(':')[0]!r}"
        )
    if url not in _prepared or (path is not None and not path.exists()):
        with _in_words(url):
            if path is not None:
                _use_write_ahead_log(path)
            _migrate(url)
        _prepared.add(url)
    return url


def _use_write_ahead_log(path: Path) -> None:
    """Readers and a writer at once; the switch takes the whole file, hence one caller at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


def _migrate(url: str) -> None:
    from dbos import DBOS

    DBOS.migrate(url)


@contextlib.contextmanager
def connect() -> Iterator[DBOSClient]:
    """A client of the job database, closed at the end of the block.

    Raises:
        BadInputError: as ``prepare_database``.
        SpinnError: as ``prepare_database``, also for what fails within the block.
    """
    url = prepare_database()
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    with _in_words(url):
        client = DBOSClient(
            system_database_url=url,
            application_name=APPLICATION,
            serializer=DBOSPortableJSONSerializer(),
            retry_connection_errors=False,
        )
        try:
            yield client
        finally:
            client.destroy()


@contextlib.contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Turn what a database driver raises into one sentence, without the password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise SpinnError(f"the job database {shown} cannot be used: {cause}") from error
