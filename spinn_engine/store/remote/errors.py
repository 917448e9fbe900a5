"""What a file system on another machine complains of, as one sentence without credentials.

The messages of the libraries are never shown: they may hold keys. What is known by its kind or by
the server's code is told in our words, everything else by its kind alone.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from spinn_engine.errors import BadInputError, SpinnError, UnreachableError

KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")

_REFUSED = (
    f"the server does not accept the credentials: check {KEYS}, and AWS_SESSION_TOKEN if one is set"
)
_REGION = "its bucket is in another region: set AWS_DEFAULT_REGION to that one"
_BUSY = "the server is busy: try again later"
_BAD_NAME = "this cannot be the name of a bucket: correct SPINN_RESULTS (s3://BUCKET/FOLDER)"
# By the code in an answer of the server, or else by the kind of the exception.
_FAULTS = {
    "NoSuchBucket": "there is no such bucket: make it, or correct SPINN_RESULTS",
    "InvalidBucketName": _BAD_NAME,
    "ParamValidationError": _BAD_NAME,
    "InvalidAccessKeyId": _REFUSED,
    "SignatureDoesNotMatch": _REFUSED,
    "InvalidToken": _REFUSED,
    "ExpiredToken": _REFUSED,
    "RequestTimeTooSkewed": "this machine's clock is wrong: set it",
    "NoSuchKey": "a file in it was removed while it was read: try again",
    "PermanentRedirect": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "301": _REGION,
    "NoCredentialsError": f"no credentials were found: set {KEYS}",
    "PartialCredentialsError": f"only a part of the credentials was found: set {KEYS}",
    "SSLError": f"no secure connection can be made: check the http or https of {ENDPOINTS[0]}, and "
    "the server's certificate",
    "404": f"its endpoint is no S3 server: correct {ENDPOINTS[0]}",
}
_FORBIDDEN = {"AccessDenied", "AllAccessDisabled", "403", "PermissionError"}
_AWAY = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ProxyConnectionError",
    "HTTPClientError",
    "FSTimeoutError",
    "TimeoutError",
    "ConnectionError",
    "gaierror",
}
_BUSY_CODES = {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "500", "503"}


def code_of(error: BaseException) -> str | None:
    """The code in the server's answer that an exception comes from, e.g. ``NoSuchBucket``."""
    for one in (error, error.__cause__):
        answer: Any = getattr(one, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code"))
    return None


def without_credentials(url: str) -> str:
    """A URL that may be shown: no user, no password, no query."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("?")[0].partition("#")[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def fault(store: str, doing: str, error: Exception) -> SpinnError:
    """The one sentence for what went wrong.

    Args:
        store: the store's name, safe to show.
        doing: ``list``, ``read``, ``write`` or ``delete``.
        error: what the file system raised.
    """
    code = code_of(error)
    kinds = {code} if code else {kind.__name__ for kind in type(error).__mro__}
    known = next((_FAULTS[kind] for kind in kinds if kind in _FAULTS), None)
    if known:
        return BadInputError(f"the store {store} cannot be used: {known}")
    if kinds & _AWAY:
        return UnreachableError(
            f"the store {store} cannot be used: {_endpoint(store)} does not answer: check the "
            "network, and the endpoint if it is not Amazon's (AWS_ENDPOINT_URL_S3)"
        )
    if kinds & _BUSY_CODES:
        return UnreachableError(f"the store {store} cannot be used: {_BUSY}")
    if str(error).startswith("Invalid endpoint"):
        return BadInputError(
            f"the store {store} cannot be used: its endpoint is no URL: correct {ENDPOINTS[0]}"
        )
    if isinstance(error, OSError) and not code and error.strerror:  # a file here, or a mounted one
        what = f"{error.strerror}: {error.filename or 'a file of the copy of it here'}"
        return BadInputError(f"the store {store} cannot be used: {what}; mend that")
    if kinds & _FORBIDDEN:
        return BadInputError(
            f"the store {store} cannot be used: you may not {doing} there: ask for permission to "
            "list, read, write and delete"
        )
    return SpinnError(f"the store {store} cannot be used: {code or type(error).__name__}")


def _endpoint(store: str) -> str:
    """Who was asked: host and port of the endpoint that is set, else of the store's own URL."""
    given = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)
    if not store.startswith(("s3:", "s3a:")):
        return urlsplit(store).netloc or "its server"
    return "Amazon S3" if given is None else (urlsplit(given).netloc.rpartition("@")[2] or given)
