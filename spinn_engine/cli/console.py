"""Where commands print, and what the program is called."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)
PROGRAM = "spinn" if Path(sys.argv[0]).stem == "spinn" else "python -m spinn_engine"


def print_json(value: dict[str, Any]) -> None:
    """The one JSON object on standard output."""
    print(json.dumps(value))
