"""What is no plain MLP is told by what it seems to be, never read as one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.imported.support import Listed, ResBlock, Wave, mlp, refusal, renamed


class Residual(nn.Module):
    def __init__(self, names: tuple[str, str, str] = ("inp", "blocks", "out")) -> None:
        super().__init__()
        first, middle, last = names
        self.add_module(first, nn.Linear(3, 8))
        self.add_module(middle, nn.ModuleList(ResBlock(8) for _ in range(2)))
        self.add_module(last, nn.Linear(8, 2))


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.mean, self.log_std = mlp((3, 8, 8)), nn.Linear(8, 1), nn.Linear(8, 1)


class Fourier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("B", torch.randn(3, 8))
        self.net = mlp((16, 8, 2))


class Scaled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("x_mean", torch.zeros(3))
        self.net = mlp()


class Slopes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net, self.a = mlp(), nn.Parameter(torch.ones(()))


class WithSkip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 8), nn.Linear(11, 8), nn.Linear(8, 2)])


class Operator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branch, self.trunk = mlp((5, 8, 8)), mlp((8, 8, 8))


def layered(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(3, 8), *layers, nn.Tanh(), nn.Linear(8, 2))


MODULES: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "residual": (Residual, "residual network"),
    "residual by structure": (lambda: Residual(("a", "layers", "b")), "residual network"),
    "shortcut": (
        lambda: nn.ModuleDict({"fc1": nn.Linear(3, 8), "shortcut": nn.Linear(8, 2)}),
        "residual",
    ),
    "LayerNorm": (lambda: layered(nn.LayerNorm(8)), "LayerNorm"),
    "BatchNorm": (lambda: layered(nn.BatchNorm1d(8)), "BatchNorm"),
    "one channel": (lambda: layered(nn.BatchNorm1d(8, affine=False)), "BatchNorm"),
    "PReLU": (lambda: layered(nn.PReLU()), "PReLU"),
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
    "heads": (Heads, "several heads, mean (8 to 1) and log_std (8 to 1)"),
    "list of heads": (
        lambda: nn.ModuleDict(
            {"net": mlp((3, 8)), "heads": nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 2)])}
        ),
        "several heads",
    ),
    "DeepONet": (Operator, "a DeepONet"),
    "two inputs": (
        lambda: nn.ModuleDict({"a": mlp((3, 8)), "b": mlp((4, 8)), "c": mlp((8, 2))}),
        "several inputs or branches",
    ),
    "concatenation": (WithSkip, "several inputs or branches"),
    "Fourier features": (Fourier, "it has B beside its layers"),
    "adaptive slopes": (Slopes, "it has a beside its layers"),
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
    "output activation": (
        lambda: nn.Sequential(mlp(), nn.Sigmoid()),
        "activation sigmoid after its last",
    ),
    "in a list": (
        lambda: nn.ModuleDict({"net": nn.ModuleList([*mlp(), nn.Tanh()])}),
        "after its last",
    ),
    "softmax": (
        lambda: nn.Sequential(mlp(), nn.Softmax(dim=1)),
        "activation softmax after its last",
    ),
    "unknown": (
        lambda: mlp(activation=nn.Hardswish),
        "its activation is hardswish, those that can be read are tanh",
    ),
    "slope": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.LeakyReLU(0.1), nn.Linear(8, 2)),
        "leakyrelu (negative_slope=0.1)",
    ),
    "alpha": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.ELU(0.5), nn.Linear(8, 2)),
        "elu (alpha=0.5)",
    ),
    "beta": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.Softplus(2.0), nn.Linear(8, 2)),
        "softplus (beta=2.0)",
    ),
    "approximate": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.GELU("tanh"), nn.Linear(8, 2)),
        "gelu (approximate=tanh)",
    ),
    "several": (
        lambda: nn.Sequential(
            nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2)
        ),
        "several activations, relu and tanh",
    ),
    "none between": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 2)),
        "not just one activation",
    ),
    "two between": (lambda: layered(nn.Tanh()), "not just one activation"),
    "before the first": (lambda: nn.Sequential(nn.Tanh(), mlp()), "not just one activation"),
    "one of its own": (lambda: layered(Wave()), "is of the class tests.imported.support.Wave"),
    "pooling": (lambda: layered(nn.MaxPool1d(2, 1)), "is a MaxPool1d"),
    "residual by class": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.Sequential(ResBlock(8)), nn.Linear(8, 2)),
        "residual network",
    ),
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


def test_sequentials_that_run_in_another_order_than_their_names(tmp_path: Path) -> None:
    layers = [("a", nn.Linear(3, 8)), ("f2", nn.Linear(8, 8)), ("t", nn.Tanh())]
    layers += [("f1", nn.Linear(8, 8)), ("u", nn.Tanh()), ("z", nn.Linear(8, 2))]
    module = nn.Sequential(OrderedDict(layers))
    assert "in another order" in refusal(tmp_path / "a.pt", module)


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
    assert "several heads" in refusal(tmp_path / "a.pt", both)
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
