"""A store on another machine: the truth is there, and is read and written through a local copy.

Readers see what the store lists, and bring single files here when they need them. Who works on a
folder locks it, fetches it whole, and publishes what has changed. Meanwhile the others of this
machine see the files here as they are written, ask the store nothing, and replace none.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from spinn_engine.errors import SpinnError
from spinn_engine.store.files import Stat, local_files, stat_of, temporary, unwritable
from spinn_engine.store.remote.files import RemoteFile, RemoteFiles
from spinn_engine.store.remote.listings import Listing, Listings
from spinn_engine.store.remote.mirror import Mirror
from spinn_engine.store.run_folder import RESULT_NAME, SPEC_NAME

LIVE = ("metrics.jsonl", "log.txt")
_LAZY = ("fields.npz",)  # large, and seldom looked at


class RemoteStore:
    """A store behind a URL, and its copy; for any number of threads and processes.

    Whatever asks the store raises SpinnError where it cannot be used.
    """

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
        """The names of all folders in the store, at most two seconds old."""
        return self._listings.names()

    def refresh(self, name: str, now: bool = False) -> None:
        """Fetch the small files that lie directly in a folder, if it was not just looked at.

        Args:
            name: the folder.
            now: look however lately it was looked at.
        """
        if now:
            self._listings.forget(name)
        if self.mirror.is_whole(name):
            return
        with self._alone(name):
            listing = self._listings.look(name)
            if not listing.used:
                small = [file for file in listing.files if "/" not in file and file not in _LAZY]
                self._fetch(name, listing, small)
                self._listings.set_used(name, listing)

    def look_for_changes(self) -> None:
        """Look anew at what has changed since it was looked at; finished runs change seldom."""
        self._listings.forget_changed()

    def sizes(self, name: str) -> dict[str, int]:
        """The bytes of all files of a folder, by their path in it."""
        if self.mirror.is_whole(name):
            stats = {file: stat_of(self.mirror.path(name) / file) for file in self._here(name)}
            return {file: stat[1] for file, stat in stats.items() if stat}
        with self._alone(name):
            files = self._listings.look(name).files
        return {file: found.size for file, found in files.items()}

    def fetch(self, name: str, file: str | None = None) -> None:
        """Make the local copy of one file that of the store, if the store has it.

        Without a file, make the copy of the folder exactly that of the store; for who has locked
        it.
        """
        if file is None:
            self._fetch_all(name)
        elif not self.mirror.is_whole(name):
            with self._alone(name):
                listing = self._listings.look(name)
                self._fetch(name, listing, [file] if file in listing.files else [])

    def _fetch_all(self, name: str) -> None:
        with self._alone(name):
            listing = self._listings.look_again(name)
            gone = {*listing.gone, *self._here(name)} - listing.files.keys()
            with self._fetched(name, self._stale(name, listing, listing.files)) as fetched:
                self._update(name, listing, fetched, gone)
            self.mirror.set_whole(name)

    def publish(self, name: str, live: bool = False) -> None:
        """Send what has changed in the local copy of a folder since it was last sent.

        What marks something as there goes last: the spec of a new run, the stacks in the order in
        which they were written, then the result; and only once the store lists the rest.

        Args:
            name: the folder; who calls this has locked it, or has just made it.
            live: send only what is there to watch: the metrics and the log.

        Raises:
            SpinnError: the store cannot be used, or does not have what it took.
        """
        with self._alone(name):
            record, folder = self.mirror.record(name), self.mirror.path(name)
            unsent = {f: s for f, s in record.unsent().items() if not live or f in LIVE}
            if not unsent:
                return
            for batches in _in_order(unsent):
                for batch in batches:
                    self._files.put(name, {file: folder / file for file in batch})
                self._listings.forget(name)
                files = self._listings.look_again(name).files
                self._check_kept(files, {f: unsent[f] for batch in batches for f in batch})
            record.write({file: (files[file].stamp, stat) for file, stat in unsent.items()})

    def _check_kept(self, files: Mapping[str, RemoteFile], sent: Mapping[str, Stat]) -> None:
        """Hold what the store lists against what it took; a file may have grown while it was sent.

        Raises:
            SpinnError: a file is not there, or not whole.
        """
        for file, (_, size) in sent.items():
            if file not in files or files[file].size < size:
                raise SpinnError(
                    f"the store {self._files.name} cannot be used: it took {file} without a word "
                    "and does not have it: check its quota and rules, then resume the run"
                )

    def remove(self, name: str) -> None:
        """Remove a folder from the store, its result first and its spec last, and the local copy.

        Raises:
            SpinnError: the store cannot be used, or a file cannot be removed.
        """
        with self._alone(name):
            there = self._files.listing(name).keys()
            first, last = there & {RESULT_NAME}, there & {SPEC_NAME}
            self._files.remove(name, [first, there - first - last, last])
            self.mirror.remove(name)
            self._listings.forget(name)

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Lock a folder to write in it, for the length of the block.

        Raises:
            BadInputError: another process of this machine has locked it.
        """
        return self.mirror.lock(name)

    def _alone(self, name: str) -> threading.RLock:
        return self._locks.setdefault(name, threading.RLock())

    def _here(self, name: str) -> list[str]:
        return local_files(self.mirror.path(name))

    def _fetch(self, name: str, listing: Listing, wanted: Iterable[str]) -> None:
        """Make files equal for reading and remove those that are gone, never in a locked folder."""
        folder, stale = self.mirror.path(name), self._stale(name, listing, wanted)
        if self.mirror.is_locked(name):
            stale = [file for file in stale if not (folder / file).exists()]
        if not stale and not listing.gone:
            return
        with self._fetched(name, stale) as fetched, self.mirror.unlocked(name) as unlocked:
            if unlocked:
                self._update(name, listing, fetched, listing.gone)
            else:
                for file, path in fetched.items():
                    _link(path, folder / file)

    def _stale(self, name: str, listing: Listing, wanted: Iterable[str]) -> list[str]:
        """The wanted files whose copies are not equal."""
        record = self.mirror.record(name)
        return [file for file in wanted if not record.is_equal(file, listing.files[file].stamp)]

    @contextmanager
    def _fetched(self, name: str, wanted: Collection[str]) -> Iterator[dict[str, Path]]:
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

    def _update(
        self, name: str, listing: Listing, fetched: Mapping[str, Path], gone: Collection[str]
    ) -> None:
        """Put files at their places in the copy, and remove others."""
        folder, equal = self.mirror.path(name), {}
        for file, path in fetched.items():
            stat = stat_of(path)
            assert stat is not None
            path.replace(folder / file)
            equal[file] = listing.files[file].stamp, stat
        for file in gone:
            (folder / file).unlink(missing_ok=True)
        self.mirror.record(name).write(equal, gone)


def _link(path: Path, place: Path) -> None:
    """Put a file at its place if there is none; never over another."""
    try:
        os.link(path, place)
    except FileExistsError:
        return
    except OSError as error:
        raise unwritable(place, error) from error


def _in_order(unsent: Mapping[str, Stat]) -> list[list[list[str]]]:
    """Batches to send one after another: what marks something as there comes last.

    The store has to list those of one group before it is given those of the next.
    """
    stacks = [file for file in unsent if file.startswith("stacks/") and file.endswith(".pt")]
    stacks.sort(key=lambda file: unsent[file])
    marks = [file for file in (SPEC_NAME, *stacks) if file in unsent]
    last = [file for file in unsent if file == RESULT_NAME]
    others = [file for file in unsent if file not in marks and file not in last]
    groups = [[others] if others else [], [[mark] for mark in marks], [last] if last else []]
    return [group for group in groups if group]
