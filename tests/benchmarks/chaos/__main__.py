"""The command line of ``tests.benchmarks.chaos``."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.benchmarks.chaos.compare import KINDS
from tests.benchmarks.chaos.lab import Lab
from tests.benchmarks.chaos.scenarios import SCENARIOS
from tests.benchmarks.chaos.workers import say


def main() -> int:
    """Do one scenario and print what was found; returns 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chaos")
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--kills", type=int, default=20, help="of workers, and of children")
    parser.add_argument("--seed", type=int, default=0, help="of all that is left to chance")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    folder = Path(mkdtemp(prefix="spinn-chaos-"))
    say(f"all files are in {folder}")
    found = SCENARIOS[arguments.scenario](Lab(folder, arguments.seed), arguments.kills)
    print(json.dumps({"scenario": arguments.scenario, "seed": arguments.seed, **found}))
    if any(found[kind] for kind in ("lost", *KINDS)):
        say(f"something is wrong: see {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
