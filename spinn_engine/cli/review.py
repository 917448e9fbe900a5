"""What reviewers get: ``report``, and ``verify``, a paper's claims, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from spinn_engine import api
from spinn_engine.cli.console import OUT, print_json
from spinn_engine.vocabulary import CLAIM_VERDICTS
from spinn_engine.words import quantity

STYLES = {"green": "green", "red": "bold red", "orange": "yellow", "gray": "dim"}


def verify(claims: Path, run_id: str | None, as_json: bool) -> None:
    """``verify``: the verdict on every claim, and why."""
    checked = api.verify(claims, run_id)
    if as_json:
        print_json({"claims": checked})
    else:
        OUT.print(claims_table(checked))


def report(run_id: str, folder: Path, claims: Path | None, as_json: bool) -> None:
    """``report``: write all files, or none."""
    files = api.write_report(run_id, folder, claims)
    if as_json:
        named = [path.relative_to(folder).as_posix() for path in files]
        print_json({"run_id": run_id, "folder": str(folder), "files": sorted(named)})
    else:
        page = escape(str(folder / "report.html"))
        OUT.print(f"{len(files)} files, to be begun with {page}", soft_wrap=True)


def claims_table(claims: Sequence[dict[str, Any]]) -> Table:
    """One line a claim, as ``api.verify`` gives them."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, leading=1)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for header in ("claimed", "found"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("what is claimed, and why it is so or not")
    for number, claim in enumerate(claims, start=1):
        row = CLAIM_VERDICTS[claim["verdict"]]
        verdict = Text(f"{row.sign} {row.label}", style=STYLES[row.colour])
        given = (claim[key] for key in ("claimed", "found"))
        values = ("" if one is None else quantity(one, claim["unit"]) for one in given)
        words = Text(claim["claim"]).append(f"\n{claim['why']}", style="dim")
        table.add_row(str(number), verdict, *values, words)
    counts = Counter(claim["verdict"] for claim in claims)
    table.caption = ", ".join(
        f"{row.label}: {counts[name]}" for name, row in CLAIM_VERDICTS.items()
    )
    return table
