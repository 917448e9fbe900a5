"""The bars of a run in the foreground."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from spinn_engine.cli.views.progress import RunProgress
from spinn_engine.spec import RunSpec


def test_a_bar_shows_the_r2_of_what_each_network_keeps() -> None:
    """Of two networks one is best in epoch 1, the other in epoch 2, and none in the last."""
    progress = RunProgress(RunSpec(), Console(file=StringIO()))
    shown = []
    for epoch, loss, r2 in ((1, [0.2, 0.9], [0.8, 0.1]), (2, [0.5, 0.4], [0.5, 0.6])):
        line = {"stage": 0, "arm": "dense", "epoch": epoch, "epochs": 3}
        progress.on_epoch({**line, "val_loss": loss, "val_r2": r2})
        shown.append(progress.bars.tasks[0].fields["r2"])
    progress.on_epoch({**line, "epoch": 3, "val_loss": [0.6, 0.5], "val_r2": [-3.0, -3.0]})
    shown.append(progress.bars.tasks[0].fields["r2"])
    assert shown == [f"validation R2 {mean}" for mean in ("0.4500", "0.7000", "0.7000")]
