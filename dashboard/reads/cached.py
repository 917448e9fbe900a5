"""Reads that are kept until a file that they are made from changes; all visitors share them.

A kept value is keyed by the arguments of the read and by path, time and size of its files, never by
what the files hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from spinn_engine import api
from spinn_engine.spec import DataSpec, PruneSpec

Stamp = tuple[tuple[str, int, int], ...]  # path, nanoseconds and bytes of each file
Files = Callable[..., Iterable[Path]]  # takes what the read takes, gives the files that it reads
_KEYS: dict[str | type[Any], Callable[[Any], Any]] = {
    DataSpec: DataSpec.model_dump_json,
    PruneSpec: PruneSpec.model_dump_json,
}
P = ParamSpec("P")
R = TypeVar("R")


def stamp(path: Path) -> Stamp:
    """Path, time and size of a file, or of the files in a folder; empty where nothing is there."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stats = [(file, file.stat()) for file in files if file.exists()]
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)


def cached(
    files: Files, *, most: int, spinner: str | bool = False, shared: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a read gives until one of its files changes; an error is not kept.

    Args:
        files: where the read looks.
        most: how many values are kept, those that were asked for last.
        spinner: what a visitor is told meanwhile.
        shared: hand out the value itself, which nobody may change, instead of a copy.
    """

    def decorate(read: Callable[P, R]) -> Callable[P, R]:
        def kept(stamps: tuple[Stamp, ...], *args: P.args, **kwargs: P.kwargs) -> R:
            return read(*args, **kwargs)

        kept.__module__, kept.__qualname__ = read.__module__, read.__qualname__  # the cache's name
        copies = st.cache_data(max_entries=most, show_spinner=spinner, hash_funcs=_KEYS)
        keep: Callable[..., R] = lru_cache(most)(kept) if shared else copies(kept)

        @wraps(read)
        def current(*args: P.args, **kwargs: P.kwargs) -> R:
            return keep(tuple(map(stamp, files(*args, **kwargs))), *args, **kwargs)

        return current

    return decorate


def of_run(files: Files) -> Files:
    """Files of a run, from its folder instead of its id; of a remote store they are fetched."""

    def fetched(run_id: str, *args: object, **kwargs: object) -> list[Path]:
        run = api.open_run(run_id)
        return [run.fetch(path) for path in files(run, *args, **kwargs)]

    return fetched


def of_source(data: DataSpec) -> list[Path]:
    """The file or the folder of a data source, where it has one."""
    path = data.source.partition(":")[2]
    return [Path(path)] if path else []
