"""Warm processes that read strangers' files, each watched while it does.

A process is kept for the next file as long as it ends every task well and small. So a page reads at
once, and several visitors each in a process of their own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil

from spinn_engine.environment import without_secrets
from spinn_engine.errors import BadInputError
from spinn_engine.guarded.limits import memory_limit, seconds_limit
from spinn_engine.guarded.task import OUT_OF_MEMORY, Answer, Task, learn
from spinn_engine.words import duration, size

MOST = 4  # files that are read at once; others wait
KEPT_BYTES = 400_000_000  # a process that holds more is not kept
LOOK_SECONDS = 0.02
IMPORT_SECONDS = 60.0
LARGEST_ANSWER = 32_000_000
ROOT = str(Path(__file__).parents[2])

R = TypeVar("R")

_turn = threading.BoundedSemaphore(MOST)
_lock = threading.Lock()
_idle: list[Reader] = []
_busy: list[Reader] = []


class Reader:
    """A process that reads, from outside.

    Attributes:
        ended: why it was ended in the middle of a task, in words; None while it was not.
    """

    def __init__(self) -> None:
        paths = [ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "spinn_engine.guarded.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the machine says of memory is said here better
            env={**without_secrets(), "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C in a terminal is for its parent alone
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._tasks, self._answers = self._process.stdin, self._process.stdout
        self._own = psutil.Process(self._process.pid)
        self._imported: set[str] = set()
        self._before = self._memory = 0
        self.ended: str | None = None

    def know(self, module: str) -> None:
        """Have a module imported, which is no part of any file's share."""
        if module not in self._imported:
            self._imported.add(module)
            self.do(Task(learn, (module,), ROOT, sys.maxsize, None), IMPORT_SECONDS)

    def do(self, task: Task, seconds: float) -> Answer:
        """Have a task done.

        Args:
            task: with the memory that it may take.
            seconds: that it may take.
        """
        self._before, self._memory = self._resident(), task.memory
        done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(done, seconds), daemon=True)
        watch.start()
        try:
            self._tasks.write(pickle.dumps(task))
            self._tasks.flush()
            answer: Answer = pickle.load(self._answers)
        except (OSError, EOFError, pickle.UnpicklingError):  # it is gone
            return Answer(fault=self.ended or self._death())
        finally:
            done.set()
            watch.join()
        return answer

    def grown(self) -> int:
        """Bytes that it holds more than before its task."""
        return max(self._resident() - self._before, 0)

    def promised(self) -> int:
        """Bytes that it may take besides those that it has taken."""
        return max(self._memory - self.grown(), 0)

    def is_well(self) -> bool:
        """Whether it can do another task."""
        is_there = self.ended is None and self._process.poll() is None
        return is_there and self._resident() < KEPT_BYTES

    def end(self) -> None:
        """Kill it, if it lives, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._tasks, self._answers):
            with contextlib.suppress(OSError):  # what it was told last never came there
                stream.close()

    def _watch(self, done: threading.Event, seconds: float) -> None:
        """End it when it takes more than it may."""
        start = time.monotonic()
        while not done.wait(LOOK_SECONDS):
            if self.grown() > self._memory:
                self.ended = OUT_OF_MEMORY
            elif time.monotonic() - start > seconds:
                self.ended = (
                    f"reading it takes longer than {duration(seconds)}: leave out rows or columns"
                )
            if self.ended:
                self._process.kill()
                return

    def _resident(self) -> int:
        try:
            return int(self._own.memory_info().rss)
        except psutil.Error:  # it is gone
            return 0

    def _death(self) -> str:
        code = self._process.wait()
        if code in (-6, -9):  # how a library, or the machine, answers a want of memory
            return OUT_OF_MEMORY
        return f"it ends the process that reads it (exit code {code}): it is most likely damaged"


def guarded(
    about: object,
    function: Callable[..., R],
    *args: Any,
    most_bytes: int | None = LARGEST_ANSWER,
) -> R:
    """Call a function in a process of its own, which may take as much as the machine allows.

    Args:
        about: the file that it reads, for messages.
        function: of a module.
        args: what it takes; they and what it gives can be pickled.
        most_bytes: that its value may have; None for any.

    Raises:
        BadInputError: the file takes more memory or time than it may, or ends the process.
        Exception: whatever the function raises.
    """
    with _turn, _reader(function.__module__) as reader:
        with _lock:
            memory = memory_limit(sum(other.promised() for other in _busy))
            _busy.append(reader)
        try:
            task = Task(function, args, str(Path.cwd()), memory, most_bytes)
            answer = reader.do(task, seconds_limit())
        finally:
            with _lock:
                _busy.remove(reader)
    if answer.error is not None:
        raise answer.error
    if answer.fault is not None:
        raise BadInputError(f"{about}: {_sentence(answer.fault, memory)}")
    value: R = answer.value
    return value


def warm(module: str) -> None:
    """Start a process before it is needed, and have it import a module."""
    with _turn, _reader(module):
        return


@contextlib.contextmanager
def _reader(module: str) -> Iterator[Reader]:
    """A process that knows a module, for one task; kept for the next if it ends well."""
    with _lock:
        known = [_idle.pop() for _ in _idle[-1:]]
    reader = known[0] if known and known[0].is_well() else Reader()
    kept = False
    try:
        reader.know(module)
        yield reader
        kept = reader.is_well()
    finally:
        if kept:
            with _lock:
                _idle.append(reader)
        else:
            reader.end()


def _sentence(fault: str, memory: int) -> str:
    if fault != OUT_OF_MEMORY:
        return fault
    return (
        f"reading it takes more than the {size(memory)} of memory that it may take here: leave "
        "out rows or columns, or use a machine with more"
    )


@atexit.register
def end_idle() -> None:
    """End the processes that read nothing now: with this one, or before it takes all memory."""
    with _lock:
        while _idle:
            _idle.pop().end()
