"""The process that watches over a piece of side work: ``python -m ... .keeper FOLDER WORD...``.

It runs the engine's command in a process of its own, writes down how far it is, ends it when
somebody wants that or the folder is gone, and says what became of it. Its standard input is the
locked file ``alive``, which stays locked until this process is gone, however that comes about; the
command dies with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from spinn_engine.background.state import read_stored, state_path, stop_path, write_state
from spinn_engine.errors import SpinnError
from spinn_engine.jobs.worker.child import die_with_parent

LOOK_SECONDS = 0.2
BEAT_SECONDS = 5.0
_PROGRESS = re.compile(r"batch (\d{1,9}) of (\d{1,9})")


class Command:
    """An engine command with ``--json`` under way.

    Attributes:
        done: steps that are done.
        of: steps that there are; 0 until it tells.
        last: the last line of its log.
    """

    def __init__(self, words: Sequence[str], out: Path, log: Path) -> None:
        self.done = self.of = 0
        self.last = ""
        with out.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "spinn_engine", *words, "--json"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,  # so that it can be ended with all that it started
                preexec_fn=die_with_parent,
            )
        self._reader = threading.Thread(target=self._read, args=(log,), daemon=True)
        self._reader.start()

    def _read(self, log: Path) -> None:
        errors: IO[str] | None = self.process.stderr
        assert errors is not None
        with log.open("w", encoding="utf-8") as file:
            for line in errors:
                told = _PROGRESS.fullmatch(line.strip())
                if told:
                    self.done, self.of = int(told[1]), int(told[2])
                    continue
                self.last = line.strip() or self.last
                file.write(line)
                file.flush()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
            self._reader.join(1.0)
            return True
        return False

    def kill(self) -> None:
        """End it and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def main(folder: Path, words: Sequence[str]) -> None:
    """Run the command to its end, and keep its state."""
    stored, out = read_stored(folder), folder / "out.json"
    command = Command(words, out, folder / "log.txt")
    beaten, told = time.monotonic(), 0
    while not command.wait(LOOK_SECONDS):
        if stop_path(folder).exists() or not state_path(folder).exists():
            command.kill()
            break
        if command.done != told or time.monotonic() - beaten > BEAT_SECONDS:
            beaten, told = time.monotonic(), command.done
            now = {"done": command.done, "of": command.of, "heard": time.time()}
            with contextlib.suppress(SpinnError):  # a full disk only makes it look old
                write_state(folder, stored.model_copy(update=now))
    if not state_path(folder).exists():  # the run was deleted
        return
    now = {"done": command.done, "of": command.of, "heard": time.time()}
    write_state(folder, stored.model_copy(update={**now, **_ending(folder, command)}))


def _ending(folder: Path, command: Command) -> dict[str, Any]:
    """The outcome of a command that has ended."""
    code = command.process.returncode
    if code == 0 and _is_object(folder / "out.json"):
        return {"outcome": "done"}
    if stop_path(folder).exists():
        return {"outcome": "stopped"}
    return {"outcome": "failed", "error": _sentence(code, command.last)}


def _is_object(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except (OSError, ValueError):
        return False


def _sentence(code: int, last: str) -> str:
    if code < 0:
        memory = ", perhaps as the memory was full" if -code == signal.SIGKILL else ""
        return f"its process was ended by signal {-code}{memory}: see its log"
    return last or f"it ended with exit code {code} and without a word"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
