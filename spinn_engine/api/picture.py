"""The trade-off of a finished run as a figure of matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinn_engine.store.run_folder import RunFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def tradeoff_picture(folder: RunFolder) -> Figure:
    """See ``Run.plot`` (same errors)."""
    from spinn_engine.report.facts import gather
    from spinn_engine.report.figures.scores import tradeoff
    from spinn_engine.report.figures.style import on_paper

    facts = gather(folder, None)
    return on_paper(lambda: tradeoff(facts))
