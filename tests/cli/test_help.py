"""Help and what goes with it: groups, defaults and choices from the spec, and what was meant."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys

import click
import pytest

from spinn_engine import api
from spinn_engine.cli.command import Command
from spinn_engine.cli.commands import COMMANDS
from spinn_engine.cli.main import main
from spinn_engine.cli.parameters import Kind
from spinn_engine.spec import RunSpec
from spinn_engine.spec.flat import NEVER_ASKED
from spinn_engine.vocabulary import CONTROLS, CRITERIA, RECONSTRUCTIONS, SCHEDULES, SOURCES
from tests.cli.test_command_line import complaint

Capture = pytest.CaptureFixture[str]
EVERY = sorted(COMMANDS.commands)


def shown(capsys: Capture, *words: str) -> str:
    assert main([*words, "--help"]) == 0
    return capsys.readouterr().out


def parameters(name: str) -> list[click.Parameter]:
    command = COMMANDS.commands[name]
    return command.get_params(click.Context(command))


@pytest.mark.parametrize("words", [[], ["plan"], ["jobs"]], ids=str)
def test_a_letter_asks_for_help_too(capsys: Capture, words: list[str]) -> None:
    assert main([*words, "-h"]) == 0
    assert capsys.readouterr().out == shown(capsys, *words)


def test_no_word_is_a_wish_for_help(capsys: Capture) -> None:
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == shown(capsys)


def test_help_lists_every_command_with_what_it_does(capsys: Capture) -> None:
    lines = shown(capsys).splitlines()
    for name, command in COMMANDS.commands.items():
        assert any(line.split()[:3] == [name, *str(command.help).split()[:2]] for line in lines)


@pytest.mark.parametrize("name", EVERY)
def test_what_does_a_command_takes_its_values(name: str) -> None:
    """An option that a function does not take, or the other way round, fails when it is called."""
    command = COMMANDS.commands[name]
    assert isinstance(command, Command)
    taken = inspect.signature(pkgutil.resolve_name(f"spinn_engine.{command.does}")).parameters
    given = {param.name for param in parameters(name) if param.expose_value}
    whole = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in taken.values())
    named = {name for name, one in taken.items() if one.kind is not inspect.Parameter.VAR_KEYWORD}
    assert named <= given
    assert whole or given == named


def test_options_stand_in_groups(capsys: Capture) -> None:
    lines = shown(capsys, "run").splitlines()
    headings = [line for line in lines if line[:1].isalpha() and len(line.split()) == 1]
    assert headings == [
        "Data", "Network", "Training", "Pruning", "Comparison", "Physics", "Store", "Options",
    ]  # fmt: skip


@pytest.mark.parametrize("part", [name for name in RunSpec.model_fields if "_" not in name])
def test_every_field_of_the_spec_is_an_option_with_its_default(capsys: Capture, part: str) -> None:
    text = " ".join(shown(capsys, "run").split())
    if part == "seeds":
        assert "--seeds N repetitions of the whole run [3]" in text
        return
    options = {param.name: param for param in parameters("run")}
    defaults = RunSpec.model_fields[part].default
    for field in type(defaults).model_fields:
        if f"{part}.{field}" in NEVER_ASKED:
            continue
        option, default = options[f"{part}.{field}"], getattr(defaults, field)
        assert isinstance(option, click.Option)
        assert option.opts[0] in text
        if default in (None, ()):
            sources = [row.defaults.get(part, {}) for row in SOURCES.values()]
            assert bool(option.show_default) == any(field in own for own in sources)
        elif isinstance(default, tuple):
            assert str(option.show_default).split(";")[0].replace(", ", ",") == ",".join(
                map(str, default)
            )
        elif not isinstance(default, bool):
            assert type(default)(str(option.show_default).split(";")[0]) == default


def test_choices_are_the_vocabulary_with_what_each_is(capsys: Capture) -> None:
    text = " ".join(shown(capsys, "run").split())
    for table in (SCHEDULES, CRITERIA, RECONSTRUCTIONS, CONTROLS):
        for name, row in table.items():
            assert f"{name}: {row.help}" in text
    for name, source in SOURCES.items():
        assert f"{name}{':PATH' if source.path else ''}: {source.help}" in text


def test_priorities_are_those_of_the_queue() -> None:
    priority = next(one for one in parameters("submit") if one.name == "priority")
    assert isinstance(priority.type, Kind)
    assert list(priority.type.choices) == list(api.Priority)


def test_a_source_with_other_defaults_says_so(capsys: Capture) -> None:
    text = " ".join(shown(capsys, "run").split())
    assert "--epochs N of Adam, for the dense network, by hand [burgers: 250]" in text
    assert "--max-updates N most updates of Adam for the dense network, until validation ends them "
    assert "[6000; milling-sim: 560]" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pln"], "No such command 'pln'. Did you mean 'plan'?"),
        (
            ["plan", "--activaton", "relu"],
            "option '--activaton'. Did you mean '--activation'?",
        ),
        (["plan", "--schedule", "unifrom"], "sequential, global, custom; did you mean uniform?"),
        (["plan", "--shedule", "x"], "Did you mean '--schedule'?"),
        (["plan", "--critrion", "l1"], "Did you mean '--criterion'?"),
        (["plan", "--data", "burger"], "did you mean burgers?"),
        (["plan", "--criterion", "l9"], "did you mean l2?"),
        (["plan", "--activation", "tan"], "did you mean tanh?"),
        (["plan", "--dense-scaling", "outputs"], "did you mean inputs?"),
        (["run", "--controls", "linear,radnom"], "unknown control 'radnom'"),
        (["run", "--controls", "linear,radnom"], "did you mean random?"),
        (["submit", "--priority", "hihg"], "did you mean high?"),
        (["submit", "--sweep", "prune.stage=1"], "did you mean prune.stages?"),
        (["whatif", "x", "--criterion", "taylr"], "did you mean taylor?"),
        (["adapt", "x", "--arms", "last_laier"], "did you mean last_layer?"),
        (["export", "x", "--format", "onxx"], "did you mean onnx?"),
    ],
)
def test_what_was_meant_is_asked(capsys: Capture, words: list[str], message: str) -> None:
    assert message in complaint(capsys, *words)


def test_a_unique_beginning_stands_for_an_option(capsys: Capture) -> None:
    assert main(["plan", "--stag=1", "--hid", "8", "--inputs", "3", "--outputs", "1"]) == 0
    capsys.readouterr()
    assert "No such option '--s'" in complaint(capsys, "plan", "--s", "1")


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"], ["run", "--help"]], ids=str)
def test_help_loads_nothing_large(words: list[str]) -> None:
    code = (
        "import runpy, sys\n"
        "try: runpy.run_module('spinn_engine', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for name in ("torch", "numpy", "scipy", "pandas", "streamlit", "dbos", "fsspec", "psutil"):
        assert f"'{name}'" not in done.stderr
    assert "'pydantic'" in done.stderr
