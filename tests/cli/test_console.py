"""What commands print, on streams of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_no_name_of_a_file_or_a_column_commands_a_terminal(tmp_path: Path) -> None:
    """Neither where a table is shown, nor where a file is complained of."""
    wild = "a\x1b[2J\u202eb\u2066"
    good, bad = tmp_path / f"{wild}.csv", tmp_path / f"{wild}"
    good.write_text(f"{wild},y,z\n" + "".join(f"{n},{n * n},{n % 7}\n" for n in range(60)))
    for path, code in ((good, 0), (bad, 2)):
        words = ["check", "--data", f"table:{path}", "--targets", "y"]
        command = [sys.executable, "-m", "spinn_engine", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "a?[2J?b?" in done.stdout + done.stderr
        assert {one for one in done.stdout + done.stderr if not one.isprintable()} <= {"\n"}
