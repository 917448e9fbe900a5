"""A store and its queue, used through the command line alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND_SECONDS = 120.0
PROGRAM = (sys.executable, "-m", "spinn_engine")
STAGES = 3
# Four steps of two to four seconds on one core: dense, and three prunings with two blocks each.
SPEC = (
    *("--targets", "y", "--hidden", "16,12", "--batch-size", "16"),
    *("--epochs", "150", "--fine-tune-epochs", "80", "--device", "cpu"),
    *("--stages", f"{STAGES}", "--pruning-ratio", "0.25", "--controls", "random,dense_longer"),
    *("--seeds", "1"),
)


class CommandError(Exception):
    """A command did not exit with 0; the message is what it said."""


@dataclass(frozen=True)
class Store:
    """Where runs are kept and queued.

    Attributes:
        results: the store, ``$SPINN_RESULTS``: a folder or an address.
        table: the data of all runs.
        variables: what else the processes find in their environment.
    """

    results: str
    table: Path
    variables: dict[str, str]

    def environment(self) -> dict[str, str]:
        """The environment of a process that uses the store."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPINN_")}
        return {**kept, "SPINN_RESULTS": self.results, "OMP_NUM_THREADS": "1", **self.variables}

    def command(self, *words: str) -> str:
        """What a command prints.

        Raises:
            CommandError: it failed.
        """
        done = subprocess.run(
            [*PROGRAM, *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CommandError(f"{words[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def run(self, seed: int) -> str:
        """Do the run of a seed here and now; returns its id."""
        return self._new("run", seed)

    def submit(self, seed: int) -> str:
        """Queue the run of a seed; returns its id."""
        return self._new("submit", seed)

    def _new(self, command: str, seed: int) -> str:
        said = self.command(
            command, "--data", f"table:{self.table}", *SPEC, "--seed", f"{seed}", "--json"
        )
        return str(json.loads(said)["run_id"])

    def jobs(self) -> dict[str, dict[str, Any]]:
        """All jobs by run id."""
        return {job["run_id"]: job for job in json.loads(self.command("jobs", "--json"))["jobs"]}
