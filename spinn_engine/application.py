"""Where the application lies: the dashboard, and the assets that it and the engine need."""

from __future__ import annotations

import runpy
import signal
import sys
from pathlib import Path

_PACKAGE = Path(__file__).parent


def application_folder() -> Path:
    """The folder of ``dashboard/`` and ``assets/``: the clone, or ``site/`` as installed."""
    installed = _PACKAGE / "site"
    return installed if installed.is_dir() else _PACKAGE.parent


def serve_dashboard(port: int | None = None) -> None:
    """Be Streamlit's server of the dashboard, from whatever folder, until SIGINT or SIGTERM.

    The options beside the application bind it to this machine alone.

    Args:
        port: where; by default Streamlit's own, or the next that is free.
    """
    app = application_folder() / "dashboard" / "app.py"
    options = [] if port is None else ["--server.port", str(port)]
    sys.argv = ["streamlit", "run", str(app), *options]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    runpy.run_module("streamlit", run_name="__main__")
