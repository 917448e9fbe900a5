"""The stack: S networks of one graph, held as ``[S, rows, columns]`` tensors and run together.

S = 1 is not a special case. Member s of the stack never sees another member's weights, rows or
gradient; batched matrix products only make many small networks cheaper than one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp, spread
from spinn_engine.graph.ops import INPUTS, Dense, Parameter
from spinn_engine.training.functions import last_uses, step_of

LEAST_ROWS = 8192  # that go through networks together, where there are as many
ACTIVATIONS_AT_ONCE = 2**21  # of one layer


class Stack(nn.Module):
    """S networks of one graph.

    Attributes:
        graph: what they are.
        learned: the parameters that are trained, each ``[S, rows, columns]``, in the graph's order.
        fixed: the others, in the same form.
    """

    def __init__(self, graph: Graph, tensors: Mapping[str, Tensor]) -> None:
        """Networks with these ``tensors`` ``[S, rows, columns]``, by the names of parameters."""
        super().__init__()
        self.graph = graph
        learned = [p for p in graph.parameters if p.trained]
        self.learned = nn.ParameterList([nn.Parameter(tensors[p.name]) for p in learned])
        fixed = [p for p in graph.parameters if not p.trained]
        self.fixed_names = tuple(f"fixed{at}" for at in range(len(fixed)))
        for name, one in zip(self.fixed_names, fixed, strict=True):
            self.register_buffer(name, tensors[one.name].detach())
        self._names = [p.name for p in (*learned, *fixed)]
        place = {name: at for at, name in enumerate(self._names)}
        self._steps = [
            (
                op.name,
                step_of(op),
                op.inputs,
                [place[p.name] for p in graph.parameters if p.name.rpartition(".")[0] == op.name],
                gone,
            )
            for op, gone in zip(graph.ops, last_uses(graph), strict=True)
        ]

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All parameters ``[S, rows, columns]``, trained or not, by name."""
        return dict(zip(self._names, self._all(), strict=True))

    def named_learned(self) -> list[tuple[str, nn.Parameter]]:
        """The parameters that are trained, with their names in the graph."""
        return list(zip(self._names, self.learned, strict=False))

    def _all(self) -> list[Tensor]:
        return [*self.learned, *(getattr(self, name) for name in self.fixed_names)]

    @property
    def size(self) -> int:
        """How many networks the stack holds (S)."""
        return int(self._all()[0].shape[0])

    @property
    def device(self) -> torch.device:
        """Where its tensors are."""
        return self._all()[0].device

    @property
    def weights(self) -> list[Tensor]:
        """The matrices that are trained, ``[S, in, out]``, in the graph's order."""
        tensors = self.tensors
        return [tensors[f"{op.name}.weight"] for op in self.graph.dense if op.trained]

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of what may be pruned."""
        return self.graph.hidden

    @torch.no_grad()
    def subset(self, members: Sequence[int]) -> Stack:
        """A copy of some of the networks, in the given order; one may stand in it twice."""
        index = list(members)
        copied = {name: one.detach()[index].clone() for name, one in self.tensors.items()}
        return Stack(self.graph, copied)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs ``[S, B, out]`` for standardised inputs ``[S, B, in]`` or shared ``[B, in]``."""
        if x.dim() == 2:
            x = x.expand(self.size, *x.shape)  # [S, B, in]
        values, tensors = {INPUTS: x}, self._all()
        for name, step, inputs, own, gone in self._steps:
            values[name] = step([values[i] for i in inputs], [tensors[at] for at in own])
            for used in gone:
                del values[used]
        return values[self.graph.ops[-1].name]

    def values(self, x: Tensor) -> dict[str, Tensor]:
        """All values ``[S, B, width]``, by name, for ``x`` ``[S, B, in]``."""
        return self.onward({INPUTS: x}, {op.name for op in self.graph.ops})

    def onward(self, given: Mapping[str, Tensor], ops: Collection[str]) -> dict[str, Tensor]:
        """Some values ``[S, B, width]``, by name, and those that some operations make of them."""
        values, tensors = dict(given), self._all()
        for name, step, inputs, own, _ in self._steps:
            if name in ops:
                values[name] = step([values[i] for i in inputs], [tensors[at] for at in own])
        return values


def gated(stack: Stack, x: Tensor, gates: Sequence[Tensor]) -> Tensor:
    """Outputs ``[S, B, out]`` where each layer takes neurons times a factor.

    Args:
        stack: the networks.
        x: standardised inputs ``[S, B, in]``.
        gates: per dimension that may be pruned, ``[S, B, width]``.
    """
    graph, tensors, values = stack.graph, stack.tensors, {INPUTS: x}
    for op in graph.ops:
        taken = [values[name] for name in op.inputs]
        if isinstance(op, Dense):
            taken = [
                taken[0] * factor if (factor := gate_of(graph, op, gates)) is not None else taken[0]
            ]
        own = [tensors[p.name] for p in graph.parameters_of(op)]
        values[op.name] = step_of(op)(taken, own)
    return values[graph.ops[-1].name]


MOST_OUTPUTS = 8  # whose gradients are all taken; of more, so many random sums


@dataclass(frozen=True)
class Felt:
    """What a layer takes, and how outputs follow what it makes of it.

    Attributes:
        taken: ``[S, B, in]``.
        mended: whether its bias can make up for a mean that is missing.
        gradients: of numbers that matter, by what the layer gives, each ``[S, B, out]``; they are
            scaled so that the sum of their squares is the mean over all numbers that matter.
    """

    taken: Tensor
    mended: bool
    gradients: list[Tensor]


