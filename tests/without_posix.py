"""Make this process lack what Windows lacks, as far as that can be done on another system.

Modules cannot be imported, functions and signals are not there, ``Popen`` takes no ``preexec_fn``.
Not so: paths, the locks of open files, and pipes are still those of this system; ``filelock``
takes its soft lock instead of that of Windows; packages that were built for this system are given
what they were built with.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from typing import Any, cast

MODULES = ("fcntl", "resource", "pwd", "grp", "termios")
SYSTEM_CALLS = (
    "fork", "forkpty", "killpg", "setsid", "getpgid", "mkfifo", "getuid", "geteuid", "getgid",
)  # fmt: skip
SIGNALS = ("SIGKILL", "SIGHUP", "SIGUSR1", "SIGALRM")


def hide() -> None:
    """Hide it, for the rest of this process."""
    import psutil  # noqa: F401  (built for this system, it needs ``resource``)

    for name in MODULES:
        sys.modules[name] = cast(Any, None)
    for name in SYSTEM_CALLS:
        delattr(os, name)
    for name in SIGNALS:
        delattr(signal, name)
    start = subprocess.Popen.__init__

    def refuse(self: Any, *words: Any, preexec_fn: Any = None, **more: Any) -> None:
        if preexec_fn is not None:
            raise ValueError("preexec_fn is not supported on Windows platforms")
        start(self, *words, **more)

    subprocess.Popen.__init__ = refuse  # type: ignore[method-assign]
    subprocess.Popen.kill = subprocess.Popen.terminate  # type: ignore[method-assign]
    warnings.filterwarnings("ignore", "only soft file lock is available")
