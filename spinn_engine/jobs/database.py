"""The job database: where it is, and what a process talks to it with.

It holds only the state of jobs and workers (DBOS's tables, and two small ones of our own); specs,
metrics and weights are in the store. DBOS and SQLAlchemy take most of a second to import, so they
are imported where they are used.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from spinn_engine.errors import BadInputError, UnreachableError
from spinn_engine.store.runs import results_root

if TYPE_CHECKING:
    from dbos import DBOSClient
    from sqlalchemy import Connection, Engine

APPLICATION = "spinn-explorer"
WORKFLOW = "run"
QUEUE = "runs"
# The version of the workflow's steps, not of the program: workers bring jobs of another one to it.
VERSION = "1"
_CONNECT_SECONDS = 10
_NO_TABLES = ("no such table", "does not exist")
_TABLES = (
    "CREATE TABLE IF NOT EXISTS spinn_workers (slot TEXT PRIMARY KEY, beat TEXT, wanted TEXT)",
    "CREATE TABLE IF NOT EXISTS spinn_attempts "
    "(run_id TEXT PRIMARY KEY, step TEXT, deaths INTEGER)",
)


@dataclass(frozen=True)
class _Connected:
    """Attributes: number: of the connection; file: device and inode of an SQLite database."""

    client: DBOSClient
    engine: Engine
    number: int
    file: tuple[int, int] | None


_connected: dict[str, _Connected] = {}  # to one database at a time
_emptied: set[str] = set()  # databases whose tables were found to be gone
_numbers = count(1)
_connecting = threading.Lock()


def database_url() -> str:
    """``$SPINN_DATABASE_URL``, or SQLite in the store.

    Raises:
        BadInputError: the URL is not one of SQLite or PostgreSQL.
    """
    url = os.environ.get("SPINN_DATABASE_URL") or f"sqlite:///{results_root() / 'jobs.sqlite'}"
    if sqlite_path(url) is None:
        _check_server(url)
    if sqlite_path(url) is None and "connect_timeout=" not in url:
        url += f"{'&' if '?' in url else '?'}connect_timeout={_CONNECT_SECONDS}"
    return url


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite database, or None for a server."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) else None


def _check_server(url: str) -> None:
    """Refuse what would be read as another address; what is said holds nothing of it.

    For any part of it may be one of a password, as soon as it is not read as it was meant.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgresql", "postgresql+psycopg"):
        raise BadInputError("SPINN_DATABASE_URL must start with sqlite:/// or postgresql://")
    server, *more = re.split(r"(?=[/?#])", rest, maxsplit=1)
    if server.count("@") > 1 or any("@" in part for part in more):
        raise BadInputError(
            "SPINN_DATABASE_URL: in a user's name or password @ has to be written %40, / %2F, "
            ": %3A, ? %3F, # %23 and % %25"
        )
    port = re.search(r":([^\]]*)$", server.rpartition("@")[2])
    if port and not (port[1].isascii() and port[1].isdigit() and 0 < int(port[1]) < 65_536):
        raise BadInputError(
            "SPINN_DATABASE_URL: the port, after the server's name and ':', has to be a number "
            "from 1 to 65535"
        )
    if re.search(r"[?&]\w*password=", "".join(more)):
        raise BadInputError(
            "SPINN_DATABASE_URL: the password has its place before the server's name, "
            "postgresql://USER:PASSWORD@SERVER:5432/DATABASE"
        )


def prepare_database() -> str:
    """Make the database, or bring its tables up to date; returns its URL.

    Raises:
        BadInputError: the URL is not one of SQLite or PostgreSQL.
        UnreachableError: the database cannot be reached or written.
    """
    url = database_url()
    path = sqlite_path(url)
    with _connecting, _in_words(url):
        _connection(url, path)
    return url


def connection_number() -> int:
    """Of this process's connection: another one once the database was removed and made anew.

    Raises:
        BadInputError: as ``prepare_database``.
        UnreachableError: as ``prepare_database``.
    """
    return _connected[prepare_database()].number


@contextlib.contextmanager
def connect() -> Iterator[DBOSClient]:
    """This process's client of the job database.

    Raises:
        BadInputError: as ``prepare_database``.
        UnreachableError: as ``prepare_database``, also for what fails within the block.
    """
    url = prepare_database()
    with _in_words(url):
        yield _connected[url].client


@contextlib.contextmanager
def transaction() -> Iterator[Connection]:
    """A transaction on our own tables, ``spinn_workers`` and ``spinn_attempts``.

    Raises:
        BadInputError: as ``prepare_database``.
        UnreachableError: as ``prepare_database``, also for what fails within the block.
    """
    url = prepare_database()
    with _in_words(url), _connected[url].engine.begin() as connection:
        yield connection


def _connection(url: str, path: Path | None) -> None:
    """Connect to a database, once a process; one that was removed is made anew."""
    if url in _connected and url not in _emptied and _connected[url].file == _identity(path):
        return
    from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

    if path is not None:
        _use_write_ahead_log(path)
    DBOS.migrate(url)
    engine = _engine(url)
    _make_tables(engine)
    client = DBOSClient(
        system_database_url=url,
        application_name=APPLICATION,
        serializer=DBOSPortableJSONSerializer(),
        retry_connection_errors=False,
    )
    for old in _connected.values():
        old.client.destroy()
        old.engine.dispose()
    _connected.clear()
    _emptied.clear()
    _connected[url] = _Connected(client, engine, next(_numbers), _identity(path))


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from another that has its name now; None for a server, or if it is gone."""
    try:
        found = None if path is None else path.stat()
    except FileNotFoundError:
        return None
    return found and (found.st_dev, found.st_ino)


def _use_write_ahead_log(path: Path) -> None:
    """Readers and a writer at once; the switch takes the whole file, hence one caller at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        FileLock(path.with_suffix(".lock")),
        contextlib.closing(sqlite3.connect(path, timeout=30)) as connection,
    ):
        connection.execute("PRAGMA journal_mode=WAL")


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    if sqlite_path(url) is not None:
        return create_engine(url, connect_args={"timeout": 30})
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), pool_size=2, pool_pre_ping=True
    )


def _make_tables(engine: Engine) -> None:
    from sqlalchemy import text

    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # IF NOT EXISTS alone lets two callers collide
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('spinn tables'))"))
        for statement in _TABLES:
            connection.execute(text(statement))


@contextlib.contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Turn what a database driver raises into one sentence, without the password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise BadInputError(
            f"the job database cannot be made: {error.filename} is a file or below one: give a "
            "folder (--out, SPINN_RESULTS)"
        ) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        shown = make_url(url).set(query={}).render_as_string(hide_password=True)
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if any(words in cause for words in _NO_TABLES):
            _emptied.add(url)
        raise UnreachableError(f"the job database {shown} cannot be used: {cause}") from error
