"""Machines with copies of one store, and what goes over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import s3fs

from spinn_engine.store.remote.files import RemoteFiles
from spinn_engine.store.remote.store import RemoteStore
from spinn_engine.store.runs import RunFolder, current_store


@dataclass
class Machines:
    """Switches this process to one machine or another, each with a cache folder of its own."""

    folder: Path
    patch: pytest.MonkeyPatch

    def be(self, name: str) -> RemoteStore:
        """From now on be this machine; returns its store."""
        self.patch.setenv("XDG_CACHE_HOME", str(self.folder / name))
        remote = current_store()
        assert isinstance(remote, RemoteStore)
        return remote


@dataclass
class Wire:
    """The files that were sent and taken, in this order."""

    sent: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def clear(self) -> None:
        self.sent.clear()
        self.taken.clear()

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        get, put = RemoteFiles.get, RemoteFiles.put

        def watched_get(files: RemoteFiles, folder: str, what: Mapping[str, Path]) -> None:
            self.taken += what
            get(files, folder, what)

        def watched_put(files: RemoteFiles, folder: str, what: Mapping[str, Path]) -> None:
            self.sent += what
            put(files, folder, what)

        patch.setattr(RemoteFiles, "get", watched_get)
        patch.setattr(RemoteFiles, "put", watched_put)


class Requests(list[tuple[str, str]]):
    """Operation and key of every S3 request, in the order in which they end."""

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        call = s3fs.S3FileSystem._call_s3

        async def watched(fs: s3fs.S3FileSystem, method: str, *args: object, **how: str) -> object:
            answer = await call(fs, method, *args, **how)
            self.append((method, how.get("Key") or how.get("Prefix") or ""))
            return answer

        patch.setattr(s3fs.S3FileSystem, "_call_s3", watched)


@dataclass
class Clock:
    """Stands in for the module ``time`` where listings grow old."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now


def write(remote: RemoteStore, name: str, files: Mapping[str, str]) -> Path:
    """Write files into the local copy of a folder."""
    folder = remote.mirror.path(name)
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """All files below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def read_all(remote: RemoteStore, name: str) -> dict[str, str]:
    """All files of a run, fetched one by one."""
    folder = RunFolder(remote, name)
    paths = [folder.path / file for file in remote.sizes(name)]
    return {p.relative_to(folder.path).as_posix(): folder.fetch(p).read_text() for p in paths}
