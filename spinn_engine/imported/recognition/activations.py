"""Which activation a file names, in text, in a class, or in a function."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.values import Named, Record
from spinn_engine.spec import Activation
from spinn_engine.vocabulary import ACTIVATIONS
from spinn_engine.words import shown, shown_list

OTHER_NAMES = {"swish": "silu", "leakyrelu": "leaky_relu"}
USUAL: dict[
    str, dict[str, float | str]
] = {  # what torch gives an activation where nobody says otherwise; other values are refused
    "gelu": {"approximate": "none"},
    "elu": {"alpha": 1.0},
    "leakyrelu": {"negative_slope": 0.01},
    "softplus": {"beta": 1.0, "threshold": 20.0},
}
NOTHING = ("linear", "identity", "none", "")
KEYS = (
    "activation", "activations", "activation_fn", "activation_function", "activation_func",
    "activation_name", "activation_type", "act", "acts", "act_fn", "act_func", "actfn",
    "nonlinearity", "non_linearity", "hidden_activation", "hidden_act",
)  # fmt: skip
OUTPUT_KEYS = (
    "output_activation", "out_activation", "final_activation", "last_activation", "out_act",
    "output_act", "final_act", "activation_out", "activation_output",
)  # fmt: skip
LONGEST_TEXT, MOST_LISTED = 64, 128
PRINTED = re.compile(r"(\w+)\((\w+=[\d.]+(?:, \w+=[\d.]+)*)\)")
CALLED = re.compile(r"(?:\w+\.)*(\w+)(?:\((?:inplace=(?:True|False))?\))?")


def name_of(value: object) -> str | None:
    """The name of an activation as it may be stored, in small letters; None if this is none.

    Text (``nn.Tanh()``), a class, a module, a function, or a list in which all are the same.
    """
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return shown(value)
    if isinstance(value, str):
        found = CALLED.fullmatch(value.strip()) or _as_printed(value.strip())
        return (found.group(1) if found else value.strip()).lower()
    if isinstance(value, Named):
        return value.name.lower()
    if isinstance(value, Record):
        return _of_record(value)
    if isinstance(value, (list, tuple)) and len(value) <= MOST_LISTED:
        names = [None if isinstance(one, (list, tuple)) else name_of(one) for one in value]
        while names and names[-1] in NOTHING:
            names.pop()
        return names[0] if names and len(set(names)) == 1 else None
    return None


def _as_printed(text: str) -> re.Match[str] | None:
    """A module as torch prints it, where its arguments are the usual ones."""
    found = PRINTED.fullmatch(text)
    if found is None:
        return None
    given = dict(pair.split("=") for pair in found[2].replace(" ", "").split(","))
    usual = USUAL.get(found[1].lower(), {})
    return found if all(usual.get(key) == float(value) for key, value in given.items()) else None


def _of_record(record: Record) -> str | None:
    if record.kind.name == "getattr" and record.arguments:
        found = record.arguments[-1]
        return shown(found).lower() if isinstance(found, str) else None
    if not record.kind.module.startswith("torch.nn.modules.activation"):
        return None
    name, has = record.kind.name.lower(), record.attributes()
    other = [
        f"{key}={shown(has[key])}"
        for key, usual in USUAL.get(name, {}).items()
        if key in has and has[key] != usual
    ]
    return f"{name} ({', '.join(other)})" if other else name


def is_key(key: str) -> bool:
    """Whether an activation may stand under a name."""
    return len(key) <= LONGEST_TEXT and key.lower() in KEYS + OUTPUT_KEYS


@dataclass(eq=False)
class NamedActivations:
    """Names of activations that a file gives: between layers, and after the last one."""

    hidden: set[str] = field(default_factory=set)
    output: set[str] = field(default_factory=set)

    def note(self, key: str, value: object) -> None:
        """Take in a value that stands under a name."""
        if is_key(key) and (name := name_of(value)) is not None:
            (self.hidden if key.lower() in KEYS else self.output).add(name)

    def refuse_outputs(self) -> None:
        """Refuse an activation that is named for after the last layer.

        Raises:
            BadInputError: there is one.
        """
        for name in self.output:
            refuse_output(name)

    def agreed(self) -> Activation | None:
        """The activation that all names between layers agree on; None without a name.

        Raises:
            BadInputError: they differ, it is one that this project does not know, or there is
                one after the last layer.
        """
        self.refuse_outputs()
        return _one({OTHER_NAMES.get(name, name) for name in self.hidden})


def refuse_output(name: str) -> None:
    """Refuse an activation after the last layer.

    Raises:
        BadInputError: it is one that does something.
    """
    if name not in NOTHING:
        raise BadInputError(
            f"it has the activation {shown(name)} after its last layer, where a regressor has none"
        )


def refuse_unknown(name: str) -> NoReturn:
    """Refuse an activation that this project does not know.

    Raises:
        BadInputError: always.
    """
    known = ", ".join(ACTIVATIONS)
    raise BadInputError(f"its activation is {shown(name)}, those that can be read are {known}")


def _one(names: set[str]) -> Activation | None:
    if not names:
        return None
    for name in sorted(names):
        if name not in ACTIVATIONS:
            refuse_unknown(name)
    if len(names) > 1:
        raise BadInputError(
            f"it names several activations, {shown_list(sorted(names))}: the same must stand after "
            "every hidden layer"
        )
    return names.pop()
