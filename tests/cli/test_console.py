"""What commands print, on streams of every kind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_every_letter_can_be_printed(encoding: str) -> None:
    told = "−0.0012 R² · µs × → é"
    prints = f"OUT.print({told!r}); ERRORS.print({told!r})"
    code = f"from spinn_engine.cli.console import ERRORS, OUT; {prints}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=True,
    )
    assert done.stdout.decode().strip() == done.stderr.decode().strip() == told
