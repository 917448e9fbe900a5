"""A store on another machine: the truth is there, and is read and written through a local copy.

Readers see what the store lists, and bring single files here when they need them. Who works on a
folder holds it, fetches it whole, and publishes what has changed. Meanwhile the others of this
machine see the files here as they are written, ask the store nothing, and replace none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path, PurePosixPath

from spinn_engine.store.files import Stat, stat_of, temporary, unwritable
from spinn_engine.store.mirror import Mirror, Record, local_files
from spinn_engine.store.remote_files import RemoteFile, RemoteFiles
from spinn_engine.store.remote_listings import Listings
from spinn_engine.store.run_folder import RESULT_NAME, SPEC_NAME

LIVE = ("metrics.jsonl", "log.txt")
_LAZY = ("fields.npz",)  # large, and seldom looked at

Files = Mapping[str, RemoteFile]


class RemoteStore:
    """A store behind a URL, and its copy; for any number of threads and processes."""

    def __init__(self, url: str, root: Path) -> None:
        """Nothing is asked of the store yet.

        Args:
            url: what fsspec reads: ``s3://BUCKET/FOLDER``, ``memory://...``, ``file://...``.
            root: the folder of the local copy.

        Raises:
            BadInputError: the URL cannot be one of a store.
        """
        self.root = root
        self.mirror = Mirror(root)
        self._files = RemoteFiles(url)
        self._listings = Listings(self._files, self.mirror)
        self._locks: dict[str, threading.RLock] = {}

    def names(self) -> list[str]:
        """The names of all folders in the store, at most two seconds old.

        Raises:
            SpinnError: the store cannot be used.
        """
        return self._listings.names()

    def refresh(self, name: str, now: bool = False) -> None:
        """Fetch the small files that lie directly in a folder, if it was not just looked at.

        Args:
            name: the folder.
            now: look however lately it was looked at.

        Raises:
            SpinnError: the store cannot be used.
        """
        if now:
            self._listings.forget(name)
        if self.mirror.is_whole(name):
            return
        with self._lock(name):
            listing = self._listings.look(name)
            if not listing.used:
                small = [file for file in listing.files if "/" not in file and file not in _LAZY]
                self._fetch(name, listing.files, small)
                self._drop(name, listing.gone)
                self._listings.set_used(name, listing)

    def look_for_changes(self) -> None:
        """Look anew at what has changed since it was looked at; finished runs change seldom.

        Raises:
            SpinnError: the store cannot be used.
        """
        self._listings.forget_changed()

    def sizes(self, name: str) -> dict[str, int]:
        """The bytes of all files of a folder, by their path in it.

        Raises:
            SpinnError: the store cannot be used.
        """
        if self.mirror.is_whole(name):
            stats = {file: stat_of(self.mirror.path(name) / file) for file in self._here(name)}
            return {file: stat[1] for file, stat in stats.items() if stat}
        with self._lock(name):
            files = self._listings.look(name).files
        return {file: found.size for file, found in files.items()}

    def size(self, name: str, file: str) -> int | None:
        """Bytes of a file of a folder; None if the store has none.

        Raises:
            SpinnError: the store cannot be used.
        """
        return self.sizes(name).get(file)

    def files(self, name: str, subfolder: str) -> list[str]:
        """The names of the files in a subfolder of a folder.

        Raises:
            SpinnError: the store cannot be used.
        """
        paths = map(PurePosixPath, self.sizes(name))
        return [path.name for path in paths if path.parent == PurePosixPath(subfolder)]

    def fetch(self, name: str, file: str) -> None:
        """Make the local copy of one file that of the store, if the store has it.

        Raises:
            SpinnError: the store cannot be used.
        """
        if not self.mirror.is_whole(name):
            with self._lock(name):
                files = self._listings.look(name).files
                self._fetch(name, files, [file] if file in files else [])

    def fetch_all(self, name: str) -> None:
        """Make the local copy of a folder exactly that of the store; for who holds it.

        Raises:
            SpinnError: the store cannot be used.
        """
        with self._lock(name):
            files, record = self._listings.look_again(name).files, self.mirror.record(name)
            with self._fetched(name, _unequal(record, files, files)) as fetched:
                self._place(name, files, record, fetched)
            for file in set(self._here(name)) - files.keys():
                (self.mirror.path(name) / file).unlink(missing_ok=True)
            record.forget(record.others(files))
            record.write()
            self.mirror.set_whole(name)

    def publish(self, name: str, live: bool = False) -> None:
        """Send what has changed in the local copy of a folder since it was last sent.

        What marks something as finished goes last: the stacks in the order in which they were
        written, then the result.

        Args:
            name: the folder; who calls this holds it, or has just made it.
            live: send only what is there to watch: the metrics and the log.

        Raises:
            SpinnError: the store cannot be used.
        """
        with self._lock(name):
            record, folder = self.mirror.record(name), self.mirror.path(name)
            unsent = {f: s for f, s in record.unsent().items() if not live or f in LIVE}
            if not unsent:
                return
            for batch in _in_order(unsent):
                self._files.put(name, {file: folder / file for file in batch})
            self._listings.forget(name)
            files = self._listings.look_again(name).files
            for file in unsent.keys() & files.keys():
                record.note(file, files[file].stamp, unsent[file])
            record.write()

    def remove(self, name: str) -> None:
        """Remove a folder from the store, its spec last, and the local copy.

        Raises:
            SpinnError: the store cannot be used, or a file cannot be removed.
        """
        with self._lock(name):
            there = sorted(self._files.listing(name), key=lambda file: file == SPEC_NAME)
            self._files.remove(name, there)
            self.mirror.remove(name)
            self._listings.forget(name)

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Have a folder to write in, for the length of the block.

        Raises:
            BadInputError: another process of this machine has it.
        """
        return self.mirror.hold(name)

    def _lock(self, name: str) -> threading.RLock:
        return self._locks.setdefault(name, threading.RLock())

    def _here(self, name: str) -> list[str]:
        return local_files(self.mirror.path(name))

    def _fetch(self, name: str, files: Files, wanted: Sequence[str]) -> None:
        """Bring files that are not equal, for reading: never over those of who holds the folder."""
        folder = self.mirror.path(name)
        stale = _unequal(self.mirror.record(name), files, wanted)
        if self.mirror.is_held(name):
            stale = [file for file in stale if not (folder / file).exists()]
        if not stale:
            return
        with self._fetched(name, stale) as fetched, self.mirror.free(name) as free:
            if free:
                record = self.mirror.record(name)
                self._place(name, files, record, fetched)
                record.write()
            else:
                for file, path in fetched.items():
                    _link(path, folder / file)

    def _drop(self, name: str, gone: Sequence[str]) -> None:
        """Remove the copies of files that the store no longer has."""
        if not gone:
            return
        with self.mirror.free(name) as free:
            if free:
                for file in gone:
                    (self.mirror.path(name) / file).unlink(missing_ok=True)
                record = self.mirror.record(name)
                record.forget(gone)
                record.write()

    @contextmanager
    def _fetched(self, name: str, wanted: Sequence[str]) -> Iterator[dict[str, Path]]:
        """Files of the store under hidden names beside their places; what is left of them goes."""
        folder = self.mirror.path(name)
        hidden = {file: temporary(folder / file) for file in wanted}
        try:
            if hidden:
                self._files.get(name, hidden)
            yield hidden
        finally:
            for path in hidden.values():
                with suppress(OSError):
                    path.unlink()

    def _place(self, name: str, files: Files, record: Record, fetched: Mapping[str, Path]) -> None:
        for file, path in fetched.items():
            place = self.mirror.path(name) / file
            stat = stat_of(path)
            assert stat is not None
            path.replace(place)
            record.note(file, files[file].stamp, stat)


def _unequal(record: Record, files: Files, wanted: Sequence[str] | Files) -> list[str]:
    return [file for file in wanted if not record.is_equal(file, files[file].stamp)]


def _link(path: Path, place: Path) -> None:
    """Put a file at its place if there is none; never over another."""
    try:
        os.link(path, place)
    except FileExistsError:
        return
    except OSError as error:
        raise unwritable(place, error) from error


def _in_order(unsent: Mapping[str, Stat]) -> list[list[str]]:
    """Batches to send one after another: what marks something as finished comes last."""
    stacks = [file for file in unsent if file.startswith("stacks/") and file.endswith(".pt")]
    stacks.sort(key=lambda file: unsent[file])
    last = [file for file in unsent if file == RESULT_NAME]
    others = [file for file in unsent if file not in stacks and file not in last]
    return [batch for batch in (others, *([file] for file in stacks), last) if batch]
