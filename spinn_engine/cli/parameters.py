"""How the words of a command are read: each kind with its complaint and what completes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from spinn_engine.spec.shares import share
from spinn_engine.vocabulary import Row, unknown
from spinn_engine.words import names_in

Choices = Mapping[str, Row | str]
LONGEST_SHOWN = 80  # letters


class Kind(click.ParamType[Any]):
    """Text that is read by a function.

    Attributes:
        name: stands for the value in the help; None: the name of the option does.
        read: gives the value, or raises ValueError.
        expected: what has to be written, for the complaint; else the error of ``read`` has it.
        choices: the words that may be written, with their meanings or rows of the vocabulary; none
            where any may.
        is_list: whether the value is a list.
        often: whether the option may be given several times, each time with some of the list.
    """

    def __init__(
        self,
        name: str | None,
        read: Callable[[str], Any],
        expected: str = "",
        choices: Choices | None = None,
        is_list: bool = False,
        often: bool = False,
    ) -> None:
        self.name, self.often = name or "", often
        self.read, self.expected = read, expected
        self.choices, self.is_list = choices or {}, is_list

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or the complaint; the text as it is while words are completed."""
        if not isinstance(value, str) or (ctx and ctx.resilient_parsing):
            return value
        try:
            return self.value(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def value(self, text: str) -> Any:
        """The value.

        Raises:
            ValueError: there is none; what was expected, and what is there.
        """
        try:
            return self.read(text)
        except ValueError as error:
            said = f"expected {self.expected} but got {text!r}" if self.expected else str(error)
            if len(text) > LONGEST_SHOWN:
                said = said.replace(repr(text), f"{text[:LONGEST_SHOWN]!r}...")
            raise ValueError(said) from error

    def meanings(self) -> dict[str, str]:
        """What each allowed word means."""
        return {
            word: one.help if isinstance(one, Row) else one for word, one in self.choices.items()
        }

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The words that go on from what is written, the last of a list."""
        before, comma, last = incomplete.rpartition(",") if self.is_list else ("", "", incomplete)
        return [
            CompletionItem(before + comma + word.removesuffix("PATH"), help=meaning or None)
            for word, meaning in self.meanings().items()
            if word.startswith(last)
        ]


def names(text: str) -> list[str]:
    """Column names or other words, separated by commas; one with a comma in it in quotes."""
    return list(names_in(text))


def widths(text: str) -> list[int]:
    """Hidden widths as a person writes them: ``512,512,256``."""
    return [int(width) for width in names(text)]


def stages(text: str) -> list[list[int]]:
    """The widths of several stages, separated by semicolons."""
    return [widths(stage) for stage in text.split(";") if stage.strip()]


def yes(text: str) -> bool:
    """Whether it is ``yes``, and not ``no``."""
    return ("no", "yes").index(text) == 1


def choice(kind: str, choices: Choices, is_list: bool = False) -> Kind:
    """One of the allowed words, or a list of them separated by commas.

    Args:
        kind: what such a word is, for the complaint.
        choices: the words, with their meanings.
        is_list: whether it is a list.
    """

    def known(word: str) -> str:
        if word not in choices:
            raise ValueError(unknown(kind, word, choices))
        return word

    def read(text: str) -> Any:
        return [known(word) for word in names(text)] if is_list else known(text)

    return Kind("A,B" if is_list else "NAME", read, choices=choices, is_list=is_list)


class RunId(Kind):
    """The id of a run, a unique beginning of one, or ``latest``."""

    def __init__(self) -> None:
        super().__init__("RUN_ID", _found)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The runs in the store."""
        from spinn_engine.store.finding import LATEST
        from spinn_engine.store.runs import list_runs

        known = [LATEST, *(folder.run_id for folder in list_runs())]
        return [CompletionItem(run_id) for run_id in known if run_id.startswith(incomplete)]


def _found(text: str) -> str:
    from spinn_engine.store.finding import find_run

    return find_run(text)


TEXT = Kind(None, str)
NAMES = Kind("A,B", names, is_list=True)
WHOLE = Kind("N", int, "a whole number")
NUMBER = Kind("NUMBER", float, "a number")
SHARE = Kind("SHARE", share)
WIDTHS = Kind("N,N", widths, "whole numbers like 512,512,256", is_list=True)
STAGES = Kind("N,N;N,N", stages, "whole numbers like 384,192;256,128")
YES_NO = Kind("yes|no", yes, "yes or no", {"yes": "", "no": ""})
RUN_ID = RunId()
