"""The kinds of networks that can be trained anew; ``graph/kinds.py`` builds them."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class NetworkRow(Row):
    """A kind of network.

    Attributes:
        methods: how the methods name it.
        widths: what the hidden widths are.
        options: what else of a ``ModelSpec`` it is built of.
        frequency: that of its features or sines, where none is given.
        activation: whether one can be chosen.
    """

    methods: str
    widths: str
    options: tuple[str, ...] = ()
    frequency: float = 1.0
    activation: bool = True


NETWORKS = table(
    NetworkRow(
        name="mlp",
        label="mlp",
        help="a plain multilayer perceptron",
        methods="a multilayer perceptron",
        widths="one a layer",
        options=("activations",),
    ),
    NetworkRow(
        name="residual",
        label="residual",
        help="blocks of dense layers, each added to what it takes (He et al. 2016)",
        methods="a residual network (He et al. 2016)",
        widths="that of the stream, then those inside of the blocks, or of blocks of one layer all "
        "alike",
        options=("block_layers", "norm"),
    ),
    NetworkRow(
        name="fourier",
        label="fourier",
        help="an mlp behind fixed random cosines and sines of the inputs (Tancik et al. 2020)",
        methods="a multilayer perceptron behind random Fourier features (Tancik et al. 2020)",
        widths="one a layer",
        options=("activations", "features", "frequency"),
        frequency=0.2,
    ),
    NetworkRow(
        name="siren",
        label="siren",
        help="an mlp of sines of a high frequency (Sitzmann et al. 2020)",
        methods="a SIREN (Sitzmann et al. 2020)",
        widths="one a layer",
        options=("frequency",),
        frequency=30.0,
        activation=False,
    ),
    NetworkRow(
        name="modified_mlp",
        label="modified mlp",
        help="an mlp whose layers mix two encodings of the inputs (Wang et al. 2021)",
        methods="a modified multilayer perceptron (Wang et al. 2021)",
        widths="one a layer, all alike, as gates join them",
    ),
    NetworkRow(
        name="heads",
        label="heads",
        help="an mlp with a last hidden layer of its own for every target",
        methods="a multilayer perceptron of shared layers and one head per target",
        widths="one a layer, the last that of every head",
        options=("activations",),
    ),
    NetworkRow(
        name="deeponet",
        label="deeponet",
        help="the product of a network of the first inputs and one of the last (Lu et al. 2021)",
        methods="a DeepONet (Lu et al. 2021)",
        widths="those of branch and trunk alike, the last that of their product",
        options=("trunk",),
    ),
)
