"""What is known of a piece of side work: its files, its state, and whether it still lives."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.store.files import is_locked, write_atomically
from spinn_engine.store.owner import Owner

FOLDER = ".work"
# Locks do not reach every machine that shares a folder; the keeper writes every 5 seconds.
SILENT_SECONDS = 60.0
_LARGEST_STATE = 100_000  # bytes
_NAME = re.compile(r"(adapt|export)-[0-9a-f]{12}")

Kind = Literal["adapt", "export"]


class WorkState(StrEnum):
    """How far the work is; ``lost`` means that its process ended without recording a result."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"


class Stored(BaseModel):
    """The content of ``state.json``; times are seconds since 1970."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    words: list[str]
    host: str
    began: float = Field(ge=0, allow_inf_nan=False)
    heard: float = Field(ge=0, allow_inf_nan=False)
    owner: Owner | None = None
    done: int = Field(0, ge=0)
    of: int = Field(0, ge=0)
    outcome: Literal["done", "failed", "stopped"] | None = None
    error: str | None = None


@dataclass(frozen=True)
class Work:
    """A command about a run, under way or ended.

    Attributes:
        run_id: the run that it is about.
        name: tells it from the run's others: the kind and a hash of the words.
        kind: the command.
        words: what follows the run's id.
        state: what has become of it.
        began: when it was started, seconds since 1970.
        seconds: how long it has taken, so far or in all.
        done: steps that are done; 0 where it does not tell.
        of: steps that there are; 0 where it does not tell.
        error: why it gave no result, one sentence.
        owner: who started it; None where nobody had logged in.
        log_path: what it had to say.
        result_path: what it printed, JSON, once it is done.
    """

    run_id: str
    name: str
    kind: Kind
    words: tuple[str, ...]
    state: WorkState
    began: float
    seconds: float
    done: int
    of: int
    error: str | None
    owner: Owner | None
    log_path: Path
    result_path: Path


def name_of(kind: Kind, words: Sequence[str]) -> str:
    """The same for the same command, so that it is not started twice."""
    return f"{kind}-{hashlib.sha256(json.dumps(list(words)).encode()).hexdigest()[:12]}"


def check_name(name: str) -> str:
    """Return ``name`` if it can be a piece of work's, and nothing else.

    Raises:
        BadInputError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise BadInputError(f"{name[:80]!r} is no piece of work: these are called KIND-HASH")
    return name


def state_path(folder: Path) -> Path:
    """Where the state is."""
    return folder / "state.json"


def alive_path(folder: Path) -> Path:
    """What the keeper has locked while it lives."""
    return folder / "alive"


def stop_path(folder: Path) -> Path:
    """The file whose existence asks the work to stop."""
    return folder / "stop"


def write_state(folder: Path, stored: Stored) -> None:
    """Write the state whole.

    Raises:
        BadInputError: the file cannot be written.
    """
    write_atomically(state_path(folder), stored.model_dump_json(indent=1).encode())


def read_stored(folder: Path) -> Stored:
    """What the state's file holds.

    Raises:
        CorruptArtifactError: it is missing or broken.
    """
    path = state_path(folder)
    try:
        with path.open("rb") as file:
            return Stored.model_validate_json(file.read(_LARGEST_STATE))
    except OSError as error:
        raise CorruptArtifactError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        raise CorruptArtifactError(f"{path} is not what a piece of work writes") from error


def read_work(folder: Path) -> Work:
    """The state of the work in this folder; a broken state file counts as none."""
    alive = is_locked(alive_path(folder))
    try:
        stored = read_stored(folder)
    except CorruptArtifactError as error:
        stored = Stored(words=[], host=socket.gethostname(), began=0, heard=0, error=str(error))
    state = _state(stored, alive)
    until = time.time() if state is WorkState.RUNNING else stored.heard
    kind: Kind = "adapt" if folder.name.startswith("adapt") else "export"
    return Work(
        run_id=folder.parents[1].name,
        name=folder.name,
        kind=kind,
        words=tuple(stored.words),
        state=state,
        began=stored.began,
        seconds=max(0.0, until - stored.began),
        done=min(stored.done, stored.of),
        of=stored.of,
        error=_lost_words(stored) if state is WorkState.LOST else stored.error,
        owner=stored.owner,
        log_path=folder / "log.txt",
        result_path=folder / "out.json",
    )


def _state(stored: Stored, alive: bool) -> WorkState:
    """Whether its keeper runs: it holds the lock, or, on another machine, was heard from lately."""
    if stored.outcome is not None:
        return WorkState(stored.outcome)
    return WorkState.RUNNING if alive or _is_heard_elsewhere(stored) else WorkState.LOST


def _is_heard_elsewhere(stored: Stored) -> bool:
    elsewhere = stored.host != socket.gethostname()
    return elsewhere and abs(time.time() - stored.heard) < SILENT_SECONDS


def runs_elsewhere(folder: Path) -> bool:
    """Whether it runs on another machine, which locks here do not reach."""
    try:
        stored = read_stored(folder)
    except CorruptArtifactError:
        return False
    return stored.outcome is None and _is_heard_elsewhere(stored)


def _lost_words(stored: Stored) -> str:
    where = "" if stored.host == socket.gethostname() else f" on {stored.host}"
    return stored.error or (
        f"its process{where} ended without a word (killed, or the machine was restarted): start "
        "it again"
    )
