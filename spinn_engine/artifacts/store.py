"""Run folders: made, found, read and written whole. Imports no torch.

The store is ``$SPINN_RESULTS`` (default ``results``); a run is one folder in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError, CorruptArtifactError, SpinnError
from spinn_engine.problems import load_problem
from spinn_engine.problems.split import cross_validation
from spinn_engine.problems.terms import terms_of
from spinn_engine.pruning.schedule import plan
from spinn_engine.spec import RunSpec

RESULT_NAME = "spinn_structured_metrics.json"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def results_root() -> Path:
    """The store's folder, absolute; it may not exist yet."""
    return Path(os.environ.get("SPINN_RESULTS") or "results").absolute()


def check_run_id(run_id: str) -> str:
    """Return ``run_id`` if it can name a run and nothing else.

    Raises:
        BadInputError: it holds something other than letters, digits, ``_`` and ``-``.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise BadInputError(
            f"{run_id[:80]!r} is not a run id: ids have 1 to 64 letters, digits, '-' and '_'"
        )
    return run_id


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then a rename.

    Raises:
        BadInputError: the file cannot be written (a full disk, a folder without write permission).
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> BadInputError:
    return BadInputError(
        f"cannot write {path}: {error.strerror or error}; free some space there, or keep the runs "
        "elsewhere (--out, SPINN_RESULTS)"
    )


class RunFolder:
    """One run's folder; every write into it goes through here or ``write_atomically``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_id = path.name
        self.spec_path = path / "spec.json"
        self.metrics_path = path / "metrics.jsonl"
        self.log_path = path / "log.txt"
        self.checkpoints = path / "checkpoints"
        self.importance = path / "importance"
        self.stacks = path / "stacks"
        self.facts_path = self.stacks / "dense_facts.npz"
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
            self._spec = RunSpec.from_dict(self._stored()["spec"], where=str(self.spec_path))
        return self._spec

    def data_hash(self) -> str:
        """SHA-256 of the problem that the run was made for."""
        return str(self._stored()["data_sha256"])

    def ends(self) -> tuple[int, int]:
        """Numbers of inputs and outputs of the run's networks."""
        stored = self._stored()
        return int(stored["inputs"]), int(stored["outputs"])

    def training_rows(self) -> int | None:
        """Rows that a network of the run is trained on; None in a run of an earlier version."""
        return self._stored().get("training_rows")

    def created(self) -> str:
        """When the run was made, ISO 8601 in UTC."""
        return str(self._stored()["created"])

    def _stored(self) -> dict[str, Any]:
        stored = read_json(self.spec_path)
        missing = {"spec", "data_sha256", "inputs", "outputs", "created"} - stored.keys()
        if missing:
            raise CorruptArtifactError(f"{self.spec_path}: {sorted(missing)} not in the file")
        return stored

    def is_complete(self) -> bool:
        """Whether the run has ended well: its result is written last."""
        return self.result_path.exists()

    def stack_path(self, stage: int, block: str) -> Path:
        """Where the networks of a block of a stage are kept, for going on from there."""
        return self.stacks / f"stage{stage}_{block}.pt"

    def stage_is_done(self, stage: int) -> bool:
        """Whether a stage is finished: a block's stack is the last file that the block writes."""
        return all(self.stack_path(stage, block).exists() for block in self.spec().blocks(stage))

    def importance_path(self, stage: int) -> Path:
        """The neurons of a stage: scores, original indices, which are kept."""
        return self.importance / f"stage{stage}.npz"

    def result(self) -> dict[str, Any] | None:
        """``spinn_structured_metrics.json``, or None while the run has not ended."""
        return read_json(self.result_path) if self.is_complete() else None

    def append_metrics(self, line: dict[str, Any]) -> None:
        """Append one line to ``metrics.jsonl``."""
        _append(self.metrics_path, json.dumps(line, allow_nan=False) + "\n")

    def metrics(self) -> list[dict[str, Any]]:
        """All whole lines of ``metrics.jsonl``; one that is still being written is left out."""
        if not self.metrics_path.exists():
            return []
        text = self.metrics_path.read_text(encoding="utf-8")
        lines = text.split("\n")[:-1]
        return [json.loads(line) for line in lines if line]

    def drop_metrics(self, stage: int, arms: Collection[str]) -> None:
        """Forget the lines of a block's arms, so that a block done again counts once."""
        lines = [x for x in self.metrics() if x["stage"] != stage or x["arm"] not in arms]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write_atomically(self.metrics_path, text.encode())

    def log(self, message: str) -> None:
        """Append one line with the time (UTC) to ``log.txt``."""
        _append(self.log_path, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {message}\n")


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _unwritable(path, error) from error


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        CorruptArtifactError: the file is missing, unreadable, or holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorruptArtifactError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise CorruptArtifactError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CorruptArtifactError(f"{path} holds no JSON object")
    return value


def create_run(spec: RunSpec) -> RunFolder:
    """Check the spec against its data, and make the run's folder with ``spec.json`` in it.

    Raises:
        BadInputError: the data, the folds, the schedule or the physics cannot be had as asked.
        BadInputError: or the folder cannot be written.
    """
    problem = load_problem(spec.data)
    inputs, outputs = len(problem.input_names), len(problem.target_names)
    plan(spec.prune, spec.model.hidden, inputs, outputs)
    terms_of(problem, spec.physics)
    if spec.compare.folds > 1:
        cross_validation(problem, spec.compare.folds)
    now = datetime.now(UTC)
    folder = RunFolder(results_root() / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
    stored = {
        "schema_version": spec.schema_version,
        "created": now.isoformat(timespec="seconds"),
        "data_sha256": problem.sha256(),
        "inputs": inputs,
        "outputs": outputs,
        "training_rows": len(problem.train),
        "spec": spec.model_dump(mode="json"),
    }
    write_atomically(folder.spec_path, json.dumps(stored, indent=2).encode())
    return folder


def open_run(run_id: str) -> RunFolder:
    """The folder of an existing run.

    Raises:
        BadInputError: the id is not one, or there is no such run in the store.
    """
    folder = RunFolder(results_root() / check_run_id(run_id))
    if not folder.spec_path.exists():
        raise BadInputError(f"there is no run {run_id!r} in {results_root()}")
    return folder


def list_runs() -> list[RunFolder]:
    """All runs in the store, newest first."""
    specs = results_root().glob("*/spec.json")
    folders = [RunFolder(p.parent) for p in specs if _RUN_ID.fullmatch(p.parent.name)]
    return sorted(folders, key=lambda folder: folder.run_id, reverse=True)


@contextlib.contextmanager
def hold_run(folder: RunFolder) -> Iterator[None]:
    """Keep others on this machine from replacing a run's files, for the length of the block."""
    yield


def fetch_run(folder: RunFolder) -> None:
    """Make the files here exactly those of the store."""


def publish_run(folder: RunFolder, live: bool = False) -> None:
    """Send what has changed to the store."""


def remove_run(run_id: str) -> None:
    """Gone from the store in one move, and then from the disk.

    Raises:
        SpinnError: a file cannot be removed.
    """
    path = results_root() / run_id
    doomed = path.with_name(f".{run_id}.deleted")
    try:
        if path.exists():
            path.rename(doomed)
        if doomed.exists():
            shutil.rmtree(doomed)
    except OSError as error:
        raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error
