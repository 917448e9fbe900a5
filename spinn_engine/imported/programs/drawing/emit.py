"""From an expression to a graph: operations, their numbers, and which dimensions are one.

What is added or multiplied column by column shares its dimension, so that it is pruned together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import MOST_OPERATIONS, Graph
from spinn_engine.graph.ops import (
    INPUTS,
    ONE,
    AnyOperation,
    Concat,
    Dense,
    Dims,
    Function,
    LayerNorm,
    Prelu,
    Product,
    Scale,
    Select,
    Sum,
)
from spinn_engine.imported.programs.drawing.dimensions import Dimensions
from spinn_engine.imported.programs.drawing.identify import Found, identified
from spinn_engine.imported.programs.meaning.nodes import Floats, Node, concat, select
from spinn_engine.vocabulary import FUNCTIONS

Arrays = dict[str, Floats]
PLAIN, NOTHING = np.asarray(1.0), np.asarray(0.0)
WEIGHT = re.compile(r"(\.parametrizations)?\.?weight(\.original\d*|_v|_g)?$")


@dataclass
class Plan:
    """How an expression becomes an operation.

    Attributes:
        needs: expressions that must be there before.
        make: makes it; what it gives is the name of its value, or an expression to make instead.
    """

    needs: Sequence[Node]
    make: Callable[[], str | Node]


@dataclass
class Emitting:
    """A graph while it is made.

    Attributes:
        copies: whether the inputs' columns get a dimension of their own, as they are joined with
            others.
    """

    copies: bool = False
    ops: list[AnyOperation] = field(default_factory=list)
    arrays: Arrays = field(default_factory=dict)
    dims: dict[str, Dims] = field(default_factory=dict)
    shared: Dimensions = field(default_factory=Dimensions)
    made: dict[int, str] = field(default_factory=dict)
    uses: Counter[int] = field(default_factory=Counter)
    users: dict[int, list[Node]] = field(default_factory=dict)
    keep: list[Node] = field(default_factory=list)  # alive, as they are known by their ids
    names: set[str] = field(default_factory=lambda: {INPUTS})

    def run(self, root: Node, inputs: int) -> None:
        """Make all operations that an expression takes, and it last."""
        self._count(root)
        self.shared.widths[INPUTS] = inputs
        stack, plans = [root], dict[int, Plan]()
        while stack:
            one = stack[-1]
            if id(one) in self.made:
                stack.pop()
                continue
            if len(self.ops) > MOST_OPERATIONS:
                raise BadInputError(f"it has more than {MOST_OPERATIONS:,} operations")
            if id(one) not in plans:
                plans[id(one)] = self._plan(one)
                self.keep.append(one)
            plan = plans[id(one)]
            if missing := [need for need in plan.needs if id(need) not in self.made]:
                stack.extend(reversed(missing))
                continue
            made = plan.make()
            if isinstance(made, Node):
                plans[id(one)] = Plan([made], lambda made=made: self.made[id(made)])  # type: ignore[misc]
            else:
                self.made[id(one)] = made

    def _count(self, root: Node) -> None:
        seen, waiting = {id(root)}, [root]
        while waiting:
            one = waiting.pop()
            for part in one.nodes:
                self.uses[id(part)] += 1
                self.users.setdefault(id(part), []).append(one)
                if id(part) not in seen:
                    seen.add(id(part))
                    waiting.append(part)

    def _plan(self, node: Node) -> Plan:
        direct = {
            "input": self._input,
            "matmul": self._dense,
            "affine": self._affine,
            "select": self._select,
            "concat": self._concat,
            "norm": self._norm,
            "mean": self._mean,
        }
        if node.op in direct:
            return direct[node.op](node)
        if node.op == "prelu" and isinstance(node.taken[1], np.ndarray):
            return self._prelu(node, node.nodes[0], node.taken[1])
        if node.op in FUNCTIONS and node.op != "square":
            return self._function(
                node, node.nodes[0], node.op, node.given.get("options", {}).get("slope")
            )
        return self._composed(node)

    def _composed(self, node: Node) -> Plan:
        """What is a function by its values, or else a sum or product of its parts."""
        found = identified(node)
        if found is None:
            return self._of_parts(node)
        if found.kind == "norm":
            return self._found_norm(node, found, np.asarray(1.0), np.asarray(0.0))
        if found.kind == "prelu":
            assert isinstance(found.slope, np.ndarray)
            return self._prelu(node, found.base, found.slope)
        slope = found.slope
        assert not isinstance(slope, np.ndarray)
        return self._function(node, found.base, found.function, slope)

    def _of_parts(self, node: Node) -> Plan:
        if node.op in ("sum", "product"):
            return Plan(node.nodes, lambda: self._alike(node))
        if node.op == "square":
            return self._function(node, node.nodes[0], "square", None)
        raise BadInputError(
            f"it has the operation {node.where}, which is no part of a function that is known here"
        )

    def _input(self, node: Node) -> Plan:
        if not self.copies:
            self.dims[INPUTS] = (INPUTS,)
            return Plan((), lambda: INPUTS)

        def make() -> str:
            dim = self.shared.new("columns", node.width)
            self.dims[INPUTS] = (INPUTS,)
            op = Select(name="columns", inputs=(INPUTS,), columns=tuple(range(node.width)), dim=dim)
            return self._add(op, (dim,))

        return Plan((), make)

    def _dense(self, node: Node) -> Plan:
        return self._layer(node, PLAIN, NOTHING, bias=False)

    def _layer(self, node: Node, scale: Floats, shift: Floats, bias: bool) -> Plan:
        """A product with a matrix, and what its columns are multiplied by and added to."""
        (x, weight) = node.taken
        assert isinstance(x, Node)
        assert isinstance(weight, np.ndarray)
        trained, factor = self._is_trained(node), 1.0
        if not trained and x.op == "affine" and self._is_factor(x):
            factor, x = float(x.taken[1]), x.nodes[0]  # type: ignore[arg-type]

        def make() -> str:
            name = self._name(WEIGHT.sub("", node.given.get("name", "")), "layer")
            dim = self.shared.new(f"of_{name}", node.width)
            op = Dense(name=name, inputs=(self.made[id(x)],), dim=dim, bias=bias, trained=trained)
            self.arrays[f"{name}.weight"] = weight * factor * scale
            if bias:
                self.arrays[f"{name}.bias"] = np.broadcast_to(shift, (node.width,)).copy()
            return self._add(op, (dim,))

        return Plan((x,), make)

    def _is_trained(self, node: Node) -> bool:
        """Whether a matrix is learned: where no file tells, all are but that of Fourier features."""
        if node.given["trained"] is not None:
            return bool(node.given["trained"])
        users = {one.op for one in self.users.get(id(node), [])}
        return users != {"sin", "cos"}

    @staticmethod
    def _is_factor(node: Node) -> bool:
        scale, shift = node.taken[1:]
        assert isinstance(scale, np.ndarray)
        return scale.ndim == 0 and not np.any(shift)

    def _affine(self, node: Node) -> Plan:
        scale, shift, base = PLAIN, NOTHING, node
        trained = added = False
        while base.op == "affine" and (base is node or self.uses[id(base)] == 1):
            _, a, c = base.taken
            assert isinstance(a, np.ndarray)
            assert isinstance(c, np.ndarray)
            scale, shift = scale * a, scale * c + shift
            added = added or c.ndim > 0 or bool(c)
            trained = trained or bool(base.given.get("trained"))
            base = base.nodes[0]
        alone = self.uses[id(base)] == 1
        if base.op == "matmul" and alone:
            return self._layer(base, scale, shift, bias=added)
        if base.width < node.width:
            return self._spread(node, base, scale, shift)
        if alone and base.width > 1 and trained:
            if base.op == "norm":
                return self._norm(base, scale, shift)
            found = None if base.op in ("input", "select", "concat") else identified(base)
            if found is not None and found.kind == "norm":
                return self._found_norm(base, found, scale, shift)
        return self._scale(node, base, scale, shift)

    def _spread(self, node: Node, base: Node, scale: Floats, shift: Floats) -> Plan:
        """One column as many, each multiplied and added to in its own way."""
        weight = np.broadcast_to(scale, (1, node.width))
        given = {"trained": False, "name": "spread"}
        whole = Node("matmul", (base, weight), node.width, node.where, given)
        return self._layer(whole, PLAIN, shift, bias=bool(np.any(shift)))

    def _scale(self, node: Node, base: Node, scale: Floats, shift: Floats) -> Plan:
        def make() -> str:
            name, taken = self._name("", "scale"), self.made[id(base)]
            self.arrays[f"{name}.scale"] = np.broadcast_to(scale, (node.width,)).copy()
            self.arrays[f"{name}.shift"] = np.broadcast_to(shift, (node.width,)).copy()
            return self._add(Scale(name=name, inputs=(taken,)), self.dims[taken])

        return Plan((base,), make)

    def _select(self, node: Node) -> Plan:
        def make() -> str:
            name = self._name("", "columns")
            dim = self.shared.new(f"of_{name}", node.width)
            taken = self.made[id(node.nodes[0])]
            op = Select(name=name, inputs=(taken,), columns=node.given["columns"], dim=dim)
            return self._add(op, (dim,))

        return Plan(node.nodes, make)

    def _concat(self, node: Node) -> Plan:
        def make() -> str:
            taken = tuple(self.made[id(one)] for one in node.nodes)
            if len(taken) > 64:
                raise BadInputError(f"{node.where} joins {len(taken)} values: at most 64 are read")
            dims = tuple(dim for name in taken for dim in self.dims[name])
            return self._add(Concat(name=self._name("", "concat"), inputs=taken), dims)

        return Plan(node.nodes, make)

    def _mean(self, node: Node) -> Plan:
        """The mean of all columns, which is a fixed map."""
        width = node.nodes[0].width
        given = {"trained": False, "name": "mean"}
        weight = np.full((width, 1), 1 / width)
        whole = Node("matmul", (node.nodes[0], weight), 1, node.where, given)
        return self._layer(whole, PLAIN, NOTHING, bias=False)

    def _norm(self, node: Node, scale: Floats | None = None, shift: Floats | None = None) -> Plan:
        def make() -> str:
            name, taken = self._name("", "norm"), self.made[id(node.nodes[0])]
            if scale is not None and shift is not None:
                self.arrays[f"{name}.weight"] = np.broadcast_to(scale, (node.width,)).copy()
                self.arrays[f"{name}.bias"] = np.broadcast_to(shift, (node.width,)).copy()
            op = LayerNorm(
                name=name, inputs=(taken,), eps=node.given["eps"], affine=scale is not None
            )
            return self._add(op, self.dims[taken])

        return Plan(node.nodes, make)

    def _found_norm(self, node: Node, found: Found, scale: Floats, shift: Floats) -> Plan:
        core = Node("norm", (found.base,), node.width, node.where, {"eps": found.eps})
        if found.scale is not None:
            scale = scale * found.scale
        if scale.ndim == 0 and shift.ndim == 0 and scale == 1 and shift == 0:
            return self._norm(core)
        return self._norm(core, scale, shift)

    def _prelu(self, node: Node, base: Node, slope: Floats) -> Plan:
        def make() -> str:
            name, taken = self._name("", "prelu"), self.made[id(base)]
            shared = slope.size == 1
            self.arrays[f"{name}.weight"] = slope.reshape(1) if shared else slope
            return self._add(Prelu(name=name, inputs=(taken,), shared=shared), self.dims[taken])

        return Plan((base,), make)

    def _function(self, node: Node, base: Node, function: str, slope: float | None) -> Plan:
        factor = 1.0
        if base.op == "affine" and self._is_factor(base):
            factor, base = float(base.taken[1]), base.nodes[0]  # type: ignore[arg-type]
        slope = None if slope == FUNCTIONS[function].slope else slope

        def make() -> str:
            taken = self.made[id(base)]
            op = Function(
                name=self._name("", function),
                inputs=(taken,),
                function=function,
                factor=factor,
                slope=slope,
            )
            return self._add(op, self.dims[taken])

        return Plan((base,), make)

    def _alike(self, node: Node) -> str | Node:
        """A sum or a product; where dimensions lie otherwise, one for each part of the columns."""
        taken = [self.made[id(one)] for one in node.nodes]
        wide = [
            name for name, one in zip(taken, node.nodes, strict=True) if one.width == node.width
        ]
        if parts := self.shared.common([self.dims[name] for name in wide]):
            return _by_parts(node, parts)
        dims = self.dims[wide[0]]
        for name in wide[1:]:
            self.shared.unite(dims, self.dims[name])
        for name in taken:
            if name not in wide:
                self.shared.unite(self.dims[name], ONE)
        if node.op == "product":
            return self._add(Product(name=self._name("", "product"), inputs=tuple(taken)), dims)
        signs = node.given["signs"]
        signs = () if set(signs) == {1.0} else signs
        return self._add(Sum(name=self._name("", "sum"), inputs=tuple(taken), signs=signs), dims)

    def _name(self, wanted: str, kind: str) -> str:
        """A name that nothing else has."""
        base = re.sub(r"[^A-Za-z0-9_.]", "_", wanted)[:80].strip(".") or kind
        name, number = base, 1
        while name in self.names or (name == base and not wanted):
            name, number = f"{base}_{number}", number + 1
        self.names.add(name)
        return name

    def _add(self, op: AnyOperation, dims: Dims) -> str:
        self.ops.append(op)
        self.dims[op.name] = dims
        return op.name


def _by_parts(node: Node, widths: Sequence[int]) -> Node:
    """A sum or product as several of fewer columns, beside each other."""
    parts, start = [], 0
    for width in widths:
        columns = list(range(start, start + width))
        taken = [
            one if one.width == 1 and node.width > 1 else select(one, columns, node.where)
            for one in node.nodes
        ]
        parts.append(Node(node.op, tuple(taken), width, node.where, node.given))
        start += width
    return concat(parts, node.where)


def graph_of(root: Node, inputs: int) -> tuple[Graph, Arrays]:
    """The graph of an expression, and its numbers in double precision.

    Raises:
        BadInputError: it holds what no graph can.
    """
    made = Emitting()
    made.run(root, inputs)
    if made.shared.joins_inputs() or any(len(d) > 1 and INPUTS in d for d in made.dims.values()):
        made = Emitting(copies=True)
        made.run(root, inputs)
    return _finished(made, root)


def _finished(made: Emitting, root: Node) -> tuple[Graph, Arrays]:
    last = made.made[id(root)]
    if not made.ops or last == INPUTS:
        raise BadInputError("it gives its inputs as they are, there is no network in it")
    needed = {last}
    for op in reversed(made.ops):
        if op.name in needed:
            needed.update(op.inputs)
    ops = [op for op in made.ops if op.name in needed]
    end = next(at for at, op in enumerate(ops) if op.name == last)
    ops = [*ops[:end], *ops[end + 1 :], ops[end]]
    ops = [
        op.model_copy(update={"dim": made.shared.name(op.dim)})
        if isinstance(op, (Dense, Select))
        else op
        for op in ops
    ]
    names = _sequence(ops)
    ops = [
        op.model_copy(
            update={
                "name": names[op.name],
                "inputs": tuple(names.get(one, one) for one in op.inputs),
            }
        )
        for op in ops
    ]
    arrays = {
        f"{names[owner]}.{part}": array
        for (owner, _, part), array in (
            (name.rpartition("."), a) for name, a in made.arrays.items()
        )
        if owner in names
    }
    return _with_dimensions(ops, made.shared), arrays


def _sequence(ops: Sequence[AnyOperation]) -> dict[str, str]:
    """Names by old names: of a chain the numbers that ``torch.nn.Sequential`` gives."""
    before = [INPUTS, *(op.name for op in ops)]
    chain = all(op.inputs == (name,) for op, name in zip(ops, before, strict=False))
    return {op.name: str(at) if chain else op.name for at, op in enumerate(ops)}


def _with_dimensions(ops: Sequence[AnyOperation], shared: Dimensions) -> Graph:
    """The graph with its dimensions named and those found that may be pruned."""
    taken: dict[str, Dims] = {INPUTS: (INPUTS,)}
    fixed, learned = {INPUTS, *ONE}, dict[str, None]()
    for op in ops:
        taken[op.name] = op.gives([taken[name] for name in op.inputs])
        if isinstance(op, Select):
            fixed |= {*taken[op.inputs[0]], op.dim}
        if isinstance(op, Dense):
            if op.trained:
                learned[op.dim] = None
            else:
                fixed.add(op.dim)
    fixed |= {*taken[ops[-1].name]}
    prunable = [dim for dim in learned if dim not in fixed]
    final = {dim: f"hidden_{at + 1}" for at, dim in enumerate(prunable)}
    outputs = taken[ops[-1].name]
    if len(outputs) == 1 and outputs[0] not in (INPUTS, *ONE):
        final[outputs[0]] = "outputs"
    widths = {INPUTS: shared.widths[INPUTS]}
    for dims in taken.values():
        for dim in dims:
            widths.setdefault(final.get(dim, dim), shared.width(dim))
    renamed = [
        op.model_copy(update={"dim": final.get(op.dim, op.dim)})
        if isinstance(op, (Dense, Select))
        else op
        for op in ops
    ]
    return Graph(ops=tuple(renamed), widths=widths, prunable=tuple(final[d] for d in prunable))
