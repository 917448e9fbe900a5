"""Work that a page has done in a process of its own: this one stays small and loads no torch."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError

MINUTES = 10


def engine(*words: str) -> dict[str, Any]:
    """What ``python -m spinn_engine WORDS --json`` prints.

    Raises:
        BadInputError: it refused its input, with the sentence that it gave.
        SpinnError: it failed, or took longer than ten minutes.
    """
    command = [sys.executable, "-m", "spinn_engine", *words, "--json"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60 * MINUTES, check=False,
            env=api.store_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise SpinnError(f"it took longer than {MINUTES} minutes and was stopped") from error
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    raise (BadInputError if done.returncode == 2 else SpinnError)(said)
