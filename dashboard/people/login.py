"""Log-in, switched on by an ``[auth]`` section in ``.streamlit/secrets.toml``."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from spinn_engine import api
from spinn_engine.errors import BadInputError


def is_on() -> bool:
    """Whether people have to log in.

    Raises:
        StreamlitSecretNotFoundError: the secrets are there, and cannot be read.
    """
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError as error:
        if error.error_id == "no-secrets-found":
            return False
        raise


def visitor() -> api.Owner | None:
    """Who is logged in, told apart by what the provider never gives to another one.

    That is its own address and the subject (OpenID Connect Core 1.0, section 5.7); names and
    addresses of mail may change hands.
    """
    issuer, subject = _claim("iss"), _claim("sub")
    if not (is_on() and st.user.get("is_logged_in", False) and issuer and subject):
        return None
    return api.Owner(f"{issuer} {subject}", name())


def is_admin() -> bool:
    """Whether the visitor is one of the admins: by identity, or by an e-mail that was verified."""
    who = visitor()
    if who is None:
        return False
    mail = _claim("email").casefold() if st.user.get("email_verified") is True else ""
    listed = admins()
    return who.id in listed or (mail != "" and mail in {one.casefold() for one in listed})


def admins() -> list[str]:
    """``admins`` in the section ``[access]`` of the secrets; nobody where it is not there.

    Raises:
        BadInputError: it is no list of words.
    """
    access: Any = st.secrets.get("access", {})
    found: Any = access.get("admins", []) if hasattr(access, "get") else None
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise BadInputError(
            "the secrets of this dashboard are wrong: admins in [access] has to be a list of "
            'e-mail addresses, as ["ann@example.org"]'
        )
    return list(found)


def name() -> str:
    """What the visitor is called."""
    return _claim("name") or _claim("email") or "Logged in"


def _claim(key: str) -> str:
    """What the provider says of the visitor; empty where it says nothing."""
    value = st.user.get(key)
    return value if isinstance(value, str) else ""
