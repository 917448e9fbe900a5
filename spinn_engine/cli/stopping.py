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
_AGAIN_SECONDS = 0.02


class Stopped(BaseException):
    """The user wants this process to end; its text is told in place of a mere "stopped"."""


class Listener:
    """Raises ``Stopped`` in the main thread at the first SIGINT; the second ends the process.

    While a module is imported or a network is traced it waits. Until it is closed it looks whether
    the exception is still on its way, and raises it again if not.
    """

    def __init__(self) -> None:
        self.listens = self.heard = self.is_again = False
        self.main_thread = threading.get_ident()

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
        if self.heard and not is_again:
            os.write(2, b"stopped\n")
            os._exit(STOPPED)
        if not self.heard:
            self.heard = True
            threading.Thread(target=self._again_and_again, daemon=True).start()
        if not _is_torn(frame) and not _is_on_its_way():
            raise Stopped

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
