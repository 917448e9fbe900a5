"""A graph while it is drawn: its operations, their numbers, and which dimensions are one.

What is added or multiplied column by column shares its dimension, so that it is pruned together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spinn_engine.graph.ops import INPUTS, AnyOperation, Dims
from spinn_engine.imported.programs.drawing.dimensions import Dimensions
from spinn_engine.imported.programs.meaning.nodes import Floats, Node

Arrays = dict[str, Floats]


@dataclass(frozen=True)
class Plan:
    """How an expression becomes an operation.

    Attributes:
        needs: expressions that must be drawn before.
        make: draws it; gives the name of its value, or an expression to draw instead.
    """

    needs: Sequence[Node]
    make: Callable[[], str | Node]


@dataclass
class Drawing:
    """A graph while it is drawn.

    Attributes:
        copies: whether the inputs' columns get a dimension of their own, as they are joined with
            others.
        ops: what is drawn already.
        arrays: the numbers of that, in double precision.
        dims: by value, the dimensions of its columns.
        shared: which dimensions are one.
        made: by the id of an expression, its value.
        uses: by the id of an expression, how many others take it.
        users: by the id of an expression, the operations of those.
    """

    copies: bool = False
    ops: list[AnyOperation] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)
    dims: dict[str, Dims] = field(default_factory=lambda: {INPUTS: (INPUTS,)})
    shared: Dimensions = field(default_factory=Dimensions)
    made: dict[int, str] = field(default_factory=dict)
    uses: Counter[int] = field(default_factory=Counter)
    users: dict[int, set[str]] = field(default_factory=dict)
    _counted: dict[int, Node] = field(default_factory=dict)  # which keeps them, and so their ids
    _names: set[str] = field(default_factory=lambda: {INPUTS})

    def count(self, root: Node) -> None:
        """Learn what takes what, of an expression that is to be drawn."""
        waiting = [root]
        while waiting:
            one = waiting.pop()
            if id(one) in self._counted:
                continue
            self._counted[id(one)] = one
            for part in one.nodes:
                self.uses[id(part)] += 1
                self.users.setdefault(id(part), set()).add(one.op)
                waiting.append(part)

    def value(self, node: Node) -> str:
        """The value of an expression that is drawn already."""
        return self.made[id(node)]

    def name(self, wanted: str, kind: str) -> str:
        """A name that nothing else has: the one that is wanted, or that of a kind and a number."""
        base = re.sub(r"[^A-Za-z0-9_.]", "_", wanted)[:80].strip(".")
        found, number = base or f"{kind}_1", 1
        while found in self._names:
            number += 1
            found = f"{base or kind}_{number}"
        self._names.add(found)
        return found

    def add(self, op: AnyOperation, dims: Dims) -> str:
        """Draw an operation; the name of its value."""
        self.ops.append(op)
        self.dims[op.name] = dims
        return op.name
