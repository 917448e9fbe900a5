"""One run's folder: what its files are called, and what is read from and written to them."""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from spinn_engine.errors import CorruptArtifactError
from spinn_engine.spec import RunSpec, with_old_split
from spinn_engine.store.files import append, read_json, write_atomically
from spinn_engine.store.manifest import (
    MANIFEST_NAME,
    Manifest,
    Step,
    Written,
    as_listed,
    read_manifest,
    write_manifest,
    written,
)
from spinn_engine.store.metrics_lines import read_lines
from spinn_engine.store.result_form import check_result
from spinn_engine.vocabulary import main_arm
from spinn_engine.words import visible

SPEC_NAME = "spec.json"
RESULT_NAME = "spinn_structured_metrics.json"


class Store(Hashable, Protocol):
    """What a run's folder, and who works on it, need of the store that it lies in.

    Folders go by their names, files by their paths in a folder. SpinnError says that the store
    cannot be used.
    """

    @property
    def root(self) -> Path:
        """The folder of all runs, or of their copies on this machine."""

    def sizes(self, name: str) -> Mapping[str, int]:
        """The bytes of the files that the store has of a folder, by their paths in it."""

    def fetch(self, name: str, file: str | None = None) -> None:
        """Make the local copy of a file that of the store, if the store has it.

        Without a file, make the copy of the folder exactly that of the store; for who has locked
        it.
        """

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Keep others on this machine from replacing files of a folder."""

    def publish(self, name: str, live: bool = False) -> None:
        """Send what has changed in a folder; ``live`` sends only metrics and log."""


class RunFolder:
    """One run's folder; every write into it goes through here or ``write_atomically``.

    Of a store on another machine it is a copy: ``has`` and ``size`` tell what the store has,
    ``fetch`` has to come before a file is read.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.path = path = store.root / run_id
        self.spec_path = path / SPEC_NAME
        self.manifest_path = path / MANIFEST_NAME
        self.metrics_path = path / "metrics.jsonl"
        self.log_path = path / "log.txt"
        self.checkpoints = path / "checkpoints"
        self.importance = path / "importance"
        self.stacks = path / "stacks"
        self.facts_path = self.stacks / "dense_facts.npz"
        self.imported_path = path / "brought.npz"
        self.fields_path = path / "fields.npz"
        self.result_path = path / RESULT_NAME
        self._spec: RunSpec | None = None

    def spec(self) -> RunSpec:
        """The run's spec.

        Raises:
            BadInputError: ``spec.json`` holds another version's or a broken spec.
            CorruptArtifactError: ``spec.json`` is missing or not JSON.
        """
        if self._spec is None:
            stored = with_old_split(self._stored()["spec"])
            self._spec = RunSpec.from_dict(stored, where=str(self.spec_path))
        return self._spec

    def data_hash(self) -> str:
        """SHA-256 of the problem that the run was made for."""
        return str(self._stored()["data_sha256"])

    def inputs_and_outputs(self) -> tuple[tuple[str, ...], int]:
        """Names of the inputs (an earlier version kept their number) and number of outputs."""
        stored = self._stored()
        names = stored.get("input_names") or [f"input {at}" for at in range(int(stored["inputs"]))]
        return tuple(names), int(stored["outputs"])

    def training_rows(self) -> int | None:
        """Rows that a network of the run is trained on; None in a run of an earlier version."""
        return self._stored().get("training_rows")

    def created(self) -> str:
        """When the run was made, ISO 8601 in UTC."""
        return str(self._stored()["created"])

    def _stored(self) -> dict[str, Any]:
        if not self.spec_path.exists():  # it never changes
            self.fetch(self.spec_path)
        self._check_spec()
        stored = read_json(self.spec_path)
        missing = {"spec", "data_sha256", "inputs", "outputs", "created"} - stored.keys()
        if missing:
            raise CorruptArtifactError(f"{self.spec_path}: {sorted(missing)} not in the file")
        return stored

    def _check_spec(self) -> None:
        """Refuse a spec that was changed since; a damaged manifest does not tell."""
        try:
            manifest = read_manifest(self.manifest_path)
        except CorruptArtifactError:
            return
        if manifest is not None and not self._is_as_listed(self.spec_path, manifest):
            raise CorruptArtifactError(
                f"{self.spec_path} is not as it was written: put it back as it was, or submit the "
                "run again"
            )

    def is_complete(self) -> bool:
        """Whether the run has ended well: its result is written last."""
        return self.has(self.result_path)

    def stack_path(self, stage: int, block: str) -> Path:
        """Where the networks of a block of a stage are kept, for going on from there."""
        return self.stacks / f"stage{stage}_{block}.pt"

    def stage_is_done(self, stage: int) -> bool:
        """Whether a stage is finished: a block's stack is the last file that the block writes."""
        return all(self.has(self.stack_path(stage, block)) for block in self.spec().blocks(stage))

    def importance_path(self, stage: int) -> Path:
        """The neurons of a stage: scores, original indices, which are kept."""
        return self.importance / f"stage{stage}.npz"

    def result(self) -> dict[str, Any] | None:
        """``spinn_structured_metrics.json``, or None while the run has not ended.

        Raises:
            CorruptArtifactError: it is no JSON object, or lacks what every result has.
        """
        if not self.is_complete():
            return None
        found = read_json(self.checked(self.result_path))
        check_result(found, self.result_path)
        return found

    def checked(self, path: Path) -> Path:
        """Fetch a file of the folder, and hold it against what the run listed when it wrote it.

        Raises:
            CorruptArtifactError: it is missing or not as it was written.
            SpinnError: the store cannot be used.
        """
        self.fetch(path)
        try:
            manifest = read_manifest(self.fetch(self.manifest_path))
        except CorruptArtifactError as error:
            raise CorruptArtifactError(f"{error}; {self._remedy()}") from error
        if manifest is not None and not self._is_as_listed(path, manifest):
            raise CorruptArtifactError(f"{path} is not as it was written: {self._remedy()}")
        return path

    def _remedy(self) -> str:
        return f"'spinn resume {self.run_id}' queues the run, to do again what is damaged"

    def _is_as_listed(self, path: Path, manifest: Manifest) -> bool:
        """Whether a local file is as it was written last; so is one that no step lists."""
        listed = manifest.last(self._name(path))
        return listed is None or as_listed(path, listed, grows=path == self.metrics_path)

    def record(
        self, step: str, paths: Iterable[Path], mark: tuple[Path, bytes] | None = None
    ) -> None:
        """List what a step wrote, and the metrics so far.

        Args:
            step: what it did.
            paths: its files.
            mark: the file that says that it is done, and its content: it is written last.

        Raises:
            BadInputError: a file cannot be written.
        """
        manifest = read_manifest(self.manifest_path)
        there = [path for path in (*paths, self.metrics_path) if path.exists()]
        files: dict[str, Written] = {self._name(path): written(path.read_bytes()) for path in there}
        if mark is not None:
            files[self._name(mark[0])] = written(mark[1])
        steps = [] if manifest is None else manifest.steps
        write_manifest(self.manifest_path, [*steps, Step(name=step, files=files)])
        if mark is not None:
            write_atomically(*mark)

    def block_files(self, stage: int, arms: Collection[str]) -> list[Path]:
        """What a block of a stage leaves for later stages, besides its stack."""
        if main_arm(stage) not in arms:
            return []
        return [self.importance_path(stage), *([] if stage else [self.facts_path])]

    def append_metrics(self, line: dict[str, Any]) -> None:
        """Append one line to ``metrics.jsonl``."""
        append(self.metrics_path, json.dumps(line, allow_nan=False) + "\n")

    def metrics(self) -> list[dict[str, Any]]:
        """All whole lines of ``metrics.jsonl``; one that is still being written is left out.

        Raises:
            CorruptArtifactError: it is too large, or holds something else than lines of JSON.
        """
        if not self.fetch(self.metrics_path).exists():
            return []
        return read_lines(self.metrics_path)

    def has(self, path: Path) -> bool:
        """Whether the run has this file of its folder."""
        return self.size(path) is not None

    def size(self, path: Path) -> int | None:
        """Bytes of a file of the folder; None if the run has none.

        Raises:
            SpinnError: the store cannot be used.
        """
        return self.store.sizes(self.run_id).get(self._name(path))

    def fetch(self, path: Path) -> Path:
        """Fetch a file of the folder if the store has it, or a newer one; returns its path.

        Raises:
            SpinnError: the store cannot be used.
        """
        self.store.fetch(self.run_id, self._name(path))
        return path

    def checkpoint_paths(self) -> list[Path]:
        """All checkpoints of the run: as ``paths_in`` (same errors)."""
        return self.paths_in(self.checkpoints, ".pt")

    def paths_in(self, folder: Path, suffix: str) -> list[Path]:
        """The files in a folder of the run whose names end so; they may have to be fetched.

        Raises:
            SpinnError: the store cannot be used.
        """
        paths = (self.path / name for name in self.store.sizes(self.run_id))
        return sorted(
            path for path in paths if path.parent == folder and path.name.endswith(suffix)
        )

    def _name(self, path: Path) -> str:
        """Of a file or a folder in this one, as the store calls it."""
        return path.relative_to(self.path).as_posix()

    def lock(self) -> AbstractContextManager[None]:
        """Keep others on this machine from replacing the files, for the length of the block.

        Raises:
            BadInputError: another process of this machine has locked it.
        """
        return self.store.lock(self.run_id)

    def fetch_all(self) -> None:
        """Make the files here exactly those of the store; for who has locked it and begins.

        Raises:
            SpinnError: the store cannot be used.
        """
        self.store.fetch(self.run_id)

    def publish(self, live: bool = False) -> None:
        """Send what has changed to the store; ``live`` sends only metrics and log.

        Raises:
            SpinnError: the store cannot be used.
        """
        self.store.publish(self.run_id, live)

    def log(self, message: str) -> None:
        """Append one line with the time (UTC) to ``log.txt``."""
        append(self.log_path, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {visible(message)}\n")
