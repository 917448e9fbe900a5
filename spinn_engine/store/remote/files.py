"""Files behind a URL, reached through fsspec: listed, fetched, put whole, removed.

Failures are told as in ``remote_errors``. fsspec runs all transfers in one thread of its own, so an
instance may be used from several threads; it is not shared with instances that others made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.store.files import temporary
from spinn_engine.store.remote.errors import code_of, fault, without_credentials

# What tells one content of a file from another, in the words of several file systems.
_STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "modified", "created")
# Two tries of at most 4 s: an endpoint that is not there is told within 10 s.
_S3 = {
    "connect_timeout": 4,
    "read_timeout": 15,
    "retries": {"mode": "standard", "total_max_attempts": 2},
}
_AT_ONCE = 8  # transfers


@dataclass(frozen=True)
class RemoteFile:
    """A file in the store: a ``stamp`` that changes whenever the file does, and its bytes."""

    stamp: str
    size: int


class RemoteFiles:
    """A folder of folders behind a URL; ``name`` is the URL as it may be shown."""

    def __init__(self, url: str) -> None:
        """Find the file system; nothing is asked of it yet.

        Raises:
            BadInputError: the URL cannot be one of a store.
        """
        self.name = without_credentials(url)
        protocol = url.partition("://")[0].lower()
        self._is_s3 = protocol in ("s3", "s3a")
        special: dict[str, Any] = {"config_kwargs": _S3} if self._is_s3 else {}
        if protocol in ("file", "local"):
            special = {"auto_mkdir": True}
        with self._open_told(protocol):
            import fsspec

            self._fs, root = fsspec.url_to_fs(
                url, skip_instance_cache=True, use_listings_cache=False, **special
            )
        if self._is_s3:
            self._fs.retries = 1  # until it has answered once
            if not root.strip("/"):
                raise BadInputError(
                    f"the store {self.name} cannot be used: it names no bucket: set SPINN_RESULTS "
                    "to s3://BUCKET/FOLDER"
                )
        self._root = root.rstrip("/")

    @contextmanager
    def _open_told(self, protocol: str) -> Iterator[None]:
        try:
            yield
        except ImportError as error:
            raise BadInputError(
                f"the store {self.name} cannot be used: {protocol}:// needs a package that is not "
                f"installed ({error})"
            ) from error
        except ValueError as error:
            raise BadInputError(
                f"the store {self.name} cannot be used: nothing is known of {protocol}://; give a "
                "folder, or s3://BUCKET/FOLDER"
            ) from error
        except Exception as error:  # some file systems ask their server at once
            raise fault(self.name, "list", error) from error

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Tell what fails; what has answered once is asked more patiently."""
        try:
            yield
        except Exception as error:
            raise fault(self.name, doing, error) from error
        if self._is_s3:
            self._fs.retries = 5

    def folders(self) -> list[str]:
        """The names of all folders."""
        with self._told("list"):
            found = self._found(lambda: self._fs.ls(self._root, detail=True), [])
        paths = [one["name"].rstrip("/") for one in found if one["type"] == "directory"]
        return [path.rpartition("/")[2] for path in paths]

    def listing(self, folder: str) -> dict[str, RemoteFile]:
        """All files of a folder by their path in it; none where there is no such folder."""
        return self._below(f"{self._root}/{folder}")

    def listings(self) -> dict[str, dict[str, RemoteFile]]:
        """The listings of all folders; a request a thousand files."""
        found: dict[str, dict[str, RemoteFile]] = {}
        for path, file in self._below(self._root).items():
            folder, _, name = path.partition("/")
            if name:
                found.setdefault(folder, {})[name] = file
        return found

    def _below(self, path: str) -> dict[str, RemoteFile]:
        with self._told("list"):
            found = self._found(lambda: self._fs.find(path, detail=True), {})
        return {
            name[len(path) + 1 :]: RemoteFile(_stamp(info), int(info["size"]))
            for name, info in found.items()
            if info["type"] == "file" and _is_plain(name[len(path) + 1 :])
        }

    def _found(self, look: Any, nothing: Any) -> Any:
        try:
            return look()
        except FileNotFoundError as error:
            if code_of(error) is not None:  # no bucket, rather than nothing in it
                raise
            return nothing

    def get(self, folder: str, files: Mapping[str, Path]) -> None:
        """Copy files of a folder to where the mapping says; their folders are made."""
        paths = [f"{self._root}/{folder}/{name}" for name in files]
        with self._told("read"):
            for path in files.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            self._fs.get(paths, [str(path) for path in files.values()], **self._batch())

    def put(self, folder: str, files: Mapping[str, Path]) -> None:
        """Copy files into a folder, in any order; each appears whole."""
        paths = {f"{self._root}/{folder}/{name}": path for name, path in files.items()}
        with self._told("write"):
            if self._is_s3:
                self._fs.put([str(path) for path in paths.values()], list(paths), **self._batch())
                return
            for place, path in paths.items():
                hidden = temporary(Path(place)).as_posix()
                self._fs.put_file(str(path), hidden)
                self._fs.mv(hidden, place)

    def remove(self, folder: str, batches: Sequence[Collection[str]]) -> None:
        """Remove a folder with all its files, one batch after another."""
        path = f"{self._root}/{folder}"
        with self._told("delete"):
            for batch in filter(None, batches):
                self._fs.rm([f"{path}/{name}" for name in batch])
            if not self._is_s3 and self._fs.exists(path):  # where empty folders are something
                self._fs.rm(path, recursive=True)
        if self.listing(folder):  # some servers refuse without a word
            raise fault(self.name, "delete", PermissionError())

    def _batch(self) -> dict[str, int]:
        return {"batch_size": _AT_ONCE} if self._is_s3 else {}


def _stamp(info: Mapping[str, Any]) -> str:
    known = next((str(info[key]) for key in _STAMPS if info.get(key) is not None), "")
    return f"{known} {info['size']}"


def _is_plain(path: str) -> bool:
    """Whether a path stays in its folder and shows no hidden file (one that is being written)."""
    return all(part and part[0] != "." and "\\" not in part for part in path.split("/"))
