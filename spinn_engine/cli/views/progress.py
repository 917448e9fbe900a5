"""The progress of a run in the foreground."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spinn_engine import api
from spinn_engine.spec import RunSpec
from spinn_engine.words import fixed


class RunProgress:
    """One bar for every arm of every stage, for a run in the foreground."""

    def __init__(self, spec: RunSpec, console: Console) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[r2]}"),
            TimeRemainingColumn(),
        )
        self.spec, self.console = spec, console
        self.bars = Progress(*columns, console=console)
        self.folder: api.RunFolder | None = None
        self.tasks: dict[tuple[int, str], Any] = {}
        self.kept: dict[tuple[int, str], list[tuple[float, float]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.folder is None:
            return
        self.bars.stop()
        if isinstance(error, Exception):
            kept = f"the finished stages of run {self.folder.run_id} are kept in {self.folder.path}"
            self.console.print(escape(kept), soft_wrap=True)

    def on_start(self, folder: api.RunFolder) -> None:
        """Show the run's id, and begin."""
        self.folder = folder
        self.console.print(f"run {folder.run_id}")
        self.bars.start()

    def on_epoch(self, line: dict[str, Any]) -> None:
        """Move the bar of the line's stage and arm, beside the R2 of what would be kept now.

        That is of each network the epoch with the lowest validation loss, the earliest of equals.
        """
        key = line["stage"], line["arm"]
        if key not in self.tasks:
            name = f"stage {line['stage']} of {self.spec.prune.stages}, {line['arm']}"
            self.tasks[key] = self.bars.add_task(name, total=line["epochs"], r2="")
        now = list(zip(line["val_loss"], line["val_r2"], strict=True))
        self.kept[key] = kept = [
            min(one, other, key=lambda pair: pair[0])
            for one, other in zip(self.kept.get(key, now), now, strict=True)
        ]
        mean = sum(r2 for _, r2 in kept) / len(kept)
        text = f"validation R2 {fixed(mean)}"
        self.bars.update(self.tasks[key], completed=line["epoch"], total=line["epochs"], r2=text)
