"""What a store on another machine has, as of some seconds ago, so that it is asked seldom."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spinn_engine.store.remote.files import RemoteFile, RemoteFiles
from spinn_engine.store.remote.mirror import Mirror
from spinn_engine.store.run_folder import RESULT_NAME

_FRESH_SECONDS = 2.0
_QUIET_SECONDS = 10.0
_FINISHED_SECONDS = 60.0
_SEVERAL = 5


@dataclass(frozen=True)
class Listing:
    """The listing of a folder.

    Attributes:
        files: by their path in the folder.
        gone: files that have a local copy, and are no longer there.
        at: when it was made.
        since: when it was first like this.
        used: whether the local copy has been made like it.
    """

    files: Mapping[str, RemoteFile]
    gone: tuple[str, ...]
    at: float
    since: float
    used: bool = False

    def is_finished(self) -> bool:
        """Whether it is that of a finished run: nothing changes any more but that it is removed."""
        return RESULT_NAME in self.files

    def is_fresh(self) -> bool:
        """Whether it need not be made anew: what has not changed for long is looked at less."""
        quiet = min(max((self.at - self.since) / 10, _FRESH_SECONDS), _QUIET_SECONDS)
        return time.monotonic() - self.at < (_FINISHED_SECONDS if self.is_finished() else quiet)


class Listings:
    """The listings of all folders of a store; of one folder, in one thread at a time."""

    def __init__(self, files: RemoteFiles, mirror: Mirror) -> None:
        self._files, self._mirror = files, mirror
        self._listings: dict[str, Listing] = {}
        self._names: tuple[float, list[str]] | None = None
        self._naming = threading.Lock()
        self._looked_at_all = False

    def names(self) -> list[str]:
        """The names of all folders, at most two seconds old."""
        with self._naming:
            if self._names is None or time.monotonic() - self._names[0] > _FRESH_SECONDS:
                self._names = time.monotonic(), self._files.folders()
            return self._names[1]

    def look(self, name: str) -> Listing:
        """The listing of a folder, which may be some seconds old."""
        listing = self._listings.get(name) or self._look_at_all(name)
        if listing is not None and listing.is_fresh():
            return listing
        if listing is not None and listing.is_finished() and name in self.names():
            self._listings[name] = listing = replace(listing, at=time.monotonic())
            return listing
        return self.look_again(name)

    def look_again(self, name: str) -> Listing:
        """The listing of a folder as it is now."""
        record = self._mirror.record(name)
        files, now, before = self._files.listing(name), time.monotonic(), self._listings.get(name)
        since = before.since if before is not None and before.files == files else now
        self._listings[name] = listing = Listing(files, tuple(record.others(files)), now, since)
        return listing

    def _look_at_all(self, name: str) -> Listing | None:
        """Who has looked at several folders will look at all: these are listed together, once."""
        if len(self._listings) >= _SEVERAL and not self._looked_at_all:
            self._looked_at_all = True
            now = time.monotonic()
            for other, files in self._files.listings().items():
                self._listings.setdefault(other, Listing(files, (), now, now))
        return self._listings.get(name)

    def set_used(self, name: str, listing: Listing) -> None:
        """Remember that the local copy has been made like a listing."""
        self._listings[name] = replace(listing, used=True, gone=())

    def forget(self, name: str) -> None:
        """Look anew when a folder, or the names of all, are asked for next."""
        self._listings.pop(name, None)
        self._names = None

    def forget_changed(self) -> None:
        """Forget the listings that are no longer true; all folders are listed together."""
        if not self._listings:
            return
        there = self._files.listings()
        for name, listing in list(self._listings.items()):
            if there.get(name) != listing.files:
                self.forget(name)
        self._names = None
