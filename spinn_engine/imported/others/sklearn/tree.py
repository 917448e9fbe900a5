"""What skops writes: ``schema.json``, a tree of nodes, and ``NUMBER.npy`` for every array.

A node says of which class it is; no class is looked up. Source of the layout: skops/io, protocol 2.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.others.arrays import read_npy
from spinn_engine.imported.others.packed import Packed
from spinn_engine.words import shown

STRANGE = "its schema is not as skops writes it, copy the file again"
DEEPEST = 64

Node = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Thing:
    """An object that was not made.

    Attributes:
        kind: its class or, of a function, its name; with the module.
        attributes: nodes by name.
    """

    kind: str
    attributes: Mapping[str, Node]

    @property
    def name(self) -> str:
        """Its class without the module."""
        return self.kind.rpartition(".")[2]


@dataclass
class Tree:
    """The file.

    Attributes:
        packed: its arrays.
        dtypes: of the numbers that were read.
    """

    packed: Packed
    dtypes: set[str] = field(default_factory=set)

    def value(self, node: object, depth: int = 0) -> object:
        """What a node stands for: a plain value, a list, a thing; an array stays a node.

        Raises:
            CorruptArtifactError: it is not as skops writes it.
        """
        if not isinstance(node, dict) or depth > DEEPEST:
            raise CorruptArtifactError(STRANGE)
        kind, content = f"{node.get('__module__')}.{node.get('__class__')}", node.get("content")
        loader = node.get("__loader__")
        if loader == "JsonNode" and isinstance(content, str):
            return _json(content)
        if loader in ("ListNode", "TupleNode") and isinstance(content, list):
            return [self.value(one, depth + 1) for one in content]
        if loader == "NdArrayNode":
            if isinstance(content, list):
                return [self.value(one, depth + 1) for one in content]
            return node
        if loader == "ObjectNode" and isinstance(content, dict):
            named = content.get("content")
            return Thing(kind, named if isinstance(named, dict) else {})
        return Thing(kind, {})

    def of(self, thing: Thing, name: str) -> object:
        """An attribute of a thing; None where it has none."""
        return self.value(thing.attributes[name]) if name in thing.attributes else None

    def array(self, node: object, name: str) -> Floats:
        """The numbers of an array's node.

        Raises:
            BadInputError: it is none of numbers.
            CorruptArtifactError: it is not there, or damaged.
        """
        file = node.get("file") if isinstance(node, dict) else None
        if not isinstance(file, str):
            raise CorruptArtifactError(f"{shown(name)} is no array, copy the file again")
        data = self.packed.read(file)
        values = read_npy(io.BytesIO(data), len(data), name)
        if values.dtype.kind == "f":
            self.dtypes.add(str(values.dtype))
        return values.astype(np.float64)

    def numbers(self, thing: Thing, name: str) -> Floats:
        """An attribute that is an array.

        Raises:
            BadInputError: the thing was not fitted.
            CorruptArtifactError: it is no array.
        """
        if name not in thing.attributes:
            raise BadInputError(f"its {shown(thing.name)} was not fitted before it was saved")
        return self.array(self.value(thing.attributes[name]), f"{name} of {thing.name}")


def _json(text: str) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        raise CorruptArtifactError(STRANGE) from None
    return found
