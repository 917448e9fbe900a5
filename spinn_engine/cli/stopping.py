"""Ctrl-C: raised as ``Stopped`` where nothing is torn by it, and again where it was lost.

``KeyboardInterrupt`` will not do. Raised in Python that torch's C++ calls, it aborts the process or
is dropped; some imports swallow it; click prints an empty line for it; and CPython, which saw it
pass through ``exec`` of a text, ends by the signal although it was caught.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from types import FrameType

STOPPED = 130  # what a shell gives for Ctrl-C

_TORN = ("importlib.", "_frozen_importlib", "torch.export")  # modules that must not be interrupted
_AGAIN_SECONDS, _PATIENCE_SECONDS = 0.02, 1.0


class Stopped(BaseException):
    """The user wants this process to end.

    Attributes:
        sentence: what they are told; a command may put in what they can do next.
    """

    sentence = "stopped"


class Listener:
    """Raises ``Stopped`` in the main thread at the first SIGINT; the second ends the process.

    While a module is imported or a network is traced, where nothing is written, it waits a second,
    then ends the process. Until it is closed it looks whether the exception is still on its way,
    and raises it again if not.
    """

    def __init__(self) -> None:
        self.listens = self.heard = self.is_again = False
        self.main_thread, self.heard_at = threading.get_ident(), 0.0

    def start(self) -> None:
        """Take the signals, unless the process was told to ignore them."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self.listens = True
            signal.signal(signal.SIGINT, self._on_signal)
            sys.unraisablehook = _told_unless_stopped

    def check(self) -> None:
        """Raise what waits still."""
        if self.heard:
            raise Stopped

    def close(self) -> None:
        """Let nothing interrupt the end of the process."""
        if self.listens:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        is_again, self.is_again = self.is_again, False
        if not self.heard:
            self.heard, self.heard_at = True, time.monotonic()
            _thread.start_new_thread(self._again_and_again, ())  # threading's takes a lock
        elif not is_again:
            _end()
        if _is_on_its_way():
            return
        if not _is_torn(frame):
            raise Stopped
        if time.monotonic() - self.heard_at > _PATIENCE_SECONDS:
            _end()

    def _again_and_again(self) -> None:
        """Signal until another handler takes the signals, such as a worker's."""
        is_ours = True
        while is_ours:
            time.sleep(_AGAIN_SECONDS)
            is_ours = signal.getsignal(signal.SIGINT) == self._on_signal
            self.is_again = True
            if sys.platform == "win32":
                _thread.interrupt_main()
            else:
                signal.pthread_kill(self.main_thread, signal.SIGINT)  # wakes one that waits, too


def _end() -> None:
    """End at once, whatever waits to be written."""
    if sys.stdout.isatty():
        os.write(1, b"\x1b[?25h")  # the cursor, which a bar may have hidden
    os.write(2, f"{Stopped.sentence}\n".encode())
    os._exit(STOPPED)


def _told_unless_stopped(unraisable: sys.UnraisableHookArgs) -> None:
    """What cannot be raised, as in a ``__del__``, is told, but for what is raised again."""
    if not issubclass(unraisable.exc_type, Stopped):
        sys.__unraisablehook__(unraisable)


def _is_torn(frame: FrameType | None) -> bool:
    """Whether an exception here would pass through a module that must not be interrupted."""
    while frame:
        if str(frame.f_globals.get("__name__")).startswith(_TORN):
            return True
        frame = frame.f_back
    return False


def _is_on_its_way() -> bool:
    """Whether something is cleaned up after ``Stopped``, in ``finally``, ``except`` or ``with``."""
    error = sys.exc_info()[1]
    while error:
        if isinstance(error, Stopped):
            return True
        error = error.__context__
    return False
