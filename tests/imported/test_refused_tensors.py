"""Tensors that are no weights of a plain MLP: refused, each with what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported.support import mlp, refusal


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
