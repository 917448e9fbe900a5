"""What a visitor may do: with log-in on, a run is its owner's and the admins'.

Buttons ask before they are drawn, and again when they are pressed: what a browser sends is no proof
that it was offered.
"""

from __future__ import annotations

from dashboard.people import login
from spinn_engine import api
from spinn_engine.errors import BadInputError

ADMINS = "Only an admin may do this (docs/deploy.md says who is one)."
NOBODYS = (
    "This run was not started by anybody who had logged in: only an admin may change or delete it."
)


def refusal(*owners: api.Owner | None) -> str | None:
    """Why this visitor may not change what belongs to these people; None if they may.

    A run without an owner, made on the command line or before there was log-in, is the admins'.
    """
    if not login.is_on():
        return None
    who = login.visitor()
    if login.is_admin() or (who and who.id in {owner.id for owner in owners if owner}):
        return None
    names = list(dict.fromkeys(owner.name for owner in owners if owner))
    return f"Only {' or '.join(names)} or an admin may do this." if names else NOBODYS


def refusal_unless_admin() -> str | None:
    """Why this visitor may not do what concerns everybody; None if they may."""
    return ADMINS if login.is_on() and not login.is_admin() else None


def owner_of(run_id: str) -> api.Owner | None:
    """Whose run it is, as the store says now; a run that is gone is nobody's."""
    try:
        return api.owner(run_id)
    except BadInputError:
        return None


def check(refused: str | None) -> None:
    """Go no further where the visitor may not.

    Raises:
        BadInputError: with the reason.
    """
    if refused is not None:
        raise BadInputError(refused)


def check_run(run_id: str) -> None:
    """Go no further unless this visitor may change a run.

    Raises:
        BadInputError: they may not.
        SpinnError: the store cannot be used.
    """
    if login.is_on():
        check(refusal(owner_of(run_id)))


def by_name(owner: api.Owner | None) -> str:
    """`` by NAME``, where somebody had logged in."""
    return f" by {owner.name}" if owner else ""
