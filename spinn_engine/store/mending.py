"""A run goes on from files that are as they were written; what is not is done again.

The steps of a run build on each other in their order. So from the first one of which a file was
changed, all are forgotten, with their files: what comes after them is then made from what is sound.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from spinn_engine.errors import CorruptArtifactError
from spinn_engine.store.files import write_atomically
from spinn_engine.store.manifest import (
    FINISH,
    MADE,
    Step,
    as_listed,
    read_manifest,
    write_manifest,
    written,
)
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.words import listed


def is_sound(folder: RunFolder) -> bool:
    """Whether all files of a finished run are as they were written; True where nobody knows.

    All that the run lists is fetched and read.

    Raises:
        SpinnError: the store cannot be used.
    """
    try:
        manifest = read_manifest(folder.fetch(folder.manifest_path))
    except CorruptArtifactError:
        return False
    if manifest is None:
        return True
    for file in _files(manifest.steps):
        folder.fetch(folder.path / file)
    return manifest.steps[-1].name == FINISH and _first_damaged(folder, manifest.steps) is None


def forget_damaged(folder: RunFolder) -> None:
    """Forget the steps of a run from the first one on of which a file is not as it was written.

    For who has locked the run and is about to go on with it. What an earlier version of this
    program has left, which listed nothing, is taken as it is.

    Raises:
        CorruptArtifactError: the spec or an imported network is damaged, which no stage makes.
        SpinnError: a file cannot be written.
    """
    steps = _steps(folder)
    bad = _first_damaged(folder, steps)
    if bad is not None:
        number, files = bad
        if number == 0:
            raise CorruptArtifactError(
                f"{listed(files)} of run {folder.run_id} is not as it was written: put it back as "
                "it was, or submit the run again"
            )
        folder.log(
            f"{listed(files)} is damaged: {steps[number].name} and what follows is done again"
        )
        write_manifest(folder.manifest_path, steps[:number])
        known = _files(steps[:number])
        for file in _files(steps[number:]) - known:
            (folder.path / file).unlink(missing_ok=True)
    else:
        known = _files(steps)
    for path in _marks(folder):
        if path.relative_to(folder.path).as_posix() not in known:
            path.unlink()


def _files(steps: Sequence[Step]) -> set[str]:
    return {file for step in steps for file in step.files}


def drop_unfinished_metrics(folder: RunFolder) -> None:
    """Forget the lines of a block that did not end, so that a block done again counts once."""
    manifest = read_manifest(folder.manifest_path)
    ended = None if manifest is None else manifest.last(folder.metrics_path.name)
    if folder.metrics_path.exists():
        content = folder.metrics_path.read_bytes()[: ended.bytes if ended else 0]
        write_atomically(folder.metrics_path, content)


def _marks(folder: RunFolder) -> Iterator[Path]:
    """The files whose existence says that something is done."""
    yield from folder.stacks.glob("*.pt")
    if folder.result_path.exists():
        yield folder.result_path


def _steps(folder: RunFolder) -> list[Step]:
    """The steps that a run lists; those of an earlier version of this program are listed now."""
    try:
        manifest = read_manifest(folder.manifest_path)
    except CorruptArtifactError as error:
        folder.log(f"{error}: all stages are done again")
        _list_as_made(folder)
    else:
        if manifest is None:
            _list_as_it_is(folder)
    manifest = read_manifest(folder.manifest_path)
    assert manifest is not None
    return manifest.steps


def _list_as_it_is(folder: RunFolder) -> None:
    """List what is there of a run that lists nothing, up to the first stage that lacks a file."""
    _list_as_made(folder)
    spec, found, arms_done = folder.spec(), [], set()
    for stage in range(spec.prune.stages + 1):
        for block, arms in spec.blocks(stage).items():
            files = [*folder.block_files(stage, arms), folder.stack_path(stage, block)]
            if not all(path.exists() for path in files):
                break
            found += files
            arms_done |= {(stage, arm) for arm in arms}
        else:
            continue
        break
    if found:
        lines = [x for x in folder.metrics() if (x["stage"], x["arm"]) in arms_done]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write_atomically(folder.metrics_path, text.encode())
        folder.record("the stages of an earlier version", found)


def _list_as_made(folder: RunFolder) -> None:
    """List nothing but what a run begins with."""
    paths = [path for path in (folder.spec_path, folder.imported_path) if path.exists()]
    files = {path.name: written(path.read_bytes()) for path in paths}
    write_manifest(folder.manifest_path, [Step(name=MADE, files=files)])


def _first_damaged(folder: RunFolder, steps: Sequence[Step]) -> tuple[int, list[str]] | None:
    """The first step that has damaged files, and these; the last step to write a file counts."""
    checkpoints = folder.checkpoints.name
    for number, step in enumerate(steps):
        bad = [
            file
            for file, one in step.files.items()
            if not (file.startswith(f"{checkpoints}/") and number + 1 < len(steps))
            and not as_listed(folder.path / file, one, grows=file == folder.metrics_path.name)
        ]
        if bad:
            return number, bad
    return None
