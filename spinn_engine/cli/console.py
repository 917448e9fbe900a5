"""What all commands share: where they print, and a parser whose complaint is one line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from rich.console import Console
from rich.markup import escape

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, exit with 2."""
        ERRORS.print(escape(f"{self.prog}: {message} ('{self.prog} --help' shows the options)"))
        raise SystemExit(2)


class AddCommand(Protocol):
    """Makes the parser of one more command."""

    def __call__(
        self, name: str, do: Callable[[argparse.Namespace], object], summary: str
    ) -> Parser:
        """Name, what it does, and its line in the help."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Give a command ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def print_json(value: dict[str, Any]) -> None:
    """The one JSON object on standard output."""
    print(json.dumps(value))
