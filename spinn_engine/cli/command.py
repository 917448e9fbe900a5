"""A command: options in groups, help, and the function that does it, imported when it is called."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spinn_engine.cli.parameters import Kind

WIDEST, WIDEST_NAME = 100, 32  # columns of the help, and of its left side

Rows = dict[str, list[tuple[str, Text]]]


class Option(click.Option):
    """An option in a group of the help.

    Args:
        words: its flag, and what its value is called where that is not the flag's name.
        group: the heading above it.
        field: the field of a spec that it sets, which its value is called.
        more: as ``click.Option`` takes it; a text as ``show_default`` is shown as it is.
    """

    def __init__(self, *words: str, group: str = "Options", field: str = "", **more: Any) -> None:
        super().__init__(words, **more)
        self.group = group
        if field:
            self.name = field


class Command(click.Command):
    """One command.

    Args:
        name: as it is typed.
        summary: what it does, a sentence.
        does: ``module:function`` of the engine, which gets every value by its name.
        parameters: its arguments and options.
        more: makes further options, when they are first wanted.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        does: str,
        *parameters: click.Parameter,
        more: Callable[[], Sequence[Option]] | None = None,
    ) -> None:
        super().__init__(name, params=list(parameters), help=summary)
        self.does, self.more = does, more

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All parameters."""
        if self.more:
            self.params, self.more = [*self.more(), *self.params], None
        return super().get_params(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a unique beginning stands for an option."""
        flags = [flag for param in self.get_params(ctx) for flag in param.opts]
        try:
            return super().parse_args(ctx, [_whole_flag(word, flags) for word in args])
        except click.NoSuchOption as error:
            close = get_close_matches(error.option_name, flags, n=1)
            raise click.NoSuchOption(error.option_name, possibilities=close, ctx=ctx) from None
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # which tells the command that is complained of
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Do it."""
        return pkgutil.resolve_name(f"spinn_engine.{self.does}")(**ctx.params)

    def get_help(self, ctx: click.Context) -> str:
        """Arguments and options, group by group."""
        rows: Rows = {}
        for param in self.get_params(ctx):
            if isinstance(param, click.Argument):
                group, shown = "Arguments", param.make_metavar(ctx)
            else:
                group, shown = getattr(param, "group", "Options"), _flags(param, ctx)
            rows.setdefault(group, []).append((shown, _described(param)))
        return _rendered(ctx, rows)


class Commands(click.Group):
    """All commands, by group."""

    def __init__(self, groups: dict[str, list[Command]], *options: Option, **more: Any) -> None:
        commands = [command for several in groups.values() for command in several]
        super().__init__(commands=commands, params=list(options), **more)
        self.groups = groups

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are of use."""
        return list(self.commands)

    def get_help(self, ctx: click.Context) -> str:
        """The commands, group by group, then the options."""
        rows = {
            group: [(one.name or "", Text(one.help or "")) for one in commands]
            for group, commands in self.groups.items()
        }
        rows["Options"] = [(_flags(one, ctx), _described(one)) for one in self.get_params(ctx)]
        return _rendered(ctx, rows)


def _whole_flag(word: str, flags: Sequence[str]) -> str:
    """A word with the flag that it is the only beginning of, else as it is."""
    flag, equals, value = word.partition("=")
    found = [one for one in flags if one.startswith(flag)]
    if not flag.startswith("--") or flag == "--" or flag in flags or len(found) != 1:
        return word
    return f"{found[0]}{equals}{value}"


def _flags(option: click.Parameter, ctx: click.Context) -> str:
    flags = ", ".join(sorted(option.opts, key=len))
    if not isinstance(option, click.Option) or option.is_flag or option.count:
        return flags
    return f"{flags} {option.metavar or option.type.name or option.opts[0][2:].upper()}"


def _described(param: click.Parameter) -> Text:
    """Its help, what may be chosen, and its default."""
    text = Text(param.help or "")
    meanings = param.type.meanings() if isinstance(param.type, Kind) else {}
    if meanings and not any(meanings.values()):
        text.append(f": {', '.join(meanings)}")
    default = getattr(param, "show_default", None)
    if isinstance(default, str):
        text.append(f" [{default}]", style="dim")
    for word, meaning in meanings.items():
        if meaning:
            text.append(f"\n{word}", style="cyan").append(f": {meaning}")
    return text


def _rendered(ctx: click.Context, rows: Rows) -> str:
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    with console.capture() as captured:
        for part in _page(ctx, rows):
            console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _page(ctx: click.Context, rows: Rows) -> Iterator[RenderableType]:
    command = ctx.command
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield Text.assemble(("Usage: ", "bold"), usage, f"\n\n{command.help}")
    width = min(max(len(name) for several in rows.values() for name, _ in several), WIDEST_NAME)
    rows["Options"] = rows.pop("Options")  # behind what it is about
    for group, several in rows.items():
        table = Table.grid(padding=(0, 2))
        table.add_column(style="cyan", width=width)
        table.add_column(overflow="fold")
        for name, text in several:
            table.add_row(name, text)
        yield Text(f"\n{group}", style="bold")
        yield Padding(table, (0, 0, 0, 2))
    if command.epilog:
        yield Text(f"\n{command.epilog}")
