"""The command ``verify``: a paper's claims, each with its verdict."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from spinn_engine import api
from spinn_engine.cli.console import OUT, AddCommand, add_json, print_json

SIGNS = {  # with a word beside it: never colour alone
    "confirmed": ("+", "green"),
    "contradicted": ("x", "bold red"),
    "not_measured": ("-", "yellow"),
    "not_checkable": ("?", "yellow"),
}


def add_claims_command(command: AddCommand) -> None:
    """Add ``verify``."""
    verifying = command("verify", verify, "Check a paper's claims by arithmetic and against a run.")
    verifying.add_argument("claims", metavar="CLAIMS.json", type=Path, help="a file of claims")
    verifying.add_argument("--run", metavar="RUN_ID", help="a finished run to hold them against")
    add_json(verifying)


def verify(arguments: argparse.Namespace) -> None:
    """``verify``: what is confirmed, what is contradicted and by what, what stays open and why."""
    claims = api.verify(arguments.claims, arguments.run)
    if arguments.json:
        print_json({"claims": claims})
    else:
        OUT.print(claims_table(claims))


def claims_table(claims: Sequence[dict[str, Any]]) -> Table:
    """One line a claim, as ``api.verify`` gives them."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, leading=1)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for header in ("claimed", "found"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("what is claimed, and why it is so or not")
    for number, claim in enumerate(claims, start=1):
        sign, color = SIGNS[claim["verdict"]]
        verdict = Text(f"{sign} {_words(claim['verdict'])}", style=color)
        values = (_number(claim[key], claim["unit"]) for key in ("claimed", "found"))
        words = Text(claim["claim"]).append(f"\n{claim['why']}", style="dim")
        table.add_row(str(number), verdict, *values, words)
    counts = Counter(claim["verdict"] for claim in claims)
    table.caption = ", ".join(f"{_words(verdict)}: {counts[verdict]}" for verdict in SIGNS)
    return table


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return f"{text} {unit}".strip()
