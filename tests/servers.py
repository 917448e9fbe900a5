"""Servers of the tests' own, on loopback, each on a free port."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

import psycopg

USER, PASSWORD = "spinn", "secret"
START_SECONDS = 60.0
# Below these, systems take no ports for outgoing connections: nobody takes a stopped server's.
_PORTS = range(15_000, 30_000)
_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, of the newest version; None if there is none."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    if newest := max(installed, key=lambda path: float(path.parts[-3]), default=None):
        return newest.parent
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


class PostgresCluster:
    """A PostgreSQL of its own, without a single database of ours; ``remove`` ends it.

    Root cannot run PostgreSQL: then the system's user ``postgres`` does.
    """

    def __init__(self, programs: Path) -> None:
        self.port = free_port()
        self._programs = programs
        self._folder = Path(mkdtemp(prefix="spinn-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        is_root = os.geteuid() == 0
        self._as: dict[str, Any] = {"cwd": self._folder}
        if is_root:
            self._as |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if is_root:
            for path in (self._folder, password):
                shutil.chown(path, "postgres", "postgres")
        subprocess.run(
            [
                programs / "initdb", "--pgdata=data", f"--username={USER}", "--pwfile=password",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
            ],
            check=True, capture_output=True, **self._as,
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self._folder,
            "fsync": "off",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "data", *words], stderr=log, **self._as
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self._folder / "log.txt").read_text()
                raise RuntimeError(f"PostgreSQL did not start: {said[-2000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=5)

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def is_up(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._process is not None

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it; ``immediate`` is a crash, after which the next start recovers."""
        if self._process is not None:
            self._process.send_signal(_SIGNALS[how])
            self._process.wait(START_SECONDS)
            self._process = None

    def restart(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it and start it again."""
        self.stop(how)
        self.start()

    def new_database(self) -> PostgresDatabase:
        """Make an empty database."""
        self._databases += 1
        name = f"db_{self._databases}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return PostgresDatabase(self, name, self._url(name))

    def drop_database(self, name: str) -> None:
        """Remove a database and end whatever is connected to it."""
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def remove(self) -> None:
        """Stop it and delete its files."""
        self.stop("immediate")
        shutil.rmtree(self._folder)


@dataclass(frozen=True)
class PostgresDatabase:
    """A database of a cluster that nobody else uses.

    Attributes:
        cluster: where it is.
        name: what it is called there.
        url: with user and password.
    """

    cluster: PostgresCluster
    name: str
    url: str

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """Stop its server."""
        self.cluster.stop(how)

    def start(self) -> None:
        """Start its server again."""
        self.cluster.start()

    def drop(self) -> None:
        """Remove it; its server is up afterwards."""
        if not self.cluster.is_up():
            self.cluster.start()
        self.cluster.drop_database(self.name)


@contextlib.contextmanager
def postgres_cluster(programs: Path) -> Iterator[PostgresCluster]:
    """A started cluster for one ``with`` block."""
    cluster = PostgresCluster(programs)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


class S3Server:
    """A server that speaks S3, in a process of its own; any credentials will do until told so."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._buckets = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the S3 server did not start")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def new_bucket(self) -> str:
        """Make an empty bucket; returns its name."""
        self._buckets += 1
        name = f"bucket-{self._buckets}"
        self._ask("PUT", f"/{name}")
        return name

    @contextlib.contextmanager
    def checking_credentials(self) -> Iterator[None]:
        """Let in only whom the server knows, and only to what it allows, in one ``with`` block."""
        self._ask("POST", "/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self._ask("POST", "/moto-api/reset-auth", b"inf")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> None:
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(self.endpoint + path, body, headers, method=method)
        urllib.request.urlopen(request).close()

    def remove(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
