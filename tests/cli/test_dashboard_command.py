"""``dashboard``: a real server, started in a folder of its own, for this machine alone."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from tests.servers import free_port

WAIT_SECONDS = 120.0


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_dashboard_is_served_to_this_machine_until_it_is_told_to_end(
    end: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_HEADLESS", "true")  # no browser
    port = free_port()
    command = [sys.executable, "-m", "spinn_engine", "dashboard", "--port", str(port)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        connections = psutil.Process(process.pid).net_connections()
        listening = [c.laddr for c in connections if c.status == "LISTEN"]
        assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", port)]
        own = f"localhost:{port}"
        assert _handshake(port, own, f"http://{own}") == 101
        assert _handshake(port, own, f"http://localhost:{port + 1}") == 403
        assert _handshake(port, own, None) == 403
        assert _handshake(port, f"other.example:{port}", f"http://other.example:{port}") == 403
        process.send_signal(end)
        _, err = process.communicate(timeout=WAIT_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Traceback" not in err


def _handshake(port: int, host: str, origin: str | None) -> int:
    """What the server answers to who asks for a websocket with these headers."""
    headers = {
        "Host": host, "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c3Bpbm4gZXhwbG9yZXI9PQ==",
    }  # fmt: skip
    if origin is not None:
        headers["Origin"] = origin
    connection = HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.read() == b"ok"
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the dashboard does not answer")
