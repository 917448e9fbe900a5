"""What the docstrings of a spec's parts say of their fields: one text for options and widgets."""

from __future__ import annotations

import inspect
import re


def field_texts(part: type) -> dict[str, str]:
    """What the docstrings of a part and its bases say of each of its fields, without a full stop.

    Args:
        part: a part of a spec, such as ``DataSpec``.
    """
    found: dict[str, str] = {}
    for base in part.__mro__:
        _, _, listed = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
        for name, text in re.findall(r"^    (\w+): (.*(?:\n     +.*)*)", listed, re.MULTILINE):
            found.setdefault(name, " ".join(text.split()).replace("``", "").rstrip("."))
    return found
