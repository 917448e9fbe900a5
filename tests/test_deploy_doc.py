"""What docs/deploy.md tells people to type and to set is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import auth_util, config  # noqa: TID251
from streamlit.errors import StreamlitAuthError  # noqa: TID251

from spinn_engine.cli.commands import COMMANDS as PROGRAM

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"python -m spinn_engine (.*)", "\n".join(BLOCKS))


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_line_is_one(line: str) -> None:
    words = shlex.split(re.split(r" {2,}", line)[0])  # what stands apart explains
    name, command, rest = PROGRAM.resolve_command(PROGRAM.make_context("spinn", words), words)
    assert command
    command.make_context(name, rest)  # raises for an option that there is not


def test_there_are_command_lines() -> None:
    assert {line.split()[0] for line in COMMANDS} >= {"submit", "worker", "jobs", "pause", "drain"}


def test_every_variable_is_read_by_the_program() -> None:
    files = [file for room in ("spinn_engine", "dashboard") for file in (ROOT / room).rglob("*.py")]
    source = "\n".join(file.read_text("utf-8") for file in files)
    named = set(re.findall(r"\bSPINN_[A-Z_]+", TEXT))
    read = set(re.findall(r"environ(?:\.get\(|\[)\"(SPINN_[A-Z_]+)\"", source))
    assert named == read


def test_every_option_of_streamlit_is_one() -> None:
    named = set(re.findall(r"--((?:server|secrets|browser)\.\w+)", TEXT))
    assert named
    for option in named:
        config.get_option(option)  # raises for one that there is not


class Secrets(dict[str, Any]):
    """As Streamlit's own, of a file that is there."""

    def load_if_toml_exists(self) -> bool:
        return True


def test_the_secrets_are_all_that_log_in_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = [block for block in BLOCKS if block.startswith("[auth]")]
    secrets = Secrets(tomllib.loads(block))
    monkeypatch.setattr(auth_util, "secrets_singleton", secrets)
    auth_util.validate_auth_credentials("default")
    for name in list(secrets["auth"]):
        fewer = {key: value for key, value in secrets["auth"].items() if key != name}
        monkeypatch.setattr(auth_util, "secrets_singleton", Secrets(auth=fewer))
        with pytest.raises(StreamlitAuthError):
            auth_util.validate_auth_credentials("default")