def traced(stack: Stack, x: Tensor) -> dict[str, Tensor]:
    """All values ``[S, B, width]`` of ``x`` ``[S, B, in]``, with gradients by those of layers."""
    graph, tensors, values = stack.graph, stack.tensors, {INPUTS: x}
    with torch.enable_grad():
        for op in graph.ops:
            own = [tensors[p.name].detach() for p in graph.parameters_of(op)]
            values[op.name] = step_of(op)([values[name] for name in op.inputs], own)
            if isinstance(op, Dense):
                values[op.name].requires_grad_()
    return values


def felt_by_outputs(stack: Stack, x: Tensor) -> dict[str, list[Felt]]:
    """By layer, how the outputs follow it on the rows ``x`` ``[S, B, in]``.

    Of more than ``MOST_OUTPUTS`` outputs, gradients are those of sums of them with random signs,
    whose squares are right in the mean (Hutchinson 1990, *A stochastic estimator of the trace*).
    """
    graph, values = stack.graph, traced(stack, x)
    outputs, layers = values[graph.ops[-1].name], [values[op.name] for op in graph.dense]
    count = outputs.shape[2]
    if count <= MOST_OUTPUTS:
        signs = torch.eye(count)[:, None, None] / count**0.5
    else:
        generator = torch.Generator().manual_seed(0)
        drawn = torch.randint(2, (MOST_OUTPUTS, *outputs.shape), generator=generator)
        signs = (2.0 * drawn - 1) / (MOST_OUTPUTS * count) ** 0.5
    each = [
        torch.autograd.grad(outputs, layers, sign.expand_as(outputs), retain_graph=True)
        for sign in signs.to(outputs)
    ]
    return {
        op.name: [Felt(values[op.inputs[0]].detach(), op.bias, list(gradients))]
        for op, gradients in zip(graph.dense, zip(*each, strict=True), strict=True)
    }


def gate_of(graph: Graph, op: Dense, gates: Sequence[Tensor]) -> Tensor | None:
    """The factors ``[S, B, in]`` of what a layer takes; None where nothing of it may be pruned."""
    place, dims = {dim: at for at, dim in enumerate(graph.prunable)}, graph.dims[op.inputs[0]]
    if not {*dims} & {*place}:
        return None
    parts = [
        gates[place[dim]]
        if dim in place
        else gates[0].new_ones(*gates[0].shape[:2], graph.columns((dim,)))
        for dim in dims
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)


@torch.no_grad()
def outputs_of(stack: Stack, rows: int, inputs: Callable[[slice], Tensor]) -> Tensor:
    """Outputs ``[S, rows, out]`` for rows that go through the networks part by part.

    Args:
        stack: the networks.
        rows: how many rows there are.
        inputs: gives some of them, ``[S, n, in]``.
    """
    widest = max(stack.graph.columns(dims) for dims in stack.graph.dims.values())
    most = max(LEAST_ROWS, ACTIVATIONS_AT_ONCE // (stack.size * widest))
    parts = [slice(start, min(start + most, rows)) for start in range(0, rows, most)]
    return torch.cat([stack(inputs(part)) for part in parts], dim=1)


@torch.no_grad()
def join(stacks: Sequence[Stack]) -> Stack:
    """One stack of the networks of several, which must have the same graph."""
    names, each = stacks[0].tensors, [stack.tensors for stack in stacks]
    return Stack(stacks[0].graph, {name: torch.cat([one[name] for one in each]) for name in names})


def mlp_stack(weights: Sequence[Tensor], biases: Sequence[Tensor], activation: str) -> Stack:
    """Plain networks of the weights ``[S, in, out]`` and biases ``[S, 1, out]`` of their layers."""
    widths = [*(w.shape[1] for w in weights), weights[-1].shape[2]]
    graph = mlp(widths[1:-1], widths[0], widths[-1], activation)
    names = [op.name for op in graph.dense]
    tensors = {f"{name}.weight": w for name, w in zip(names, weights, strict=True)}
    tensors |= {f"{name}.bias": b for name, b in zip(names, biases, strict=True)}
    tensors |= {
        p.name: _alike(p, graph, len(weights[0])) for p in graph.parameters if p.name not in tensors
    }
    return Stack(graph, tensors)


def new_stack(graph: Graph, seeds: Sequence[int]) -> Stack:
    """Freshly drawn networks, one a seed, each the same whatever stands beside it in the stack.

    Weights are Glorot-normal (Glorot & Bengio 2010, *Understanding the difficulty of training deep
    feedforward neural networks*, eq. 12 with a normal law), biases zero; what the graph says of a
    function's frequency decides how the layer before it is drawn (``graph.kinds.spread``).
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    tensors = {}
    for parameter in graph.parameters:
        if parameter.start is not None:
            tensors[parameter.name] = _alike(parameter, graph, len(seeds))
            continue
        rows, columns = graph.shape(parameter)
        scale = spread(graph, parameter)
        drawn = [torch.randn(rows, columns, generator=g) * scale for g in generators]
        tensors[parameter.name] = torch.stack(drawn)  # [S, rows, columns]
    return Stack(graph, tensors)


def _alike(parameter: Parameter, graph: Graph, count: int) -> Tensor:
    """A parameter ``[S, rows, columns]`` of new networks whose numbers are all the same."""
    return torch.full((count, *graph.shape(parameter)), parameter.start or 0.0)
