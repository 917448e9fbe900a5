"""The command ``export``: a finished run as files for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from spinn_engine import api
from spinn_engine.cli.console import OUT, print_json
from spinn_engine.cli.views.tables import new_table
from spinn_engine.errors import BadInputError
from spinn_engine.words import latency, scientific, size


def export(
    run_id: str,
    formats: tuple[list[str], ...],
    layout: str | None,
    stage: int | None,
    to: str | None,
    as_json: bool,
) -> None:
    """``export``: what was written, how far from the network, and how fast."""
    if bool(formats) == bool(layout):
        raise BadInputError("export: give --format FORMATS or --layout paper, one of the two")
    if layout and stage is not None:
        raise BadInputError(
            "--stage goes with --format: --layout paper has the files of all stages"
        )
    if layout:
        found = api.export_paper_layout(run_id, to)
        exports = [found["module"]]
    else:
        found = api.export(run_id, [name for several in formats for name in several], stage, to)
        exports = found["exports"]
    if as_json:
        print_json(found)
        return
    OUT.print(exports_table(exports))
    for reason in dict.fromkeys(x["dtype_why"] for x in exports if x["dtype"] == "float64"):
        OUT.print(f"float64, because {escape(reason)}", soft_wrap=True)
    if timed := [one for one in exports if "latency_us" in one]:
        OUT.print(latency_table(timed))
    for name in found.get("files", ()):
        OUT.print(escape(name), soft_wrap=True)
    told = f"files in {escape(found['folder'])}; how each is loaded is in the .json beside it"
    OUT.print(told, soft_wrap=True)


def exports_table(exports: Sequence[dict[str, Any]]) -> Table:
    """One line a file."""
    counted = ("size", "non-zero\nweights", "bytes of\nindices")
    table = new_table(
        "format", "file", "holds", right=(*counted, "largest difference,\nshare of spread")
    )
    for one in exports:
        sparse = one.get("sparse", {})
        counts = (f"{sparse[k]:,}" if sparse else "" for k in ("nonzero_weights", "index_bytes"))
        far = scientific(one["largest_share_of_spread"])
        table.add_row(one["format"], one["file"], one["dtype"], size(one["bytes"]), *counts, far)
    table.caption = (
        f"each file was loaded in a fresh process and compared on {exports[0]['rows_compared']:,} "
        "test rows"
    )
    return table


def latency_table(exports: Sequence[dict[str, Any]]) -> Table:
    """Median time of a pass by batch size, of a file and of what it is timed beside."""
    batches = list(next(iter(exports[0]["latency_us"].values())))
    table = new_table("a pass, batch of", right=batches)
    for one in exports:
        for name, timed in one["latency_us"].items():
            medians = (latency(timed[batch]["median"]) for batch in batches)
            table.add_row(f"{one['format']}: {name}", *medians)
    table.caption = f"median, turn by turn, threads: {exports[0]['threads']}"
    return table
