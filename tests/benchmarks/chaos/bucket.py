"""A store in a bucket, on an S3 server of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from s3fs import S3FileSystem

from tests.servers import S3Server

USER, PASSWORD = "spinn", "secret"


@dataclass(frozen=True)
class BucketStore:
    """An empty store at first.

    Attributes:
        endpoint: the server's address.
        url: the store's.
    """

    endpoint: str
    url: str

    @property
    def variables(self) -> dict[str, str]:
        """What a process must find in its environment to use it."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def fetch(self, run_id: str, folder: Path) -> Path:
        """Copy a run's files into a folder; returns the run's own."""
        files = S3FileSystem(endpoint_url=self.endpoint, key=USER, secret=PASSWORD)
        files.get(f"{self.url}/{run_id}/", str(folder / run_id), recursive=True)
        return folder / run_id


@contextlib.contextmanager
def bucket_store() -> Iterator[BucketStore]:
    """A store for one ``with`` block."""
    server = S3Server()
    try:
        yield BucketStore(server.endpoint, f"s3://{server.new_bucket()}/runs")
    finally:
        server.remove()
