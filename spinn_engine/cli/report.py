"""The command ``report``: what a finished run is handed on as."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.markup import escape

from spinn_engine import api
from spinn_engine.cli.console import OUT, AddCommand, add_json, print_json


def add_report_command(command: AddCommand) -> None:
    """Add ``report``."""
    reporting = command("report", report, "Write HTML, LaTeX tables, figures and JSON of a run.")
    reporting.add_argument("run_id", metavar="RUN_ID", help="a finished run")
    reporting.add_argument(
        "--out",
        dest="folder",  # ``out`` is the store
        metavar="DIR",
        type=Path,
        required=True,
        help="a folder for it, new, empty, or with an earlier report of the run",
    )
    reporting.add_argument(
        "--claims", metavar="FILE", type=Path, help="claims to hold against the run and to show"
    )
    add_json(reporting)


def report(arguments: argparse.Namespace) -> None:
    """``report``: written whole, or not at all."""
    files = api.write_report(arguments.run_id, arguments.folder, arguments.claims)
    if arguments.json:
        named = [path.relative_to(arguments.folder).as_posix() for path in files]
        print_json(
            {"run_id": arguments.run_id, "folder": str(arguments.folder), "files": sorted(named)}
        )
    else:
        page = escape(str(arguments.folder / "report.html"))
        OUT.print(f"{len(files)} files, to be begun with {page}", soft_wrap=True)
