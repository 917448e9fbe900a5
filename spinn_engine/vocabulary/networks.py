"""The kinds of networks, which ``graph/kinds.py`` builds, and how their rows may be scaled."""

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


@dataclass(frozen=True, kw_only=True)
class ScaleRow(Row):
    """A way of scaling columns by the training rows.

    Attributes:
        of_inputs: whether it is tried for inputs.
        of_targets: whether it is tried for targets.
        log: whether it is the logarithm that is scaled.
        usual: whether it is taken before others that fit hardly better.
        of_new: whether the inputs of a new network may be scaled so.
        methods: of those, how the methods say it, before "of the training rows".
    """

    of_inputs: bool = True
    of_targets: bool = True
    log: bool = False
    usual: bool = False
    of_new: bool = False
    methods: str = ""


SCALES = table(
    ScaleRow(
        name="z",
        label="mean and spread",
        help="less the mean, by the standard deviation",
        usual=True,
        of_new=True,
        methods="standardised by mean and standard deviation",
    ),
    ScaleRow(name="raw", label="as they are", help="in their own units", usual=True),
    ScaleRow(
        name="minmax", label="0 to 1", help="least and largest value become 0 and 1", usual=True
    ),
    ScaleRow(
        name="symmetric",
        label="-1 to 1",
        help="least and largest value become -1 and 1",
        of_new=True,
        methods="scaled to −1 to 1 by the least and the largest value",
    ),
    ScaleRow(name="largest", label="by the largest", help="divided by the largest absolute value"),
    ScaleRow(  # of targets it would pass for z where a network says too little: 1.35 spreads
        name="robust",
        label="median and quartiles",
        help="less the median, by the quartiles' range",
        of_targets=False,
    ),
    ScaleRow(name="log", label="logarithm", help="their logarithm", of_inputs=False, log=True),
    ScaleRow(
        name="log_z",
        label="logarithm, mean and spread",
        help="their logarithm, less its mean, by its standard deviation",
        of_inputs=False,
        log=True,
    ),
)

INPUT_SCALES = {name: row for name, row in SCALES.items() if row.of_new}


@dataclass(frozen=True, kw_only=True)
class OutputFunctionRow(Row):
    """What stands behind the last layer of a new network.

    Attributes:
        function: of ``FUNCTIONS``; None where nothing does.
        bounded: whether each target needs a range, which the function's own is laid over.
    """

    function: str | None
    bounded: bool = False


OUTPUT_FUNCTIONS = table(
    OutputFunctionRow(
        name="identity", label="none", help="outputs may be any number", function=None
    ),
    OutputFunctionRow(
        name="softplus",
        label="softplus",
        help="log(1 + exp(x)), for targets that are never negative",
        function="softplus",
    ),
    OutputFunctionRow(
        name="sigmoid",
        label="sigmoid",
        help="1 / (1 + exp(-x)), for targets within ranges that are known",
        function="sigmoid",
        bounded=True,
    ),
)

# The words of ``dense_scaling`` for the usual pairs; others are written as inputs/targets.
USUAL_PAIRS: dict[str, tuple[str, str]] = {
    "both": ("z", "z"),
    "inputs": ("z", "raw"),
    "targets": ("raw", "z"),
    "none": ("raw", "raw"),
}

# What is read, by how a file's name ends; what is in it decides, not its name.
NETWORK_FILES = {
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".ckpt": "PyTorch",
    ".bin": "PyTorch",
    ".mdlus": "PhysicsNeMo",
    ".pt2": "PyTorch",
    ".onnx": "ONNX",
    ".safetensors": "PyTorch or Flax",
    ".keras": "Keras",
    ".h5": "Keras",
    ".skops": "scikit-learn",
    ".msgpack": "Flax",
    ".eqx": "Equinox",
}
