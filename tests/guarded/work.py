"""What the tests have done in a process of its own."""

import os
import signal
import time

from spinn_engine.errors import CorruptArtifactError

MEGABYTE = 1_000_000


def fill(megabytes: int) -> int:
    """Hold so much for a moment; gives its size."""
    held = bytearray(os.urandom(1)) * (megabytes * MEGABYTE)
    time.sleep(0.3)
    return len(held)


def too_much_at_once() -> None:
    bytearray(2**60)


def wait(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    raise CorruptArtifactError("the file is torn")


def fail() -> None:
    raise ZeroDivisionError("a mistake of ours")


def talk() -> str:
    return "x" * MEGABYTE


def folder() -> str:
    print("noise", flush=True)  # noqa: T201
    return os.getcwd()  # noqa: PTH109
