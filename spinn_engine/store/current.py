"""The store that ``SPINN_RESULTS`` names: a folder, or a URL with copies on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path

from spinn_engine.environment import without_database, without_secrets
from spinn_engine.store.local import LocalStore
from spinn_engine.store.remote.errors import ENDPOINTS, without_credentials
from spinn_engine.store.remote.store import RemoteStore

_URL = re.compile(r"[A-Za-z][\w+.:-]*://")

_remotes: dict[tuple[str, Path], RemoteStore] = {}
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


def current_store() -> LocalStore | RemoteStore:
    """The store; where it is on another machine, one object a URL, for all threads.

    Raises:
        BadInputError: the URL cannot be one of a store.
    """
    url, root = _store_url(), results_root()
    if url is None:
        return LocalStore(root)
    with _making:
        if (url, root) not in _remotes:
            _remotes[url, root] = RemoteStore(url, root)
        return _remotes[url, root]


def store_environment() -> dict[str, str]:
    """The environment of a process that opens runs, and no queue.

    Only where the store is behind a URL does it hold secrets, as the store is reached with them.
    """
    if _store_url() is None:
        return {**without_secrets(), "SPINN_RESULTS": str(results_root())}
    return without_database()


def _store_url() -> str | None:
    given = os.environ.get("SPINN_RESULTS", "")
    if not _URL.match(given):
        return None
    scheme, _, rest = given.partition("://")
    return f"{scheme}://{rest.rstrip('/')}"
