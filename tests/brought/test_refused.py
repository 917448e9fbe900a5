"""What is no plain MLP is told by what it seems to be, never read as one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from spinn_engine.brought import read_network
from spinn_engine.errors import BadInputError
from tests.brought.support import (
    Listed,
    ResBlock,
    Wave,
    mlp,
    renamed,
    saved,
)


def refusal(path: Path, value: object) -> str:
    with pytest.raises(BadInputError) as caught:
        read_network(saved(path, value))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message


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
    "heads": (Heads, "several heads, mean (8 to 1), log_std (8 to 1)"),
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
        lambda: mlp(activation=nn.ELU),
        "its activation is elu, those that can be read are tanh",
    ),
    "leaky": (lambda: mlp(activation=nn.LeakyReLU), "leakyrelu"),
    "approximate": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.GELU("tanh"), nn.Linear(8, 2)),
        "gelu (approximate=tanh)",
    ),
    "several": (
        lambda: nn.Sequential(
            nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2)
        ),
        "several activations, relu, tanh",
    ),
    "none between": (
        lambda: nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 2)),
        "not just one activation",
    ),
    "two between": (lambda: layered(nn.Tanh()), "not just one activation"),
    "before the first": (lambda: nn.Sequential(nn.Tanh(), mlp()), "not just one activation"),
    "one of its own": (lambda: layered(Wave()), "is of the class tests.brought.support.Wave"),
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
    assert "b (8 to 8), c (8 to 8) fit in several ways" in words
    many = mlp((3, *([8] * 64), 2))
    letters = [f"{one}{other}" for one in "abcdefgh" for other in "abcdefghi"][:65]
    assert "fit in several ways" in refusal(tmp_path / "a.pt", renamed(many, letters))
    backwards = renamed(mlp((3, 9, 7, 2)), ("fc3", "fc2", "fc1"))
    assert "do not follow one another" in refusal(tmp_path / "a.pt", backwards)


def test_several_networks(tmp_path: Path) -> None:
    one, other = mlp().state_dict(), mlp().state_dict()
    words = refusal(tmp_path / "a.pt", {"actor": one, "critic": other})
    assert "several networks, actor, critic" in words
    words = refusal(tmp_path / "a.pt", {"model": one, "network": other, "best": one})
    assert "several networks, model, network" in words
    both = {f"{who}.{name}": value for who in ("actor", "critic") for name, value in one.items()}
    assert "several heads" in refusal(tmp_path / "a.pt", both)
    assert "more than 32 networks" in refusal(tmp_path / "a.pt", [dict(one) for _ in range(300)])


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({"activation": "sin"}, "its activation is sin, those that can be read"),
        ({"activation": "LeakyReLU(0.1)"}, "leakyrelu(0.1)"),
        ({"activation": "tanh", "config": {"act": "relu"}}, "several activations, relu, tanh"),
        ({"activation": "tanh", "output_activation": "softplus"}, "softplus after its last"),
        ({"hparams": {"nonlinearity": torch.sin}}, "its activation is sin"),
    ],
)
def test_activations_that_are_stored_and_not_known(
    tmp_path: Path, stored: dict[str, object], words: str
) -> None:
    assert words in refusal(tmp_path / "a.pt", {"model": mlp().state_dict(), **stored})


def with_weight(tensor: Tensor) -> dict[str, Tensor]:
    return {**mlp().state_dict(), "2.weight": tensor}


def with_bias(tensor: Tensor) -> dict[str, Tensor]:
    return {**mlp().state_dict(), "0.bias": tensor}


TENSORS: dict[str, tuple[Callable[[], dict[str, Tensor]], str]] = {
    "NaN": (lambda: with_weight(torch.full((8, 8), torch.nan)), "2.weight holds NaN"),
    "infinite": (lambda: with_bias(torch.full((8,), torch.inf)), "0.bias holds NaN or inf"),
    "beyond float32": (
        lambda: with_bias(torch.full((8,), 1e39, dtype=torch.float64)),
        "too large for float32",
    ),
    "complex": (lambda: with_weight(torch.ones(8, 8, dtype=torch.complex64)), "complex64 numbers"),
    "integer": (lambda: with_weight(torch.ones(8, 8, dtype=torch.int64)), "int64 numbers"),
    "bool": (lambda: with_weight(torch.ones(8, 8, dtype=torch.bool)), "bool numbers"),
    "float8": (lambda: with_weight(torch.ones(8, 8).to(torch.float8_e4m3fn)), "float8_e4m3fn"),
    "sparse": (lambda: with_weight(torch.eye(8).to_sparse()), "2.weight is a sparse tensor"),
    "csr": (lambda: with_weight(torch.eye(8).to_sparse_csr()), "2.weight is a sparse tensor"),
    "meta": (lambda: with_weight(torch.ones(8, 8, device="meta")), "2.weight is a meta tensor"),
    "quantised": (
        lambda: with_weight(torch.quantize_per_tensor(torch.eye(8), 1.0, 0, torch.qint8)),
        "quantised",
    ),
    "expanded": (
        lambda: with_weight(torch.ones(1, 8).expand(8, 8)),
        "2.weight is an expanded view",
    ),
    "overlapping": (
        lambda: with_weight(torch.ones(20).as_strided((8, 8), (1, 1))),
        "expanded view",
    ),
    "negated": (lambda: with_bias(torch.ones(8, dtype=torch.complex64).conj().imag), "negated"),
    "empty": (lambda: with_weight(torch.ones(8, 0)), "2.weight has the shape [8, 0]"),
    "bias of another size": (
        lambda: {**mlp().state_dict(), "2.bias": torch.ones(7)},
        "2.bias has the shape [7] beside",
    ),
    "no weight": (
        lambda: {**mlp().state_dict(), "8.bias": torch.ones(7)},
        "it has 8.bias beside its layers",
    ),
}


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")
@pytest.mark.filterwarnings("ignore:.*quant.*")
@pytest.mark.parametrize(("make", "words"), TENSORS.values(), ids=TENSORS)
def test_tensors_that_are_no_weights(
    tmp_path: Path, make: Callable[[], dict[str, Tensor]], words: str
) -> None:
    assert words in refusal(tmp_path / "a.pt", make())


def test_tied_weights(tmp_path: Path) -> None:
    module = mlp()
    module[4].weight = module[2].weight
    for value in (module.state_dict(), module):
        words = refusal(tmp_path / "a.pt", value)
        assert "2.weight and 4.weight share their numbers (tied weights)" in words
    flat = torch.ones(100)
    state = {**with_weight(flat[:64].view(8, 8)), "4.weight": flat[36:].view(8, 8)}
    assert "share their numbers" in refusal(tmp_path / "a.pt", state)


@pytest.mark.parametrize(
    ("norm", "words"),
    [
        (torch.nn.utils.spectral_norm, "parametrisation"),
        (parametrizations.spectral_norm, "parametrisation"),
        (parametrizations.orthogonal, "parametrisation"),
    ],
)
def test_parametrisations_that_are_not_known(
    tmp_path: Path, norm: Callable[..., nn.Module], words: str
) -> None:
    module = mlp()
    norm(module[2])
    assert words in refusal(tmp_path / "a.pt", module.state_dict())


def test_a_mask_that_is_none(tmp_path: Path) -> None:
    module = mlp()
    prune.l1_unstructured(module[2], "weight", amount=3)  # type: ignore[no-untyped-call]
    state = module.state_dict()
    state["2.weight_mask"] *= 0.5
    assert "2.weight_mask is no mask" in refusal(tmp_path / "a.pt", state)


def test_a_mask_over_an_infinite_weight(tmp_path: Path) -> None:
    module = mlp()
    prune.l1_unstructured(module[2], "weight", amount=3)  # type: ignore[no-untyped-call]
    state = module.state_dict()
    state["2.weight_orig"][state["2.weight_mask"] == 0] = torch.inf
    assert "2.weight_orig holds NaN" in refusal(tmp_path / "a.pt", state)


def test_weight_norms_of_zero(tmp_path: Path) -> None:
    module = mlp()
    parametrizations.weight_norm(module[2])
    state = module.state_dict()
    state["2.parametrizations.weight.original1"][3] = 0
    assert "original1 holds NaN" in refusal(tmp_path / "a.pt", state)


def test_a_module_whose_layer_was_emptied(tmp_path: Path) -> None:
    module = nn.Sequential(mlp((3, 8, 2)), nn.Linear(2, 2))
    module[1]._parameters.clear()
    assert "its layer 1 has no weight" in refusal(tmp_path / "a.pt", module)


def test_sizes_beyond_those_of_a_spec(tmp_path: Path) -> None:
    deep = mlp((3, *([2] * 65), 2))
    assert "66 layers, more than 65" in refusal(tmp_path / "a.pt", deep.state_dict())
    wide = mlp((1, 65_537, 1))
    assert "wider than 65,536" in refusal(tmp_path / "a.pt", wide.state_dict())


def test_names_are_shown_on_one_line_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    name = "\x1b[31m\n[red]" + "x" * 500 + ".weight"
    words = refusal(tmp_path / "a.pt", {**mlp().state_dict(), name: torch.ones(2, 2, 2)})
    assert "?[31m?[red]xxx" in words
    assert len(words) < 400 + len(str(tmp_path))
    path = tmp_path / "two\nlines.pt"
    path.write_bytes(b"")
    with pytest.raises(BadInputError) as caught:
        read_network(path)
    assert "two?lines.pt: it is empty" in str(caught.value)
