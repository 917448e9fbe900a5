"""``python -m tests.peers.make KIND``: a tool writes its files anew, in an environment of its own.

KIND is ``table`` or the name of a module in ``makers``; ``requirements-peers.txt`` says what to
install.
"""

from __future__ import annotations

import sys
from importlib import import_module

from tests.peers.table import write_table


def main(kind: str) -> None:
    """Write the files of one kind to ``tests/peers/files``."""
    if kind == "table":
        write_table()
    else:
        import_module(f"tests.peers.makers.{kind}").make()


if __name__ == "__main__":
    main(sys.argv[1])
