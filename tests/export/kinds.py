"""One network of every kind, small, with random numbers, between scalers in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from spinn_engine.artifacts.checkpoints import RawUnitsNetwork
from spinn_engine.graph.fixed_ends import Ends, with_ends
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp, wrong_widths
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Concat,
    Dense,
    Function,
    LayerNorm,
    Prelu,
    Sum,
)
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack, new_stack
from spinn_engine.vocabulary import ACTIVATIONS, NETWORKS, OUTPUT_FUNCTIONS

INS, OUTS = 3, 2
LAYOUTS = {
    "mlp": Layout((12, 9)),
    "residual": Layout((12, 7, 8), ("silu",), norm=True),
    "residual_of_one": Layout((9, 9, 9), ("gelu_tanh",), block_layers=1),
    "residual_of_three": Layout((9, 7, 6), ("mish",), block_layers=3),
    "fourier": Layout((12, 9), features=5, frequency=0.2),
    "siren": Layout((12, 9), frequency=3.0),
    "modified_mlp": Layout((9, 9, 9)),
    "heads": Layout((12, 9), ("elu",)),
    "deeponet": Layout((12, 9), trunk=1),
    "one_a_layer": Layout((12, 9, 8), ("sin", "tanh", "identity")),
}

ENDS = {
    "mlp_between_all": Ends(((1, 1.0),), "softplus", ((0, 0.0), (2, 1.0))),
    "heads_between_all": Ends(((2, 1.0), (0, 2.0)), "sigmoid", ((1, 0.5),)),
    "siren_between_waves": Ends(((0, 1.0), (1, 1.0), (2, 3.0))),
    "deeponet_between_waves": Ends(((0, 1.0),)),
    "modified_mlp_between_zeros": Ends(zeros=((0, 0.0), (0, 1.0))),
}


def odd() -> Graph:
    """What no kind has: slopes of its own, signs, one slope for all, a norm of nothing but eps."""
    ops: list[AnyOperation] = [
        Dense(name="relu", inputs=(INPUTS,), dim="a"),
        Function(name="relu_1", inputs=("relu",), function="elu", slope=0.3),
        Function(name="relu_1_0", inputs=("relu",), function="leaky_relu", slope=-0.2),
        Prelu(name="p", inputs=("relu",), shared=True),
        Sum(name="s", inputs=("relu_1", "relu_1_0", "p"), signs=(-1.0, 0.5, 2.0)),
        LayerNorm(name="n", inputs=("s",), affine=False, eps=1e-3),
        Function(name="c", inputs=("n",), function="cos", factor=-1.5),
        Function(name="q", inputs=("n",), function="square"),
        Function(name="e", inputs=("n",), function="exp", factor=0.1),
        Concat(name="all", inputs=("c", "q", "e", "c")),
        Dense(name="last", inputs=("all",), dim="outputs", bias=False),
        Function(name="end", inputs=("last",), function="softplus"),
    ]
    return Graph(ops=tuple(ops), widths={INPUTS: INS, "a": 6, "outputs": OUTS}, prunable=("a",))


def graphs() -> dict[str, Graph]:
    """By name, one of every kind, and plain ones of every activation."""
    found = {name: mlp((12, 9), INS, OUTS, name) for name in ACTIVATIONS}
    for name, layout in LAYOUTS.items():
        kind = {"one_a_layer": "mlp"}.get(name, name.partition("_of_")[0])
        found[name] = KINDS[kind](layout, INS, OUTS)
    for name, ends in ENDS.items():
        kind = name.partition("_between")[0]
        core = KINDS[kind](LAYOUTS[kind], INS + len(ends.periodic), OUTS)
        found[name] = with_ends(core, INS, ends)
    return found | {"odd": odd()}


GRAPHS = graphs()


def random_stack(graph: Graph, seed: int = 0) -> Stack:
    """One network of the graph whose biases, slopes and fixed numbers are random too."""
    stack, draw = new_stack(graph, [seed]), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for one in stack.tensors.values():
            one += 0.1 * torch.randn(one.shape, generator=draw)
    return stack


def raw_network_of(graph: Graph, seed: int = 0) -> RawUnitsNetwork:
    """A random network of the graph between scalers."""
    draw = torch.Generator().manual_seed(seed + 1)
    drawn = torch.rand(2, graph.inputs + graph.outputs, generator=draw, dtype=torch.float64)
    ends = [graph.inputs, graph.outputs]
    x_mean, y_mean = torch.split(10 * drawn[0] - 5, ends)
    x_std, y_std = torch.split(0.3 + 5 * drawn[1], ends)
    checkpoint = {
        "scaler": {"x_mean": x_mean, "x_std": x_std, "y_mean": y_mean, "y_std": y_std},
        "input_names": [f"x{at}" for at in range(graph.inputs)],
        "target_names": [f"y{at}" for at in range(graph.outputs)],
    }
    network = module_of_member(random_stack(graph, seed), 0)
    return RawUnitsNetwork(network, checkpoint, graph).eval()


def arrays_of(whole: RawUnitsNetwork) -> dict[str, np.ndarray[Any, Any]]:
    """Its numbers as the graph shapes them, ``[in, out]``, in float64."""
    arrays = {name: one.double().numpy() for name, one in whole.network.state_dict().items()}
    return {name: one.T if one.ndim == 2 else one for name, one in arrays.items()}


@st.composite
def drawn_graphs(draw: st.DrawFn) -> Graph:
    """Any kind, of any widths, depth and activations."""
    kind = draw(st.sampled_from(sorted(NETWORKS)))
    depth = draw(st.integers(1, 4))
    widths = draw(st.lists(st.integers(1, 10), min_size=depth, max_size=depth))
    block_layers, options = draw(st.integers(1, 3)), NETWORKS[kind].options
    if kind == "residual":
        inner = draw(st.integers(1, 3)) * max(block_layers - 1, 1)
        widths = draw(st.lists(st.integers(2, 10), min_size=1 + inner, max_size=1 + inner))
    if kind == "modified_mlp" or (kind == "residual" and block_layers == 1):
        widths = widths[:1] * len(widths)
    each = len(widths) if "activations" in options and draw(st.booleans()) else 1
    layout = Layout(
        hidden=tuple(widths),
        activations=tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in range(each)),
        block_layers=block_layers,
        norm=draw(st.booleans()),
        features=draw(st.integers(1, 5)),
        frequency=draw(st.sampled_from([0.2, 1.0, 3.0])),
        trunk=1,
    )
    assert wrong_widths(kind, layout) is None
    inputs, outputs = draw(st.integers(2, 5)), draw(st.integers(1, 3))
    periodic = draw(st.lists(st.integers(0, inputs - 1), max_size=2, unique=True))
    places = draw(st.lists(st.integers(0, inputs - 1), max_size=2))
    ends = Ends(
        periodic=tuple((column, 1.0) for column in periodic),
        function=draw(st.sampled_from([row.function for row in OUTPUT_FUNCTIONS.values()])),
        zeros=tuple((column, 0.0) for column in places),
    )
    core = KINDS[kind](layout, inputs + len(periodic), outputs)
    return with_ends(core, inputs, ends)
