"""Where commands print, and what the program is called."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from spinn_engine.words import visible

for stream in (sys.stdout, sys.stderr):  # a minus sign has no place in the code pages of Windows
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8")


class PlainConsole(Console):
    """A console on which what files are called and hold is text, and never a command to it."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """As rich has it, without what a terminal obeys but rich's own commands."""
        for one in super().render(renderable, options):
            yield one if one.control else Segment(visible(one.text), one.style)


OUT = PlainConsole(highlight=False, width=None if sys.stdout.isatty() else 120)
ERRORS = PlainConsole(stderr=True, highlight=False, soft_wrap=True)
PROGRAM = "spinn" if Path(sys.argv[0]).stem == "spinn" else "python -m spinn_engine"


def print_json(value: dict[str, Any]) -> None:
    """The one JSON object on standard output."""
    print(json.dumps(value))
