"""A share may be written 0.685 or 68.5%, wherever one is meant; 68.5 is asked about."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from spinn_engine.cli.commands import COMMANDS
from spinn_engine.cli.parameters import SHARE
from spinn_engine.spec.shares import share
from tests.cli.test_command_line import complaint, printed

Capture = pytest.CaptureFixture[str]
SMALL = ("plan", "--hidden", "64,64", "--inputs", "4", "--outputs", "1", "--json")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.685", 0.685), ("68.5%", 0.685), (" 31.8 % ", 0.318), ("29%", 0.29), ("0.5%", 0.005)],
)
def test_both_ways_are_the_same_number(text: str, value: float) -> None:
    assert share(text) == value


@pytest.mark.parametrize("option", ["--pruning-ratio", "--param-reduction", "--mac-reduction"])
def test_a_percentage_is_a_share(capsys: Capture, option: str) -> None:
    assert printed(capsys, *SMALL, option, "40%") == printed(capsys, *SMALL, option, "0.4")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan", "--param-reduction", "68.5"], "got 68.5: was 0.685 (or 68.5%) meant?"),
        (["plan", "--mac-reduction", "50"], "got 50: was 0.5 (or 50%) meant?"),
        (["plan", "--param-reduction", "100"], "less than 1, but got 100"),
        (["plan", "--pruning-ratio", "1.5"], "less than 1, but got 1.5"),
        (["plan", "--pruning-ratio", "150%"], "less than 1, but got 1.5"),
        (["plan", "--pruning-ratio", "half"], "a share like 0.685 or 68.5% but got 'half'"),
        (["plan", "--pruning-ratio", "9x" * 9_000], "but got '" + "9x" * 40 + "'... ("),
        (["whatif", "x", "--param-reduction", "90"], "was 0.9 (or 90%) meant?"),
        (["adapt", "x", "--frozen", "50"], "was 0.5 (or 50%) meant?"),
        (["submit", "--sweep", "prune.param_reduction=0.5,90"], "was 0.9 (or 90%) meant?"),
    ],
)
def test_what_is_no_share_is_asked_about(capsys: Capture, words: list[str], message: str) -> None:
    assert message in complaint(capsys, *words)


def test_swept_shares_may_be_percentages(capsys: Capture) -> None:
    words = ("--hidden", "16", "--stages", "1", "--sweep", "prune.param_reduction=50%,0.7")
    runs = printed(capsys, "submit", *words, "--json")["runs"]
    assert [run["values"] for run in runs] == [{"prune.param_reduction": s} for s in (0.5, 0.7)]


def test_every_option_that_is_called_a_share_reads_it_so() -> None:
    kinds = {
        (name, param.opts[0]): param.type
        for name, command in COMMANDS.commands.items()
        for param in command.get_params(click.Context(command))
        if param.opts[0].endswith(("-ratio", "-reduction"))
    }
    assert len(kinds) == 10  # three of plan, run and submit each, one of whatif
    assert set(kinds.values()) == {SHARE}


def test_a_spec_file_has_shares_as_options_have(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text('{"prune": {"param_reduction": "40%"}}')
    of_file = printed(capsys, *SMALL, "--spec", str(file))
    assert of_file == printed(capsys, *SMALL, "--param-reduction", "0.4")
    file.write_text('{"prune": {"param_reduction": "40"}}')
    assert "was 0.4 (or 40%) meant?" in complaint(capsys, "plan", "--spec", str(file))
