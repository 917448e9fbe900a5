"""The worker's end of a run's child process: start it, tell it, hear from it, end it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from typing import Any

from spinn_engine.environment import without_secrets
from spinn_engine.jobs.devices import Device, only
from spinn_engine.jobs.worker.watch import Watch
from spinn_engine.store.runs import RunFolder

_DUMP_SECONDS = 5.0


class ChildDiedError(Exception):
    """The child ended without an answer; the message says how."""


class Child:
    """One ``python -m spinn_engine.jobs.worker.child RUN_ID``.

    Requests go to its standard input and replies come on its standard output, a line of JSON each;
    whatever else it prints goes to the run's ``log.txt``. It reads files of strangers, so it
    knows no secret: the store is to it a folder, which this worker fetches and publishes.
    """

    def __init__(self, folder: RunFolder, device: Device) -> None:
        with folder.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "spinn_engine.jobs.worker.child", folder.run_id],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                env={**without_secrets(), **only(device), "SPINN_RESULTS": str(folder.store.root)},
                start_new_session=True,  # Ctrl-C in a terminal is for the worker alone
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self._unread = b""
        self._log = folder.log_path
        self._watch = Watch(folder, self._process.pid)

    def tell(self, request: dict[str, Any]) -> None:
        """Send a request.

        Raises:
            ChildDiedError: it is gone.
        """
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            raise self._death() from None

    def reply(self, seconds: float) -> dict[str, Any] | None:
        """The reply to the last request, or None if there is none after that many seconds.

        Raises:
            ChildDiedError: it is gone.
        """
        self._watch.look()
        readable, _, _ = select.select([self._replies], [], [], seconds)
        if not readable:
            return None
        part = os.read(self._replies.fileno(), 65_536)
        if not part:
            raise self._death()
        line, newline, rest = (self._unread + part).partition(b"\n")
        self._unread = rest if newline else line
        answer: dict[str, Any] | None = json.loads(line) if newline else None
        return answer

    def minutes_hung(self) -> float | None:
        """Minutes without a sign of life, if these are too many."""
        return self._watch.minutes_hung()

    def dump_stacks(self) -> bool:
        """Have it write to the log where it is, and end (as ``faulthandler`` does on SIGABRT).

        Returns:
            Whether it did: one that waits in the kernel, for a disk that is away, does not.
        """
        before = self._log.stat().st_size
        self._process.send_signal(signal.SIGABRT)
        self._process.send_signal(signal.SIGCONT)  # one that was stopped hears nothing else
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DUMP_SECONDS)
        with self._log.open("rb") as log:
            log.seek(before)
            return b"most recent call first" in log.read()

    def end(self) -> None:
        """Kill it, if it lives, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._requests.close()
        self._replies.close()

    def _death(self) -> ChildDiedError:
        self._process.kill()
        code = self._process.wait()
        if code >= 0:
            return ChildDiedError(f"ended with exit code {code}")
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        words = self._watch.memory_words() if name == "SIGKILL" else ""
        return ChildDiedError(f"was ended by signal {name}{words}")
