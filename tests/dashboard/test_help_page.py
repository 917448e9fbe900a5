"""Help: its numbers are those of the engine, and what it says is what there is."""

from __future__ import annotations

import re
import shlex
import sys
from subprocess import run

import pytest

from dashboard.help.page import COMMANDS
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS
from tests.dashboard.support import opened, table_with, words


def test_the_two_shares_are_told_apart_in_exact_numbers() -> None:
    """By hand: 18 inputs, 2 outputs, every layer keeps (1 - 0.318)^4 of its neurons."""
    said = words(opened("help"))
    widths = [18, *(round(n * (1 - 0.318) ** 4) for n in (512, 512, 512, 256)), 2]
    params = sum((a + 1) * b for a, b in zip(widths, widths[1:], strict=False))
    assert params / 666_882 == pytest.approx(0.05, abs=1e-3)
    assert f"{params:,} parameters, **5.0 % are left**" in said
    assert "666,882 parameters" in said


def test_every_arm_of_a_run_is_explained() -> None:
    unasked = {name for name, arm in ARMS.items() if arm.unasked}
    assert set(ARMS) == {"dense", "structured", *RunSpec().compare.controls} | unasked
    app = opened("help")
    shown = table_with(app, "Arm")
    assert len(shown) == len(ARMS)


@pytest.mark.parametrize("line", COMMANDS.splitlines())
def test_every_command_is_one(line: str) -> None:
    command = shlex.split(re.split(r"\s{3,}|  ", line)[0])
    assert command[:3] == ["python", "-m", "spinn_engine"]
    options = [word for word in command[4:] if word.startswith("--")]
    help_ = [sys.executable, "-m", "spinn_engine", command[3], "--help"]
    done = run(help_, capture_output=True, text=True, check=True)
    assert all(option in done.stdout for option in options)
