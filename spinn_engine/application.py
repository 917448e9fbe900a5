"""Where the application lies: the dashboard, and the assets that it and the engine need."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def application_folder() -> Path:
    """The folder of ``dashboard/`` and ``assets/``: the clone, or ``site/`` as installed."""
    installed = _PACKAGE / "site"
    return installed if installed.is_dir() else _PACKAGE.parent
