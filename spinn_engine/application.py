"""Where the application lies: the dashboard, and the assets that it and the engine need."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent


def application_folder() -> Path:
    """The folder of ``dashboard/`` and ``assets/``: the clone, or ``site/`` as installed."""
    installed = _PACKAGE / "site"
    return installed if installed.is_dir() else _PACKAGE.parent


def serve_dashboard(port: int | None = None) -> int:
    """Serve the dashboard to this machine until Ctrl-C, from whatever folder.

    Args:
        port: where; by default Streamlit's own, or the next that is free.

    Returns:
        The server's exit code.
    """
    app = application_folder() / "dashboard" / "app.py"
    options = ["--server.address", "127.0.0.1"]
    if port is not None:
        options += ["--server.port", str(port)]
    command = [sys.executable, "-m", "streamlit", "run", str(app), *options]
    with subprocess.Popen(command) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            with contextlib.suppress(KeyboardInterrupt):  # a terminal tells the server too
                server.wait()
            return 0
