"""Which run is meant: an id, a unique beginning of one, ``latest``, or the path of its folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import list_runs, results_root, store_name

LATEST = "latest"
MATCHES_SHOWN = 4
_WHOLE_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def find_run(text: str) -> str:
    """The id of the run in the store that is meant.

    What means none is given back, for the caller to say that there is no such run.

    Args:
        text: an id, a unique beginning of one, ``latest``, or a path of a folder in the store: no
            text leads out of it.

    Raises:
        BadInputError: several ids begin so, or there is no run to be the latest.
        SpinnError: the store cannot be used.
    """
    if _WHOLE_ID.fullmatch(text):  # also where the store gives no answer
        return text
    if (inside := id_of_folder(text)) is not None:
        return inside
    known = [folder.run_id for folder in list_runs()]
    if text == LATEST and not known:
        raise BadInputError(f"there is no run yet in {store_name()}, so none is the latest")
    found = known[:1] if text == LATEST else [one for one in known if one.startswith(text)]
    if text in found or not text:
        return text
    if len(found) < 2:
        return found[0] if found else text
    listed = ", ".join(found[:MATCHES_SHOWN]) + (", ..." if len(found) > MATCHES_SHOWN else "")
    raise BadInputError(
        f"{len(found)} runs begin with {text!r} ({listed}): write more of the one that is meant"
    )


def id_of_folder(path: Path | str) -> str | None:
    """The name of a folder that lies directly in the store, from its path; None for any other."""
    if isinstance(path, str) and os.sep not in path:
        return None
    whole = Path(os.path.normpath(Path(path).absolute()))
    return whole.name if whole.parent == results_root() else None
