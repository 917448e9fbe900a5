"""The result of an adaptation: ``adaptation/NAME.json`` in the run's folder.

``NAME`` is made of the source, the rows and the settings, so another stream, or the same with other
settings, has a file of its own. Imports no torch.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.adaptation.stream import Stream
from spinn_engine.store.files import read_json, write_atomically
from spinn_engine.store.runs import RunFolder

FOLDER = "adaptation"
_LONGEST_NAME = 40


def name_of(stream: Stream, settings: AdaptSettings) -> str:
    """The name of a stream met with some settings: readable, and different for different ones."""
    source = stream.source.removeprefix("table:")
    source = Path(source).stem if source != stream.source else source
    word = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:_LONGEST_NAME] or "rows"
    batch_rows = len(settings.batches(len(stream.inputs))[0])
    chosen = [batch_rows, settings.frozen, settings.chosen()]
    which = stream.sha256() + json.dumps(chosen)
    return f"{word}-{hashlib.sha256(which.encode()).hexdigest()[:8]}"


def write_adaptation(folder: RunFolder, result: dict[str, Any]) -> Path:
    """Write a result whole; returns its file.

    Raises:
        BadInputError: the file cannot be written.
    """
    path = folder.path / FOLDER / f"{result['name']}.json"
    write_atomically(path, json.dumps(result, indent=1, allow_nan=False).encode())
    return path


def read_adaptations(folder: RunFolder) -> list[dict[str, Any]]:
    """All adaptations of a run, by name.

    Raises:
        CorruptArtifactError: a file is broken.
        SpinnError: the store cannot be used.
    """
    paths = folder.paths_in(folder.path / FOLDER, ".json")
    return [read_json(folder.fetch(path)) for path in paths]
