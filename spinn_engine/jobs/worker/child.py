"""The process that trains a run: ``python -m spinn_engine.jobs.worker.child RUN_ID``.

It reads requests from standard input, a line of JSON each, and answers every one with a line of
JSON on standard output: ``{}``, or ``{"error": SENTENCE}``. A request is ``{"stage": K}`` or
``{"finish": true}``. Everything that is printed goes to standard error, the run's ``log.txt``. It
ends when its input ends, that is, when its worker is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from spinn_engine.errors import FULL_MEMORY, SpinnError, is_out_of_memory
from spinn_engine.store.files import remove_temporaries
from spinn_engine.store.runs import open_run
from spinn_engine.words import visible

if TYPE_CHECKING:
    from spinn_engine.pipeline import Runner

_PR_SET_PDEATHSIG = 1


def main(run_id: str) -> None:
    """Serve requests for one run until the input ends."""
    replies = _keep_output_clean()
    faulthandler.enable()
    die_with_parent()
    _die_before_others()
    requests = _read_requests()
    runner: Runner | None = None
    while True:
        request = requests.get()
        try:
            if runner is None:
                from spinn_engine.pipeline import Runner  # torch: only after output is redirected

                folder = open_run(run_id)
                remove_temporaries(folder.path)
                runner = Runner(folder)
            _do(runner, request)
            answer = {}
        except Exception as error:  # noqa: BLE001  (every failure is an answer)
            answer = {"error": _sentence(error, request)}
        replies.write(json.dumps(answer) + "\n")
        replies.flush()


def _do(runner: Runner, request: dict[str, Any]) -> None:
    if "stage" in request:
        runner.run_stage(request["stage"])
    else:
        runner.finish()


def _sentence(error: Exception, request: dict[str, Any]) -> str:
    """What to tell the user; the traceback of what nobody foresaw goes to the log."""
    where = f"stage {request['stage']}" if "stage" in request else "the final evaluation"
    if isinstance(error, SpinnError):
        return str(error) if str(error).startswith("stage") else f"{where} failed: {error}"
    with contextlib.suppress(OSError):  # the disk may be full
        sys.stderr.write(visible("".join(traceback.format_exception(error))))
    if is_out_of_memory(error):
        return f"{where} failed: {FULL_MEMORY}, then submit that"
    if isinstance(error, OSError):
        return f"{where} failed: {error.strerror or error}: {error.filename or 'see log.txt'}"
    first_line = str(error).strip().partition("\n")[0]
    return f"{where} failed unexpectedly ({type(error).__name__}: {first_line}): see log.txt"


def _keep_output_clean() -> IO[str]:
    """Return standard output as a private stream, and let all who print write to the log."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def die_with_parent() -> None:
    """Have the kernel kill this process with its parent, mid-computation too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _die_before_others() -> None:
    """When memory runs out, have the kernel end this process, not its worker (Linux)."""
    with contextlib.suppress(OSError):  # another system, or not allowed here
        Path("/proc/self/oom_score_adj").write_text("800")


def _read_requests() -> queue.SimpleQueue[dict[str, Any]]:
    """Read the input in a thread: on every system, its end is seen while a stage computes."""
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            requests.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, name="requests", daemon=True).start()
    return requests


if __name__ == "__main__":
    main(sys.argv[1])
