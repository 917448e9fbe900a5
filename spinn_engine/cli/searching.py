"""The command that searches: smallest."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from spinn_engine import api
from spinn_engine.cli.console import ERRORS, OUT, PROGRAM, print_json
from spinn_engine.cli.runs import tell_errors
from spinn_engine.cli.spec_options import spec_from
from spinn_engine.cli.stopping import Stopped
from spinn_engine.words import fixed, widths


def smallest(as_json: bool, **asked: Any) -> None:
    """``smallest``: a line a network as it is tried, then the frontier and the answer."""
    spec = spec_from(asked)
    tell_errors(spec)
    Stopped.sentence = (
        f"stopped: the same '{PROGRAM} smallest' goes on after the last network that it tried"
    )
    told = ERRORS if as_json else OUT
    found = api.smallest(
        spec,
        progress=False,
        on_line=lambda line: told.print(escape(line), soft_wrap=True, highlight=False),
    )
    if as_json:
        print_json(found.to_dict())
        return
    OUT.print(_frontier(found))
    OUT.print(found.headline, style="bold", markup=False)
    if found.run is not None:
        OUT.print(f"the proof is run {found.run_id}, files in {escape(str(found.run.path))}")


def _frontier(found: api.Answer) -> Table:
    """What was tried: validation R2 right after the cut, pruned, and from new weights."""
    table = Table(
        box=SIMPLE_HEAD, pad_edge=False, caption="R2 on the validation rows, mean over seeds"
    )
    for name in ("hidden", "parameters", "after the cut", "pruned", "new weights"):
        table.add_column(name, justify="left" if name == "hidden" else "right")
    for row in found.frontier:
        r2 = [fixed(row[name]) for name in ("one_shot", "pruned", "new")]
        table.add_row(widths(row["hidden"]), f"{row['params']:,}", *r2)
    return table
