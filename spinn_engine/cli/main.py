"""The command line: ``python -m spinn_engine COMMAND``; ``--help`` lists the commands.

Exit code 0 done, 1 failed, 2 bad input. With ``--json`` stdout holds one JSON object, and nothing
else; errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from rich.markup import escape

from spinn_engine import __version__
from spinn_engine.cli.console import ERRORS, AddCommand, Parser
from spinn_engine.cli.worker import add_worker_command
from spinn_engine.errors import BadInputError, SpinnError


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = sys.argv[1:] if words is None else words
    arguments = _parser(given[0] if given else "").parse_args(given)
    if getattr(arguments, "out", None):
        os.environ["SPINN_RESULTS"] = arguments.out
    try:
        return int(arguments.do(arguments) or 0)
    except BadInputError as error:
        ERRORS.print(escape(f"{error}"), style="red")
        return 2
    except SpinnError as error:
        ERRORS.print(escape(f"{error}"), style="red")
        return 1


def _parser(first: str) -> Parser:
    """The parser of all commands; of ``worker`` alone for that, which loads little."""
    parser = Parser(prog="python -m spinn_engine", description="Structured pruning, explored.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, do: Callable[[argparse.Namespace], object], summary: str) -> Parser:
        made: Parser = commands.add_parser(name, help=summary, description=summary)
        made.set_defaults(do=do)
        return made

    if first != "worker":
        _add_others(command)
    add_worker_command(command)
    return parser


def _add_others(command: AddCommand) -> None:
    from spinn_engine.cli.adapt import add_adapt_command
    from spinn_engine.cli.claims import add_claims_command
    from spinn_engine.cli.export import add_export_command
    from spinn_engine.cli.inspect import add_inspect_command
    from spinn_engine.cli.queue import add_queue_commands
    from spinn_engine.cli.report import add_report_command
    from spinn_engine.cli.runs import add_run_commands

    add_run_commands(command)
    add_adapt_command(command)
    add_queue_commands(command)
    add_export_command(command)
    add_inspect_command(command)
    add_claims_command(command)
    add_report_command(command)
