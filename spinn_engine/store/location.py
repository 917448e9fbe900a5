"""Where the store is: a folder, or a URL with a folder of copies on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from spinn_engine.store.remote_errors import ENDPOINTS, without_credentials

if TYPE_CHECKING:
    from spinn_engine.store.remote import Remote

_URL = re.compile(r"[A-Za-z][\w+.:-]*://")

_remotes: dict[tuple[str, Path], Remote] = {}
_making = threading.Lock()


def results_root() -> Path:
    """The store's folder, or that of its copies, absolute; it may not exist yet."""
    url = _store_url()
    if url is None:
        return Path(os.environ.get("SPINN_RESULTS") or "results").absolute()
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    endpoint = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), "")
    which = hashlib.sha256(f"{endpoint} {url}".encode()).hexdigest()[:16]
    return caches.absolute() / "spinn-explorer" / which


def store_name() -> str:
    """Where the runs are, safe to show."""
    url = _store_url()
    return str(results_root()) if url is None else without_credentials(url)


def remote_store() -> Remote | None:
    """The store, where it is on another machine; one object a URL, for all threads.

    Raises:
        BadInputError: the URL cannot be one of a store.
    """
    url = _store_url()
    if url is None:
        return None
    from spinn_engine.store.remote import Remote  # needs packages that a folder does not

    which = url, results_root()
    with _making:
        if which not in _remotes:
            _remotes[which] = Remote(*which)
        return _remotes[which]


def _store_url() -> str | None:
    given = os.environ.get("SPINN_RESULTS", "")
    if not _URL.match(given):
        return None
    scheme, _, place = given.partition("://")
    return f"{scheme}://{place.rstrip('/')}"
