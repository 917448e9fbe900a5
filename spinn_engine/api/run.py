"""A run as people hold it, and which run they mean: an id, ``latest``, a folder, or a run."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from spinn_engine.api import picture, stage_table, waiting
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.evaluation.headline import headline
from spinn_engine.store import demo, runs
from spinn_engine.store.current import current_store, store_name
from spinn_engine.store.finding import find_run, id_of_folder
from spinn_engine.store.local import LocalStore
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.vocabulary import main_arm
from spinn_engine.words import count, counted, fixed, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

RunLike: TypeAlias = str | Path | RunFolder
SHOWN = ("stage", "hidden", "params", "param_reduction", "val_r2", "r2")


class Run(RunFolder):
    """A run of a store, finished or not.

    Attributes:
        existing: whether it was there before it was asked for.
    """

    existing = True

    @property
    def headline(self) -> str:
        """How small, at what cost, and whether that beats chance: one sentence.

        Raises:
            BadInputError: the run is not finished.
            CorruptArtifactError: its result is broken.
        """
        result = self.result()
        if result is None:
            raise BadInputError(
                f"run {self.run_id} is not finished, so there is no headline yet: wait() for it"
            )
        return headline(result)

    def wait(self, progress: bool = True, timeout: float | None = None) -> Self:
        """Wait until the run is done; a worker is started where none serves the queue.

        Ctrl-C ends the waiting alone: the run goes on, and can be waited for again.

        Args:
            progress: whether to say on standard error how far it is.
            timeout: most seconds; None waits as long as it takes.

        Raises:
            BadInputError: it is not in the queue, or it is in another store.
            SpinnError: it failed or was cancelled, the time is over, or the store or the job
                database cannot be used.
        """
        if not self.is_complete():
            waiting.wait(run_id_of(self), progress, timeout)
        return self

    def frame(self) -> pd.DataFrame:
        """What is known of every stage and arm so far: see ``stage_table.stage_table``.

        Raises:
            BadInputError: the spec is of another version.
            CorruptArtifactError: a file is broken.
        """
        return stage_table.stage_table(self)

    def plot(self) -> Figure:
        """R2 against parameters of every arm and stage, as the report has it.

        Nothing else than the figure is changed: no backend is chosen, and none is needed.

        Raises:
            BadInputError: the run is not finished.
            CorruptArtifactError: a file is broken.
        """
        return picture.tradeoff_picture(self)

    def __repr__(self) -> str:
        return f"Run({self.run_id!r})"

    def _repr_html_(self) -> str:
        """The run in a notebook: its id, what came out, and a row a stage."""
        title = f"<b>Run {escape(self.run_id)}</b>"
        try:
            return f"<div>{title}<br>{escape(self._told())}{self._stages_html()}</div>"
        except SpinnError as error:
            return f"<div>{title}<br>{escape(str(error))}</div>"

    def _told(self) -> str:
        result, stages = self.result(), range(self.spec().prune.stages + 1)
        if result is not None:
            return headline(result)
        done = sum(map(self.stage_is_done, stages))
        return f"Not finished: {done} of {counted(len(stages), 'stage')} done, the dense one too."

    def _stages_html(self) -> str:
        frame = self.frame()
        if frame.empty:
            return ""
        shown = frame.loc[frame["arm"] == frame["stage"].map(main_arm), [*SHOWN]]
        formats: Any = {"param_reduction": percent, "val_r2": fixed, "r2": fixed, "params": count}
        return str(shown.to_html(index=False, border=0, na_rep="", formatters=formats))


def open_run(run: RunLike) -> Run:
    """An existing run.

    Args:
        run: its id or a unique beginning of it, ``latest``, ``demo``, the path of its folder, or
            the run itself. A text leads to a folder of the store alone, a ``Path`` anywhere.

    Raises:
        BadInputError: there is no such run, or several begin so.
        SpinnError: the store cannot be used.
    """
    if isinstance(run, Run):
        return run
    if isinstance(run, RunFolder):
        return Run(run.store, run.run_id)
    if isinstance(run, Path) and id_of_folder(run) is None:
        return _elsewhere(run)
    found = demo.open_run(_id_of_text(os.fspath(run)))
    return Run(found.store, found.run_id)


def run_id_of(run: RunLike) -> str:
    """The id of a run of the store, whether its files are there or not: the queue may know it.

    Raises:
        BadInputError: the run is in another store, or several begin so.
        SpinnError: the store cannot be used.
    """
    if isinstance(run, RunFolder):
        if run.store == current_store():
            return run.run_id
        where = run.path
    else:
        if not isinstance(run, Path) or id_of_folder(run) is not None:
            return _id_of_text(os.fspath(run))
        where = run
    raise BadInputError(
        f"run {where} is not in the store {store_name()}, whose queue this is about: set "
        "SPINN_RESULTS to the folder that holds it"
    )


def list_runs() -> list[Run]:
    """All runs in the store, newest first.

    Raises:
        SpinnError: the store cannot be used.
    """
    return [Run(folder.store, folder.run_id) for folder in runs.list_runs()]


def _id_of_text(text: str) -> str:
    if text == demo.DEMO_ID:
        return text
    found = find_run(text)
    if os.sep in found:
        raise BadInputError(
            f"{text[:200]!r} is not a run id, and no folder of the store {store_name()}: give one, "
            "or a pathlib.Path for a run elsewhere"
        )
    return found


def _elsewhere(path: Path) -> Run:
    """The run in a folder of any place."""
    whole = path.expanduser().absolute()
    run = Run(LocalStore(whole.parent), runs.check_run_id(whole.name))
    if not run.has(run.spec_path):
        raise BadInputError(f"there is no run in the folder {path}: it holds no spec.json")
    return run
