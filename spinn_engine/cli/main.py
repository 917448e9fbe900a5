"""The command line: ``spinn COMMAND`` or ``python -m spinn_engine COMMAND``; ``--help`` lists them.

Exit code 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C. With ``--json`` stdout holds one
JSON object, and nothing else; errors are one line on stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spinn_engine.cli.stopping import STOPPED, Listener, Stopped

if TYPE_CHECKING:
    import click


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code.

    Args:
        words: by default those of the process, which then listens to Ctrl-C and ends with it.
    """
    listener = Listener()
    if words is None:
        listener.start()
    try:
        code = _main(words)
        sys.stdout.flush()
        listener.check()
    except BrokenPipeError:  # who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Stopped:
        listener.close()
        sys.stderr.write(f"{Stopped.sentence}\n")
        return STOPPED
    listener.close()
    return code


def _main(words: Sequence[str] | None) -> int:
    import click  # here, for Ctrl-C to be listened to before much is imported
    from rich.markup import escape

    from spinn_engine.cli.commands import COMMANDS
    from spinn_engine.cli.console import ERRORS, PROGRAM
    from spinn_engine.errors import BadInputError, SpinnError

    try:
        return COMMANDS.main(words, PROGRAM, standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        ERRORS.print(escape(_complaint(error, PROGRAM)))
        return 2
    except SpinnError as error:
        ERRORS.print(escape(str(error)), style="red")
        return 2 if isinstance(error, BadInputError) else 1
    except click.Abort as error:
        raise Stopped from error


def _complaint(error: click.UsageError, program: str) -> str:
    """What is wrong with the words, in one line."""
    command = error.ctx.command_path if error.ctx else program
    message = error.format_message()
    param = getattr(error, "param", None)
    if param and error.message:
        message = f"{param.opts[0]}: {error.message}"
    return f"{command}: {' '.join(message.split())} ('{command} --help' shows the options)"
