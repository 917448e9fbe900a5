"""Where commands print, and what the program is called."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from rich.console import Console

for stream in (sys.stdout, sys.stderr):  # a minus sign has no place in the code pages of Windows
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8")

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)
PROGRAM = "spinn" if Path(sys.argv[0]).stem == "spinn" else "python -m spinn_engine"


def print_json(value: dict[str, Any]) -> None:
    """The one JSON object on standard output."""
    print(json.dumps(value))
