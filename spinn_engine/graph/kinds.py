"""The kinds of networks that can be trained anew, each as a graph.

network_of("residual", Layout(hidden=(128, 64, 64)), inputs=18, outputs=2)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Concat,
    Dense,
    Function,
    LayerNorm,
    Parameter,
    Prelu,
    Product,
    Select,
    Sum,
)
from spinn_engine.vocabulary import ACTIVATIONS, FUNCTIONS

OUTPUTS = "outputs"
STREAM = "stream"
WAVES = ("cos", "sin")


@dataclass(frozen=True)
class Layout:
    """What a kind is built of.

    Attributes:
        hidden: widths, in the order that the kind says.
        activations: one for all layers, or one a layer.
        block_layers: dense layers of a residual block, 1 to 3.
        norm: whether a LayerNorm stands before every block.
        features: pairs of a sine and a cosine before a Fourier network.
        frequency: the spread of these features, or the factor in the sines of a SIREN.
        trunk: how many inputs, the last ones, go into the trunk of a DeepONet.
    """

    hidden: tuple[int, ...]
    activations: tuple[str, ...] = ("tanh",)
    block_layers: int = 2
    norm: bool = False
    features: int = 32
    frequency: float = 1.0
    trunk: int = 1

    def activation(self, layer: int) -> str:
        """That after a layer, counted from 0."""
        return self.activations[layer if len(self.activations) > 1 else 0]


@dataclass
class Builder:
    """A graph while it is put together."""

    ops: list[AnyOperation] = field(default_factory=list)
    widths: dict[str, int] = field(default_factory=dict)
    prunable: list[str] = field(default_factory=list)

    def dense(self, name: str, taken: str, dim: str, width: int, pruned: bool = True) -> str:
        """A layer; the name of its value."""
        self.widths.setdefault(dim, width)
        if pruned and dim not in self.prunable:
            self.prunable.append(dim)
        return self.add(Dense(name=name, inputs=(taken,), dim=dim))

    def act(self, name: str, taken: str, activation: str, factor: float = 1.0) -> str:
        """An activation of the vocabulary; the name of its value."""
        if activation in FUNCTIONS:
            self.add(Function(name=name, inputs=(taken,), function=activation, factor=factor))
        elif ACTIVATIONS[activation].learned:
            self.add(Prelu(name=name, inputs=(taken,)))
        else:  # the identity is no operation
            return taken
        return name

    def add(self, op: AnyOperation) -> str:
        """Any operation; the name of its value."""
        self.ops.append(op)
        return op.name

    def graph(self) -> Graph:
        """What was built."""
        return Graph(ops=tuple(self.ops), widths=self.widths, prunable=tuple(self.prunable))


def mlp(
    hidden: Sequence[int], inputs: int, outputs: int, activation: str | Sequence[str] = "tanh"
) -> Graph:
    """A plain multilayer perceptron, whose operations are named as in ``torch.nn.Sequential``."""
    each = (activation,) if isinstance(activation, str) else tuple(activation)
    return _mlp(Layout(tuple(hidden), each), inputs, outputs)


def _mlp(layout: Layout, inputs: int, outputs: int) -> Graph:
    built = Builder(widths={INPUTS: inputs})
    _chain(built, layout, INPUTS, outputs)
    return built.graph()


def _chain(built: Builder, layout: Layout, value: str, outputs: int, factor: float = 1.0) -> None:
    for number, width in enumerate(layout.hidden):
        value = built.dense(f"{2 * number}", value, f"hidden_{number + 1}", width)
        value = built.act(f"{2 * number + 1}", value, layout.activation(number), factor)
    built.dense(f"{2 * len(layout.hidden)}", value, OUTPUTS, outputs, pruned=False)


def _siren(layout: Layout, inputs: int, outputs: int) -> Graph:
    """A plain network of sines (Sitzmann et al. 2020)."""
    built = Builder(widths={INPUTS: inputs})
    sines = Layout(layout.hidden, ("sin",))
    _chain(built, sines, INPUTS, outputs, layout.frequency)
    return built.graph()


def _fourier(layout: Layout, inputs: int, outputs: int) -> Graph:
    """A plain network behind fixed random Fourier features (Tancik et al. 2020)."""
    built = Builder(widths={INPUTS: inputs, "features": layout.features})
    built.add(Dense(name="map", inputs=(INPUTS,), dim="features", bias=False, trained=False))
    factor = 2 * math.pi * layout.frequency
    for name in WAVES:
        built.add(Function(name=name, inputs=("map",), function=name, factor=factor))
    value = built.add(Concat(name="waves", inputs=WAVES))
    _chain(built, layout, value, outputs)
    return built.graph()


def _residual(layout: Layout, inputs: int, outputs: int) -> Graph:
    """Blocks between skips: widths are that of the stream, then those inside of the blocks."""
    stream, *inner = layout.hidden
    each = layout.block_layers - 1
    blocks = len(inner) // each if each else len(inner)
    built = Builder(widths={INPUTS: inputs, STREAM: stream})
    value = built.dense("stem", INPUTS, STREAM, stream)
    value = built.act("stem_act", value, layout.activation(0))
    for block in range(blocks):
        name, h = f"block{block + 1}", value
        if layout.norm:
            h = built.add(LayerNorm(name=f"{name}.norm", inputs=(h,)))
        for layer in range(each):
            dim, width = f"{name}_{layer + 1}", inner[block * each + layer]
            h = built.dense(f"{name}.{2 * layer}", h, dim, width)
            h = built.act(f"{name}.{2 * layer + 1}", h, layout.activation(0))
        h = built.dense(f"{name}.{2 * each}", h, STREAM, stream)
        if not each:
            h = built.act(f"{name}.1", h, layout.activation(0))
        value = built.add(Sum(name=f"{name}.sum", inputs=(value, h)))
    if layout.norm:
        value = built.add(LayerNorm(name="norm", inputs=(value,)))
    built.dense("head", value, OUTPUTS, outputs, pruned=False)
    return built.graph()


def _modified(layout: Layout, inputs: int, outputs: int) -> Graph:
    """Two encodings of the inputs, which every layer mixes (Wang et al. 2021, eq. 45 to 49)."""
    width, activation = layout.hidden[0], layout.activation(0)
    built = Builder(widths={INPUTS: inputs, STREAM: width})
    u, v = (
        built.act(f"{name}_act", built.dense(name, INPUTS, STREAM, width), activation)
        for name in ("u", "v")
    )
    between = built.add(Sum(name="between", inputs=(v, u), signs=(1.0, -1.0)))
    value = INPUTS
    for layer in range(len(layout.hidden)):
        gate = built.dense(f"gate{layer + 1}", value, STREAM, width)
        gate = built.act(f"gate{layer + 1}_act", gate, activation)
        moved = built.add(Product(name=f"moved{layer + 1}", inputs=(gate, between)))
        value = built.add(Sum(name=f"mixed{layer + 1}", inputs=(u, moved)))  # (1 - z) u + z v
    built.dense("head", value, OUTPUTS, outputs, pruned=False)
    return built.graph()


def _heads(layout: Layout, inputs: int, outputs: int) -> Graph:
    """A trunk, and behind it a hidden layer of its own for every target."""
    *trunk, own = layout.hidden
    built, value = Builder(widths={INPUTS: inputs}), INPUTS
    for number, width in enumerate(trunk):
        value = built.dense(f"trunk.{2 * number}", value, f"hidden_{number + 1}", width)
        value = built.act(f"trunk.{2 * number + 1}", value, layout.activation(number))
    found = []
    for target in range(1, outputs + 1):
        h = built.dense(f"head{target}.0", value, f"head_{target}", own)
        h = built.act(f"head{target}.1", h, layout.activation(len(trunk)))
        found.append(built.dense(f"head{target}.2", h, f"output_{target}", 1, pruned=False))
    built.add(Concat(name="outputs", inputs=tuple(found)))
    return built.graph()


def _deeponet(layout: Layout, inputs: int, outputs: int) -> Graph:
    """A branch for the first inputs, a trunk for the last, and their product (Lu et al. 2021).

    Widths are those of the hidden layers of both, and last that of the product.

    Raises:
        BadInputError: the trunk takes all inputs.
    """
    *hidden, latent = layout.hidden
    split = inputs - layout.trunk
    if split < 1:
        raise BadInputError(
            f"trunk takes the last {layout.trunk} of {inputs} inputs, which leaves none for the "
            "branch: give fewer"
        )
    built = Builder(widths={INPUTS: inputs, "sensors": split, "places": layout.trunk})
    ends = []
    for part, dim, columns in (
        ("branch", "sensors", range(split)),
        ("trunk", "places", range(split, inputs)),
    ):
        value = built.add(Select(name=part, inputs=(INPUTS,), columns=tuple(columns), dim=dim))
        for number, width in enumerate(hidden):
            value = built.dense(f"{part}.{2 * number}", value, f"{part}_{number + 1}", width)
            value = built.act(f"{part}.{2 * number + 1}", value, layout.activation(number))
        ends.append(built.dense(f"{part}.{2 * len(hidden)}", value, "latent", latent))
    ends[1] = built.act("trunk.last", ends[1], layout.activation(len(hidden)))
    value = built.add(Product(name="product", inputs=tuple(ends)))
    built.dense("head", value, OUTPUTS, outputs, pruned=False)
    return built.graph()


def _any_widths(layout: Layout) -> str | None:
    return None


def _of_blocks(layout: Layout) -> str | None:
    each = layout.block_layers - 1
    if not each and len(set(layout.hidden)) > 1:
        return "blocks of one layer have the width of the stream: give equal widths"
    if len(layout.hidden) < 2:
        return "give the width of the stream and those inside of the blocks, such as 128,64,64"
    if each and (len(layout.hidden) - 1) % each:
        return f"behind that of the stream give {each} widths a block of {each + 1} layers"
    return None


def _all_alike(layout: Layout) -> str | None:
    if len(set(layout.hidden)) > 1:
        return "gates join all its layers: give equal widths, such as 128,128,128"
    return None


@dataclass(frozen=True)
class Kind:
    """A kind of network.

    Attributes:
        build: its graph, of a layout and the numbers of inputs and outputs.
        wrong_widths: why it cannot have these widths, and what would be right; None where it can.
    """

    build: Callable[[Layout, int, int], Graph]
    wrong_widths: Callable[[Layout], str | None] = _any_widths

    def __call__(self, layout: Layout, inputs: int, outputs: int) -> Graph:
        """``build``."""
        return self.build(layout, inputs, outputs)


KINDS: dict[str, Kind] = {
    "mlp": Kind(_mlp),
    "residual": Kind(_residual, _of_blocks),
    "fourier": Kind(_fourier),
    "siren": Kind(_siren),
    "modified_mlp": Kind(_modified, _all_alike),
    "heads": Kind(_heads),
    "deeponet": Kind(_deeponet),
}


def wrong_widths(kind: str, layout: Layout) -> str | None:
    """Why a kind cannot have such widths, and what would be right; None where it can."""
    if len(layout.activations) not in (1, len(layout.hidden)):
        return f"give {len(layout.hidden)} activations, one a layer"
    return KINDS[kind].wrong_widths(layout)


def spread(graph: Graph, parameter: Parameter) -> float:
    """The standard deviation of a new weight.

    Glorot & Bengio 2010, eq. 12; before a function of another frequency than one that of Sitzmann
    et al. 2020, section 3.2; of a fixed map such that what it gives has the spread of its inputs.
    """
    rows, columns = graph.shape(parameter)
    if not parameter.trained:
        return 1 / math.sqrt(rows)
    layer = parameter.name.rpartition(".")[0]
    for op in graph.ops:
        if op.inputs == (layer,) and isinstance(op, Function) and op.factor != 1.0:
            first = graph.distances[layer] == 1
            return 1 / (rows * math.sqrt(3)) if first else math.sqrt(2 / rows) / op.factor
    return math.sqrt(2.0 / (rows + columns))
