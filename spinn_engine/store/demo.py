"""The run that ships with the program: a small one, read as any other, never written to.

It stands in no store, so it is in no list of runs; ``demo`` opens it, unless the store has such a
run of its own. ``assets/demo/README.md`` says how it was made.
"""

from __future__ import annotations

from spinn_engine.application import application_folder
from spinn_engine.errors import BadInputError
from spinn_engine.store import runs
from spinn_engine.store.local import LocalStore
from spinn_engine.store.run_folder import RunFolder

DEMO_ID = "demo"
_DEMO = application_folder() / "assets" / DEMO_ID


def demo_run() -> RunFolder | None:
    """The run that ships with the program, where it does; the store is not looked at."""
    folder = RunFolder(LocalStore(_DEMO.parent), DEMO_ID)
    return folder if folder.is_complete() else None


def is_demo(folder: RunFolder) -> bool:
    """Whether a run is the one that ships with the program."""
    return folder.path == _DEMO


def open_run(run_id: str) -> RunFolder:
    """The folder of a run in the store, or of the demo.

    Raises:
        BadInputError: the id is not one, or there is no such run.
        SpinnError: the store cannot be used.
    """
    try:
        return runs.open_run(run_id)
    except BadInputError:
        if run_id == DEMO_ID and (demo := demo_run()) is not None:
            return demo
        raise


def refuse_demo(folder: RunFolder, remedy: str) -> None:
    """Refuse to write into the run that ships with the program.

    Args:
        folder: what would be written into.
        remedy: what to do instead.

    Raises:
        BadInputError: it is the demo.
    """
    if is_demo(folder):
        raise BadInputError(f"the demo run is read-only: {remedy}")
