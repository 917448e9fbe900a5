"""Models of Keras, against torch's own functions and modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network
from tests.imported import keras_files as kf

FORMS = {".keras": kf.keras_bytes, ".h5": kf.h5_bytes}
Step = tuple[str, dict[str, Any], Callable[[Tensor], Tensor]]
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda x: x,
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "swish": F.silu,
    "gelu": F.gelu,
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "mish": F.mish,
    "exponential": torch.exp,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
}
# Layers without numbers of their own.
STEPS: list[Step] = [
    ("LeakyReLU", {"negative_slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
    ("LeakyReLU", {"alpha": 0.15}, lambda x: F.leaky_relu(x, 0.15)),
    ("ELU", {"alpha": 0.7}, lambda x: F.elu(x, 0.7)),
    ("ReLU", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}, F.relu),
    ("Dropout", {"rate": 0.9}, lambda x: x),
    ("GaussianNoise", {"stddev": 3.0}, lambda x: x),
    ("Rescaling", {"scale": 3.0, "offset": -1.0}, lambda x: 3 * x - 1),
    ("Activation", {"activation": "tanh"}, torch.tanh),
]
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def made(path: Path, form: str, config: kf.Config, layers: list[Any], x: Tensor) -> np.ndarray:
    """What the network in a file computes."""
    file = path / f"a{form}"
    file.write_bytes(FORMS[form](config, layers))
    network = read_network(file)
    assert network.computes
    return outputs_of(network.graph, network.arrays, x.numpy())


class Drawn:
    """Layers with random numbers, and what torch makes of rows by them."""

    def __init__(self, columns: int) -> None:
        self.layers = [kf.given(columns)]
        self.x = torch.randn(7, columns)
        self.value, self.width = self.x, columns

    def name(self) -> str:
        return f"it_{97 * len(self.layers) % 31}"  # no order is to be seen in names

    def dense(self, units: int, activation: str, bias: bool) -> None:
        weight, b = torch.randn(self.width, units) / self.width**0.5, torch.randn(units)
        variables = [weight.numpy(), b.numpy()] if bias else [weight.numpy()]
        config = {"units": units, "activation": activation, "use_bias": bias}
        self.layers.append(kf.layer("Dense", self.name(), variables, **config))
        self.value = ACTIVATIONS[activation](self.value @ weight + (b if bias else 0))
        self.width = units

    def batch_norm(self) -> None:
        weight, bias, mean = (torch.randn(self.width) for _ in range(3))
        variance = torch.rand(self.width) + 0.1
        variables = [one.numpy() for one in (weight, bias, mean, variance)]
        self.layers.append(kf.layer("BatchNormalization", self.name(), variables, axis=-1))
        self.value = F.batch_norm(self.value, mean, variance, weight, bias, eps=1e-3)

    def layer_norm(self) -> None:
        weight, bias = torch.randn(self.width), torch.randn(self.width)
        variables = [weight.numpy(), bias.numpy()]
        self.layers.append(kf.layer("LayerNormalization", self.name(), variables, axis=[-1]))
        self.value = F.layer_norm(self.value, (self.width,), weight, bias, 1e-3)

    def normalization(self) -> None:
        mean, variance = torch.randn(self.width), torch.rand(self.width) + 0.1
        variables = [mean.numpy(), variance.numpy(), np.array(3, np.int32)]
        self.layers.append(
            kf.layer("Normalization", self.name(), variables, axis=[-1], mean=None, variance=None)
        )
        self.value = (self.value - mean) / variance.sqrt()

    def prelu(self, shared: bool) -> None:
        slopes = torch.randn(1 if shared else self.width)
        self.layers.append(kf.layer("PReLU", self.name(), [slopes.numpy()], shared_axes=None))
        self.value = F.prelu(self.value, slopes)

    def step(self, step: Step) -> None:
        kind, config, function = step
        self.layers.append(kf.layer(kind, self.name(), **config))
        self.value = function(self.value)


WITH_NUMBERS = ("batch_norm", "layer_norm", "normalization")
choices = st.one_of(
    st.tuples(
        st.just("dense"), st.integers(1, 9), st.sampled_from(sorted(ACTIVATIONS)), st.booleans()
    ),
    st.tuples(st.sampled_from(WITH_NUMBERS)),
    st.tuples(st.just("prelu"), st.booleans()),
    st.tuples(st.just("step"), st.sampled_from(STEPS)),
)


@pytest.mark.parametrize("form", FORMS)
@quick
@given(columns=st.integers(1, 5), chosen=st.lists(choices, max_size=7), seed=st.integers(0, 99))
def test_any_layers_one_after_the_other(
    tmp_path: Path, form: str, columns: int, chosen: list[tuple[Any, ...]], seed: int
) -> None:
    torch.manual_seed(seed)
    drawn = Drawn(columns)
    drawn.dense(6, "tanh", bias=True)
    for method, *arguments in chosen:
        getattr(drawn, method)(*arguments)
    drawn.dense(2, "linear", bias=True)
    wanted = drawn.value.numpy()
    found = made(tmp_path, form, kf.sequential(drawn.layers), drawn.layers, drawn.x)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-5 * max(1, np.abs(wanted).max()))


def dense(name: str, weight: Tensor, bias: Tensor, activation: str = "linear") -> Any:
    variables = [weight.numpy(), bias.numpy()]
    units = weight.shape[1]
    return kf.layer("Dense", name, variables, units=units, activation=activation, use_bias=True)


def numbers(*shapes: tuple[int, int]) -> list[tuple[Tensor, Tensor]]:
    torch.manual_seed(3)
    return [(torch.randn(shape), torch.randn(shape[1])) for shape in shapes]


@pytest.mark.parametrize("form", FORMS)
def test_layers_are_told_by_their_place_and_not_by_their_names(tmp_path: Path, form: str) -> None:
    a, b, c = numbers((3, 5), (3, 5), (10, 2))
    layers = [
        kf.called(kf.given(3)),
        kf.called(dense("dense_1", *a, "relu"), "rows"),
        kf.called(dense("dense", *b, "tanh"), "rows"),
        kf.called(kf.layer("Concatenate", "both", axis=-1), "dense", "dense_1"),
        kf.called(dense("dense_2", *c), "both"),
    ]
    x = torch.randn(7, 3)
    right = torch.hstack([torch.tanh(x @ b[0] + b[1]), F.relu(x @ a[0] + a[1])]) @ c[0] + c[1]
    found = made(tmp_path, form, kf.functional(layers, "dense_2"), layers, x)
    np.testing.assert_allclose(found, right, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("Add", lambda u, v: u + v),
        ("Subtract", lambda u, v: u - v),
        ("Multiply", lambda u, v: u * v),
        ("Average", lambda u, v: (u + v) / 2),
    ],
)
@pytest.mark.parametrize("other", [5, 1])
def test_what_is_joined_is_pruned_together(
    tmp_path: Path, kind: str, function: Callable[[Tensor, Tensor], Tensor], other: int
) -> None:
    a, b, c = numbers((3, 5), (3, other), (5, 2))
    layers = [
        kf.called(kf.given(3)),
        kf.called(dense("u", *a), "rows"),
        kf.called(dense("v", *b), "rows"),
        kf.called(kf.layer(kind, "joined"), "u", "v"),
        kf.called(dense("end", *c), "joined"),
    ]
    x = torch.randn(7, 3)
    right = function(x @ a[0] + a[1], x @ b[0] + b[1]) @ c[0] + c[1]
    path = tmp_path / "a.keras"
    path.write_bytes(kf.keras_bytes(kf.functional(layers, "end"), layers))
    network = read_network(path)
    assert network.hidden == (5,)  # a single column goes with all of them, and stays
    np.testing.assert_allclose(
        outputs_of(network.graph, network.arrays, x.numpy()), right, atol=1e-5
    )


def refusal(path: Path, layers: list[Any], config: kf.Config | None = None) -> str:
    file = path / "a.keras"
    file.write_bytes(kf.keras_bytes(config or kf.sequential(layers), layers))
    with pytest.raises(BadInputError) as caught:
        read_network(file)
    return str(caught.value)


def behind(*more: Any) -> list[Any]:
    (a,) = numbers((3, 5))
    return [kf.given(3), dense("first", *a), *more]


LAMBDA = {"class_name": "__lambda__", "config": {"value": "4wEAAAAAAAAA"}}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (kf.layer("Lambda", "code", function=LAMBDA), "its layer code is code (Lambda)"),
        (kf.layer("Activation", "a", activation="hard_sigmoid"), "the activation hard_sigmoid"),
        (kf.layer("Activation", "a", activation=LAMBDA), "is code (a lambda), which is never run"),
        (kf.layer("ReLU", "six", max_value=6.0), "a ReLU with a largest value"),
        (kf.layer("LSTM", "rnn", units=3), "of the class LSTM"),
        (kf.layer("LayerNormalization", "n", rms_scaling=True), "scales by RMS"),
        (kf.layer("BatchNormalization", "n", axis=0), "along the axis 0"),
        (kf.layer("Sequential", "inner", layers=[]), "a model within the model"),
        (kf.layer("Rescaling", "s", scale="3", offset=0.0), "where a number must stand"),
        (kf.layer("PReLU", "p"), "the alpha of its layer p is not in the file"),
        (kf.layer("Dense", "d", units=4, quantization_config={}), "is quantised"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, more: Any, words: str) -> None:
    assert words in refusal(tmp_path, behind(more))


def test_classes_of_ones_own_are_named(tmp_path: Path) -> None:
    told, variables = behind()[1]
    for own in (
        {"module": "physics.layers"},
        {"registered_name": "My>Dense"},
        {"module": "kerasx"},
    ):
        assert "which is not one of Keras" in refusal(
            tmp_path, [kf.given(3), ({**told, **own}, variables)]
        )
    model = {"class_name": "Pinn", "module": "physics", "config": {}}
    assert "the class Pinn" in refusal(tmp_path, behind(), model)


def test_config_and_weights_must_be_of_one_network(tmp_path: Path) -> None:
    told, (weight, bias) = behind()[1]
    told["config"]["units"] = 6
    assert "has 5 neurons and its config says 6" in refusal(
        tmp_path, [kf.given(3), (told, (weight, bias))]
    )
    told["config"]["units"] = 5
    wrong = [kf.given(4), (told, (weight, bias))]
    assert "has the shape [3, 5], where 4 columns come in" in refusal(tmp_path, wrong)
    assert "has more variables than kernel and bias" in refusal(
        tmp_path, [kf.given(3), (told, (weight, bias, bias))]
    )
    weight[0, 0] = np.nan
    assert "NaN or infinite" in refusal(
        tmp_path, [kf.given(3), (told, (weight, bias)), dense("end", *numbers((5, 1))[0])]
    )
