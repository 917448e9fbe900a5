"""What has been exported of a run into its own folder. Imports no torch."""

from __future__ import annotations

from typing import Any

from spinn_engine.store.files import read_json
from spinn_engine.store.run_folder import RunFolder

FOLDER = "exports"


def read_exports(folder: RunFolder) -> list[dict[str, Any]]:
    """The manifests of all files in ``exports``, by name.

    Raises:
        CorruptArtifactError: one is broken.
        SpinnError: the store cannot be used.
    """
    paths = folder.paths_in(folder.path / FOLDER, ".json")
    return [read_json(folder.fetch(path)) for path in paths]
