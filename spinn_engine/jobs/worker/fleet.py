"""Several workers on one machine, a process for each accelerator."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence

_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 2.0


def serve(slots: Sequence[str], until_idle: bool, stop: threading.Event) -> int:
    """Keep a worker on every slot until told to stop, or until all have ended.

    A worker that was killed is started again.

    Returns:
        The largest exit code of the workers.
    """
    options = ["--until-idle"] if until_idle else []
    running = {slot: _start(slot, options) for slot in slots}
    codes = [0]
    while running and not stop.wait(_LOOK_SECONDS):
        for slot, process in list(running.items()):
            code = process.poll()
            if code is None:
                continue
            del running[slot]
            if code < 0 and not stop.wait(_AGAIN_SECONDS):
                running[slot] = _start(slot, options)
            else:
                codes.append(max(code, 0))
    for process in running.values():
        process.terminate()
    return max(*codes, *(max(process.wait(), 0) for process in running.values()), 0)


def _start(slot: str, options: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "spinn_engine", "worker", "--slot", slot, *options]
    return subprocess.Popen(command)
