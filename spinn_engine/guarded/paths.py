"""What a path names: a plain file, or what would hang or never end if it were read."""

from __future__ import annotations

import stat
from pathlib import Path

from spinn_engine.errors import BadInputError

KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_plain_file(path: Path, what: str = "file") -> None:
    """Refuse what is no plain file before it is opened; a link counts as what it leads to.

    Args:
        path: as it was given.
        what: the kind of file that is wanted, for the message.

    Raises:
        BadInputError: there is no such file, it is of another kind, or it cannot be looked at.
    """
    if kind := other_kind(path, what):
        raise BadInputError(f"{path}: it is {kind}: name a {what}")


def other_kind(path: Path, what: str = "file") -> str | None:
    """What a path names where that is no plain file; None for a plain file.

    Raises:
        BadInputError: there is no such file, or it cannot be looked at.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise BadInputError(f"{path}: there is no such {what}") from None
    except (OSError, ValueError) as error:  # a name with a zero byte is a ValueError
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise BadInputError(f"{path}: cannot be read: {reason}") from None
    return next((name for is_kind, name in KINDS if is_kind(mode)), None)
