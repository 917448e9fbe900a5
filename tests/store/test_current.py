"""Which store it is, and that a folder needs nothing of what a URL needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spinn_engine.store import runs
from spinn_engine.store.local import LocalStore


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://bucket/prefix/", "s3://bucket/prefix"),
        ("s3://key:very-secret@bucket/p", "s3://bucket/p"),
        ("sftp://me:very@secret@host:22/a/b?token=very#secret", "sftp://host:22/a/b"),
        ("memory://x", "memory://x"),
    ],
)
def test_a_url_is_shown_without_credentials(
    given: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", given)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert runs.store_name() == shown
    assert runs.results_root().parent == tmp_path / "spinn-explorer"
    assert "secret" not in str(runs.results_root())


@pytest.mark.parametrize("given", ["runs", "/a/b:c", "./s3:/x", "~/x", "a b"])
def test_all_else_is_a_folder(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_RESULTS", given)
    assert runs.current_store() == LocalStore(Path(given).absolute())
    assert runs.results_root() == Path(given).absolute()
    assert runs.store_name() == str(Path(given).absolute())


def test_only_a_store_behind_a_url_takes_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "AWS_SECRET_ACCESS_KEY": "very-secret", "HF_TOKEN": "very-secret", "PGPASSWORD": "secret",
        "SPINN_DATABASE_URL": "postgresql://me:secret@host/db", "OMP_NUM_THREADS": "3",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPINN_RESULTS", "runs")
    found = runs.store_environment()
    assert "secret" not in " ".join(found.values())
    assert (found["OMP_NUM_THREADS"], found["PATH"]) == ("3", os.environ["PATH"])
    assert found["SPINN_RESULTS"] == str(Path("runs").absolute())
    monkeypatch.setenv("SPINN_RESULTS", "s3://bucket/prefix")
    assert given.items() - runs.store_environment().items() == {
        (name, given[name]) for name in ("PGPASSWORD", "SPINN_DATABASE_URL")
    }


def test_every_store_and_endpoint_has_a_copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for url in ("s3://a/b", "s3://a/c", "s3://a/b/"):
        for endpoint in ("http://one", "http://two"):
            monkeypatch.setenv("SPINN_RESULTS", url)
            monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
            found.add(runs.results_root())
    assert len(found) == 4


def test_a_folder_loads_nothing_of_what_a_url_needs(store: Path) -> None:
    code = (
        "import sys; from spinn_engine import api; from spinn_engine.spec import RunSpec\n"
        "from spinn_engine.artifacts.creation import create_run\n"
        "run = create_run(RunSpec())\n"
        "with run.lock(): run.fetch_all(); run.publish()\n"
        "assert [r.run_id for r in api.list_runs()] == [api.open_run(run.run_id).run_id]\n"
        "assert not {'fsspec', 's3fs', 'botocore'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    [run] = [path for path in store.iterdir() if path.is_dir()]
    assert {path.name for path in run.iterdir()} == {"spec.json", "manifest.json"}
