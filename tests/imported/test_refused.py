"""What cannot be read is told by what it seems to be, never read as something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.imported.support import Listed, Wave, mlp, refusal, renamed


class Scaled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("x_mean", torch.zeros(3))
        self.net = mlp()


class WithSkip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 8), nn.Linear(11, 8), nn.Linear(8, 2)])


def layered(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(3, 8), *layers, nn.Tanh(), nn.Linear(8, 2))


MODULES: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "shortcut": (
        lambda: nn.ModuleDict({"fc1": nn.Linear(3, 8), "shortcut": nn.Linear(8, 2)}),
        "residual",
    ),
    "convolution": (lambda: layered(nn.Conv1d(8, 8, 3)), "convolutional network of 1 dimension "),
    "convolution 2": (lambda: layered(nn.Conv2d(8, 8, 3)), "convolutional network of 2 dimensions"),
    "GRU": (lambda: layered(nn.GRU(8, 8)), "a GRU"),
    "LSTM": (lambda: layered(nn.LSTM(8, 8, 2)), "an LSTM"),
    "RNN": (lambda: layered(nn.RNN(8, 8)), "an Elman network"),
    "attention": (lambda: layered(nn.MultiheadAttention(8, 2)), "attention"),
    "transformer": (lambda: nn.TransformerEncoderLayer(8, 2, 16), "attention"),
    "embedding": (
        lambda: nn.ModuleDict({"embedding": nn.Embedding(5, 3), "net": mlp()}),
        "embedding",
    ),
    "two inputs": (
        lambda: nn.ModuleDict({"a": mlp((3, 8)), "b": mlp((4, 8)), "c": mlp((8, 2))}),
        "several inputs or branches",
    ),
    "concatenation": (WithSkip, "several inputs or branches"),
    "scaler": (Scaled, "x_mean beside its layers, which seem to scale"),
    "one layer": (lambda: nn.Linear(3, 2), "a single layer, weight (3 to 2)"),
    "bilinear": (
        lambda: nn.ModuleDict({"b": nn.Bilinear(3, 3, 8), "l": nn.Linear(8, 2)}),
        "b.weight",
    ),
    "no layers": (nn.Tanh, "it holds no layers"),
}


@pytest.mark.parametrize(("make", "words"), MODULES.values(), ids=MODULES)
def test_what_it_seems_to_be(tmp_path: Path, make: Callable[[], nn.Module], words: str) -> None:
    module = make()
    assert words in refusal(tmp_path / "a.pt", {"state_dict": module.state_dict()})
    refusal(tmp_path / "a.pt", module)


CLASSES: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "softmax": (
        lambda: nn.Sequential(mlp(), nn.Softmax(dim=1)),
        "its activation is softmax",
    ),
    "unknown": (
        lambda: mlp(activation=nn.Hardswish),
        "its activation is hardswish, those that can be read are tanh",
    ),
    "one of its own": (lambda: layered(Wave()), "is of the class tests.imported.support.Wave"),
    "pooling": (lambda: layered(nn.MaxPool1d(2, 1)), "is a MaxPool1d"),
    "its own function": (lambda: Listed(Wave), "its activation is wave"),
}


@pytest.mark.parametrize(("make", "words"), CLASSES.values(), ids=CLASSES)
def test_what_the_classes_of_a_module_tell(
    tmp_path: Path, make: Callable[[], nn.Module], words: str
) -> None:
    assert words in refusal(tmp_path / "a.pt", make())


def hook(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
    return output + 1


def test_a_hook_is_code_and_refused(tmp_path: Path) -> None:
    module = mlp()
    module[2].register_forward_hook(hook)
    assert "2 has a hook, code that changes what it computes" in refusal(tmp_path / "a.pt", module)


def test_an_order_that_cannot_be_told_is_refused(tmp_path: Path) -> None:
    state = renamed(mlp(), ("a", "b", "c", "d"))
    words = refusal(tmp_path / "a.pt", state)
    assert "b (8 to 8) and c (8 to 8) fit in several ways" in words
    many = mlp((3, *([8] * 64), 2))
    letters = [f"{one}{other}" for one in "abcdefgh" for other in "abcdefghi"][:65]
    assert "fit in several ways" in refusal(tmp_path / "a.pt", renamed(many, letters))
    backwards = renamed(mlp((3, 9, 7, 2)), ("fc3", "fc2", "fc1"))
    assert "do not follow one another" in refusal(tmp_path / "a.pt", backwards)


def test_several_networks(tmp_path: Path) -> None:
    one, other = mlp().state_dict(), mlp().state_dict()
    words = refusal(tmp_path / "a.pt", {"actor": one, "critic": other})
    assert "several networks, actor and critic" in words
    words = refusal(tmp_path / "a.pt", {"model": one, "network": other, "best": one})
    assert "several networks, model and network" in words
    both = {f"{who}.{name}": value for who in ("actor", "critic") for name, value in one.items()}
    assert "share their numbers" in refusal(tmp_path / "a.pt", both)
    assert "more than 32 networks" in refusal(tmp_path / "a.pt", [dict(one) for _ in range(300)])


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({"activation": "hardtanh"}, "its activation is hardtanh, those that can be read"),
        ({"activation": "LeakyReLU(0.1)"}, "leakyrelu(0.1)"),
        ({"activation": "tanh", "config": {"act": "relu"}}, "several activations, relu and tanh"),
        ({"activation": "tanh", "output_activation": "softplus"}, "softplus after its last"),
        ({"hparams": {"nonlinearity": torch.erf}}, "its activation is erf"),
    ],
)
def test_activations_that_are_stored_and_not_known(
    tmp_path: Path, stored: dict[str, object], words: str
) -> None:
    assert words in refusal(tmp_path / "a.pt", {"model": mlp().state_dict(), **stored})
