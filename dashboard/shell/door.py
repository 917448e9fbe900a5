"""Who is let in: this dashboard's own pages, under the names that it answers to.

A page of any site may ask a browser to speak to ``http://localhost:8501``, and the name of any site
may be made to lead there. What a browser says of itself tells them apart: ``Host`` is the name that
was asked for, ``Origin`` the page that asks (RFC 6454), ``Sec-Fetch-*`` what for (Fetch Metadata).
Streamlit's own ``server.allowedHosts`` is for a websocket alone, where it takes every local origin.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard.people import login
from spinn_engine.errors import BadInputError

METRICS = "/_stcore/metrics"
READING = ("GET", "HEAD")
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")

OTHER_NAME = (
    "This dashboard does not answer under this name. Whoever runs it can name its host in "
    "SPINN_HOSTS (docs/deploy.md)."
)
OTHER_PAGE = "This dashboard takes this from its own pages alone."
CLOSED = "Where people log in, this is closed."


class Door:
    """Stands before all of Streamlit's routes, and refuses with a 403 and a sentence."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif (why := refusal(scope, self.names)) is not None:
            await PlainTextResponse(why, 403)(scope, receive, send)
        else:
            await self.app(scope, receive, _unframed(send))


def refusal(scope: Scope, names: Iterable[str]) -> str | None:
    """Why a request or websocket is not let in; None where it is.

    Args:
        scope: of ASGI, ``http`` or ``websocket``.
        names: the hosts, besides this machine's own, that the dashboard answers to.
    """
    headers = Headers(scope=scope)
    host = _address(f"//{headers.get('host', '')}")
    if host is None or not (is_loopback(host.hostname or "") or _bare(host) in names):
        return OTHER_NAME
    if not _from_own_page(scope, headers, host):
        return OTHER_PAGE
    if scope["path"].rstrip("/").endswith(METRICS) and _people_log_in():
        return CLOSED
    return None


def _from_own_page(scope: Scope, headers: Headers, host: SplitResult) -> bool:
    """Whether a page of this address asks, or a program or a link that only reads."""
    if "origin" in headers:
        origin = _address(headers["origin"])
        return origin is not None and origin.scheme in PORTS and _same(origin, host)
    if scope["type"] == "websocket" or scope["method"] not in READING:
        return False
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        kind = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
        return kind == ("navigate", "document")
    return True


def _same(origin: SplitResult, host: SplitResult) -> bool:
    usual = PORTS[origin.scheme]
    return (_bare(origin), origin.port or usual) == (_bare(host), host.port or usual)


def _address(text: str) -> SplitResult | None:
    """The parts of an address that is a host and a port; None where it is anything else."""
    try:
        found = urlsplit(text)
        found.port  # noqa: B018 - it raises where it is no number
    except ValueError:
        return None
    more = found.path or found.query or found.fragment or "@" in found.netloc
    return None if more or not found.hostname else found


def _bare(address: SplitResult) -> str:
    return (address.hostname or "").rstrip(".")


def _unframed(send: Send) -> Send:
    """Forbid pages of others to show this one in a frame, where a click may be led astray."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Content-Security-Policy"] = "frame-ancestors 'self'"
        await send(message)

    return sent


def _people_log_in() -> bool:
    try:
        return login.is_on()
    except StreamlitSecretNotFoundError:
        return True  # nobody gets in


def is_loopback(host: str) -> bool:
    """Whether a name or address of a host is this machine's own, seen from itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def named_hosts() -> frozenset[str]:
    """The hosts in ``SPINN_HOSTS``, lower case.

    Raises:
        BadInputError: one is no name and no address of a host.
    """
    words = os.environ.get("SPINN_HOSTS", "").split(",")
    found = {word.strip().lower().rstrip(".") for word in words if word.strip()}
    for host in found:
        if not (NAME.fullmatch(host) or _is_ip(host)):
            raise BadInputError(
                f"SPINN_HOSTS holds {host!r}: it has to be names of hosts, without scheme, port or "
                "path and with commas between, as spinn.example.org,10.0.0.5"
            )
    return frozenset(found)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def say_who_gets_in(names: frozenset[str]) -> None:
    """Say in the log what it means that others reach this dashboard and nobody has to log in."""
    address = st.get_option("server.address") or "every interface"
    if (is_loopback(address) and not names) or _people_log_in():
        return
    logging.getLogger(__name__).warning(
        "Nobody has to log in here: whoever reaches this dashboard can start, stop and delete "
        "every run, and read data files that its user can read. It listens on %s and answers to %s "
        "(SPINN_HOSTS); docs/deploy.md, section 5, says how people log in.",
        address,
        ", ".join(["localhost", *sorted(names)]),
    )
