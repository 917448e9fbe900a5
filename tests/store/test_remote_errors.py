"""What goes wrong with a store on another machine is one sentence, and no secret is in it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from spinn_engine.artifacts import creation
from spinn_engine.cli.main import main
from spinn_engine.errors import BadInputError, SpinnError, UnreachableError
from spinn_engine.spec import RunSpec
from spinn_engine.store import runs
from tests.servers import S3Server

READER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}
    ],
}


def complaint(kind: type[SpinnError] = BadInputError) -> str:
    """What listing the store fails with; the same for all who read."""
    with pytest.raises(SpinnError) as caught:
        runs.list_runs()
    with pytest.raises(type(caught.value), match="cannot be used"):
        runs.open_run("r1")
    assert type(caught.value) is kind
    said = str(caught.value)
    assert "very-secret" not in said
    assert "\n" not in said
    return said


def test_no_such_bucket(s3_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_RESULTS", "s3://nobody-made-this/runs")
    assert complaint() == (
        "the store s3://nobody-made-this/runs cannot be used: there is no such bucket: make it, "
        "or correct SPINN_RESULTS"
    )
    with pytest.raises(BadInputError, match="there is no such bucket"):
        creation.create_run(RunSpec())


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("s3://", "it names no bucket"),
        ("s3://a bucket!/runs", "this cannot be the name of a bucket"),
        ("s3://key:very-secret@bucket/runs", "this cannot be the name of a bucket"),
        ("nonsense://bucket/runs", "nothing is known of nonsense://"),
        ("gs://bucket/runs", "gs:// needs a package that is not installed"),
    ],
)
def test_a_url_that_is_none_of_a_store(
    s3_store: str, monkeypatch: pytest.MonkeyPatch, url: str, what: str
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", url)
    assert what in complaint()


def test_a_server_that_is_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_RESULTS", "ftp://key:very-secret@127.0.0.1:1/runs")
    assert "127.0.0.1:1 does not answer" in complaint(UnreachableError)


def test_credentials_that_the_server_does_not_know(s3_store: str, s3_server: S3Server) -> None:
    with s3_server.checking_credentials():
        said = complaint()
    assert "does not accept the credentials: check AWS_ACCESS_KEY_ID" in said


def test_a_wrong_secret(
    s3_store: str, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = new_user(s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    with s3_server.checking_credentials():
        said = complaint()
    assert "does not accept the credentials" in said
    assert key not in said


@pytest.mark.parametrize("names", [["KEY_ID"], ["KEY_ID", "SECRET"]])
def test_no_credentials(s3_store: str, monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    full = {"KEY_ID": "AWS_ACCESS_KEY_ID", "SECRET": "AWS_SECRET_ACCESS_KEY"}
    for name in names:
        monkeypatch.delenv(full[name])
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in complaint()


def test_no_permission_to_write(
    s3_store: str, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = creation.create_run(RunSpec())
    for name, value in zip(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), new_user(s3_server), strict=True
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", f"{made.path}-other")
    with s3_server.checking_credentials():
        assert runs.open_run(made.run_id).spec().prune == RunSpec().prune
        with pytest.raises(BadInputError, match="cannot be used: you may not write there: ask for"):
            creation.create_run(RunSpec())
        with pytest.raises(BadInputError, match="cannot be used: you may not delete there"):
            runs.remove_run(made.run_id)
    assert [run.run_id for run in runs.list_runs()] == [made.run_id]


def new_user(server: S3Server) -> tuple[str, str]:
    """A user who may list and read; returns key and secret."""
    iam = boto3.client("iam", endpoint_url=server.endpoint)
    name = f"reader-{time.monotonic_ns()}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(READER))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]


@pytest.fixture
def silent() -> Iterator[str]:
    """An endpoint that takes no connection and refuses none."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
        for one in waiting:
            one.close()


def test_an_endpoint_that_does_not_answer_is_told_within_ten_seconds(
    s3_store: str, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", silent)
    start = time.monotonic()
    with pytest.raises(UnreachableError) as caught:
        runs.list_runs()
    assert time.monotonic() - start < 12
    host = silent.removeprefix("http://")
    assert f"{host} does not answer: check the network" in str(caught.value)


@pytest.mark.parametrize("endpoint", ["http://me:very-secret@127.0.0.1:1", "http://no.invalid"])
def test_an_endpoint_that_is_not_there(
    s3_store: str, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    said = complaint(UnreachableError)
    assert f"{endpoint.rpartition('@')[2].removeprefix('http://')} does not answer" in said


def test_an_endpoint_that_is_no_url_or_speaks_no_https(
    s3_store: str, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "nonsense")
    assert "its endpoint is no URL: correct AWS_ENDPOINT_URL_S3" in complaint()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server.endpoint.replace("http", "https"))
    assert "no secure connection can be made" in complaint()


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SPINN_RESULTS", f"file://{tmp_path}/taken/runs")
    with pytest.raises(BadInputError, match=r"cannot be used: .*: /.*/taken.*; mend that"):
        creation.create_run(RunSpec())


def test_a_cache_that_cannot_be_written(
    s3_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = creation.create_run(RunSpec())
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    with pytest.raises(BadInputError, match=r"cannot be used: Not a directory: /.*/taken"):
        runs.open_run(made.run_id)
    with pytest.raises(BadInputError, match=r"cannot write /.*/taken"):
        creation.create_run(RunSpec())


def test_the_command_line_says_it_in_one_line(
    s3_store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", "s3://nobody-made-this")
    assert main(["compare", "r1"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "there is no such bucket" in said.err
