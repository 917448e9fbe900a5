"""One store a test, one source of randomness, and the real data where it is at hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.servers import (
    PostgresCluster,
    PostgresDatabase,
    S3Server,
    postgres_cluster,
    postgres_programs,
)

ROOT = Path(__file__).parents[1]
NASA = ROOT.parent / "shared" / "data" / "nasa_milling"

settings.register_profile("patient", settings(), deadline=None)  # no test is about its own time
settings.load_profile("patient")
os.environ["PYTHONPATH"] = str(ROOT)  # of every process that a test starts


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of the test's own."""
    folder = tmp_path / "results"
    monkeypatch.setenv("SPINN_RESULTS", str(folder))
    monkeypatch.delenv("SPINN_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_101)


@pytest.fixture(scope="session")
def nasa_folder() -> Path:
    """The processed NASA milling files."""
    if not (NASA / "train.csv").exists():
        pytest.skip(f"the NASA milling files are not at {NASA}")
    return NASA


@pytest.fixture
def small_table(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A smooth problem of 400 rows: inputs a, b, c, targets y, z, twenty groups g."""
    x = rng.normal(size=(400, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["y"] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.01 * rng.normal(size=400)
    frame["z"] = 100 + 20 * np.sin(x[:, 1]) + 0.1 * rng.normal(size=400)
    frame["g"] = np.repeat(np.arange(20), 20)
    path = tmp_path / "small.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL for all tests of this process."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with postgres_cluster(programs) as started:
        yield started


@pytest.fixture
def postgres(cluster: PostgresCluster) -> Iterator[PostgresDatabase]:
    """An empty PostgreSQL database of the test's own, whose server can be stopped and started."""
    database = cluster.new_database()
    yield database
    database.drop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 server for all tests of this process."""
    server = S3Server()
    yield server
    server.remove()


@pytest.fixture
def s3_store(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty store on S3, set as the store, and this machine's copy of it; its URL."""
    url = f"s3://{s3_server.new_bucket()}/runs"
    for name, value in {
        "SPINN_RESULTS": url,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "AWS_ENDPOINT_URL_S3": s3_server.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, to which names in ``elsewhere.example`` are this machine."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP *.elsewhere.example 127.0.0.1",
            ],  # fmt: skip
        )
        yield browser
        browser.close()
