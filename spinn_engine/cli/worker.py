"""The command ``worker``, apart from all others: its process loads only what it needs."""

from __future__ import annotations

import argparse

from spinn_engine.cli.console import AddCommand
from spinn_engine.jobs.worker.service import serve


def add_worker_command(command: AddCommand) -> None:
    """Add ``worker``."""
    worker = command("worker", _serve, "Do the queued runs, one at a time on each device.")
    worker.add_argument("--slot", metavar="NAME", help="serve this device slot alone: host-cuda0")
    worker.add_argument("--until-idle", action="store_true", help="stop when nothing is queued")


def _serve(arguments: argparse.Namespace) -> int:
    """Serve the queue until stopped, or until it is empty."""
    return serve(arguments.slot, until_idle=arguments.until_idle)
