"""Export a finished run: make the files, compare each with the network, then write them.

Nothing is written that does not equal the network to ``TOLERANCE`` of each target's spread on the
test rows. Beside every file stands a manifest, written last: what the file is, how it is loaded,
how far it is from the network, and how fast it runs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.export.comparison import Trial, outputs_in_a_fresh_process, rows_to_compare
from spinn_engine.export.formats import ALL
from spinn_engine.export.manifest import Candidate, costs, description, differences
from spinn_engine.export.sources import Source, checkpoint_of, read_source
from spinn_engine.export.translated.torch_code import torch_code
from spinn_engine.export.writers import WRITERS
from spinn_engine.export.written import FOLDER
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import FORMATS, ZEROED


@dataclass(frozen=True)
class Export:
    """An exported file and its manifest."""

    content: bytes
    manifest: dict[str, Any]

    @property
    def manifest_name(self) -> str:
        """What the manifest is called."""
        return f"{self.manifest['file']}.json"

    def manifest_bytes(self) -> bytes:
        """The manifest as JSON."""
        return json.dumps(self.manifest, indent=2, allow_nan=False).encode()


def export(
    folder: RunFolder, formats: Sequence[str], stage: int | None = None, out: Path | None = None
) -> dict[str, Any]:
    """Export a finished run.

    Args:
        folder: the run.
        formats: names of ``FORMATS``, or ``all``: those that the run can be had in.
        stage: whose network; by default the final one.
        out: where to write, by default the run's own folder ``exports``.

    Returns:
        ``run_id``, ``folder``, and ``exports``: the manifest of every file.

    Raises:
        BadInputError: the run is not finished or has no such network, its data is not there, or
            the folder cannot be written.
        SpinnError: a file would not equal the network.
    """
    destination = (folder.path / FOLDER if out is None else out).absolute()
    check_writable(destination)
    made = make_exports(folder, _meant(folder, formats, stage), stage)
    contents = {destination / one.manifest["file"]: one.content for one in made}
    manifests = {destination / one.manifest_name: one.manifest_bytes() for one in made}
    write_all(folder, contents | manifests)
    return {
        "run_id": folder.run_id,
        "folder": str(destination),
        "exports": [one.manifest for one in made],
    }


def _meant(folder: RunFolder, formats: Sequence[str], stage: int | None) -> list[str]:
    """The formats that are meant, each once."""
    if ALL not in formats:
        return list(dict.fromkeys(formats))
    sparse = stage is None and ZEROED in folder.spec().compare.controls
    return [name for name, one in FORMATS.items() if sparse or not one.sparse]


def make_exports(
    folder: RunFolder, formats: Sequence[str], stage: int | None = None, stem: str | None = None
) -> list[Export]:
    """Make the files and compare each with its network; nothing is written.

    Args:
        folder: the run.
        formats: names of ``FORMATS``.
        stage: whose network; by default the final one.
        stem: what the files are called before the suffix, by default as the checkpoint.

    Raises:
        BadInputError, SpinnError: as ``export``.
    """
    result = folder.result()
    if result is None:
        raise BadInputError(f"run {folder.run_id} is not finished, so it cannot be exported yet")
    paths = {name: checkpoint_of(folder, FORMATS[name].sparse, stage) for name in formats}
    rows = rows_to_compare(folder)
    number = folder.spec().prune.stages if stage is None else stage
    sources = {path: read_source(path, number, rows) for path in dict.fromkeys(paths.values())}
    made = [_candidate(name, sources[path], stem) for name, path in paths.items()]
    outputs = outputs_in_a_fresh_process([one.trial for one in made], rows.inputs)
    far = [differences(one, rows, found) for one, found in zip(made, outputs, strict=True)]
    who = {"run_id": folder.run_id, "seed": result["delivered_seed"]}
    return [
        Export(one.trial.content, {**who, **description(one), **distance, **costs(one, rows)})
        for one, distance in zip(made, far, strict=True)
    ]


def _candidate(name: str, source: Source, stem: str | None) -> Candidate:
    network, how = source.folded.network, FORMATS[name]
    file = f"{stem or source.path.stem}{how.suffix}"
    load = how.load.format(name=file, network=torch_code(network.graph))
    content = WRITERS[name](network, source.metadata())
    return Candidate(name, source, Trial(file, content, load, how.run, source.folded.dtype))


def check_writable(destination: Path) -> None:
    """Refuse an absolute path that can be no folder to write in, before the work is done.

    Raises:
        BadInputError: it is no folder, or there is no permission.
    """
    try:
        there = next(path for path in (destination, *destination.parents) if path.exists())
    except OSError as error:  # a name that no file can have
        raise BadInputError(
            f"cannot write to {destination}: {error.strerror}, name another folder (--out)"
        ) from error
    if not there.is_dir():
        raise BadInputError(
            f"cannot write to {destination}: {there} is a file, name a folder (--out)"
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadInputError(
            f"cannot write to {destination}: there is no permission to write in {there}, name "
            "another folder (--out)"
        )


def write_all(folder: RunFolder, files: Mapping[Path, bytes]) -> None:
    """Write files in order; those in the run's own folder are sent to its store too.

    Args:
        folder: the run.
        files: by absolute path.

    Raises:
        BadInputError: a file cannot be written.
        SpinnError: the store cannot be used.
    """
    inside = any(path.is_relative_to(folder.path) for path in files)
    with folder.lock() if inside else nullcontext():
        for path, content in files.items():
            write_atomically(path, content)
        if inside:
            folder.publish()
