"""Programs that PyTorch wrote, before and after a cut: against the module that they were made of.

The module is cut by torch-pruning; parameters are counted in its tensors, multiply-accumulates by
torch's own counter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import onnx
import pytest
import torch
import torch_pruning
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.utils.flop_counter import FlopCounterMode

from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.pruning.importance import CRITERIA, ScoringData, strongest
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.training.network import Stack
from tests.peers import modules
from tests.peers.table import FILES
from tests.peers.test_peers import expected

ONES = [torch.ones(4), torch.ones(4), torch.ones(2), torch.ones(2)]
BUILT: dict[str, Callable[[], nn.Module]] = {
    "plain_z": modules.plain,
    "prelu": partial(modules.plain, nn.PReLU),
    "buffers": partial(modules.Buffers, *ONES),
    "residual": modules.Residual,
    "skips": modules.Skips,
    "layernorm": modules.layer_norm,
    "norm_blocks": modules.NormBlocks,
    "batchnorm": modules.batch_norm,
    "fourier": modules.Fourier,
    "siren": modules.Siren,
    "modified": modules.Modified,
    "slopes": modules.Slopes,
    "weight_norm": modules.normed_weights,
    "heads": modules.Heads,
    "softplus": partial(modules.ended, nn.Softplus()),
    "sigmoid": partial(modules.ended, nn.Sigmoid()),
}
# What scales is folded into their layers, whose numbers are then others than the module's.
FOLDED = ("torch_buffers", "torch_batchnorm", "torch_slopes")
NOTHING = ScoringData(torch.empty(0), torch.empty(0), ())
OTHERS = ["keras", "flax", "flax_residual", "sklearn", "sklearn_pipeline"]
PROGRAMS = [f"torch_{name}{end}" for name in BUILT for end in (".onnx", ".pt2")]


def module_of(file: str) -> nn.Module:
    """What the program was made of."""
    name = file.rpartition(".")[0]
    module = BUILT[name.removeprefix("torch_")]()
    module.load_state_dict(torch.load(FILES / f"{name}.pt", weights_only=True))
    for part in module.modules():
        if parametrize.is_parametrized(part):
            parametrize.remove_parametrizations(part, "weight")
    return module.eval()


def rows_of(file: str) -> Tensor:
    return torch.tensor(expected(file)["inputs"])


def stack_of(network: StoredNetwork) -> Stack:
    tensors = {}
    for one in network.graph.parameters:
        array = torch.tensor(network.arrays[one.name])
        tensors[one.name] = array[None, None] if one.rows is None else array[None]
    return Stack(network.graph, tensors)


def layers_of(network: StoredNetwork, module: nn.Module) -> dict[str, nn.Linear]:
    """The module's layer of each dense operation: by its name, in a chain by its place."""
    linears = {name: m for name, m in module.named_modules() if isinstance(m, nn.Linear)}
    ops = [op.name for op in network.graph.dense if op.trained]
    if set(ops) <= set(linears):
        return {name: linears[name] for name in ops}
    return dict(zip(ops, linears.values(), strict=True))


def learned(module: nn.Module) -> int:
    """All numbers but those that a reader folds into layers: norms at rest, and slopes."""
    parts = [m for m in module.modules() if isinstance(m, nn.BatchNorm1d | nn.ParameterList)]
    folded = {id(one) for part in parts for one in part.parameters()}
    return sum(one.numel() for one in module.parameters() if id(one) not in folded)


def macs(module: nn.Module, x: Tensor) -> int:
    """Of one row."""
    with FlopCounterMode(display=False) as counted:
        module(x)
    flops = int(counted.get_total_flops())
    assert flops % (2 * len(x)) == 0
    return flops // (2 * len(x))


@pytest.mark.parametrize("file", PROGRAMS)
def test_sizes_are_those_of_the_module(file: str) -> None:
    network, module = read_network(FILES / file), module_of(file)
    assert network.params == network.graph.params(network.hidden) == learned(module)
    assert network.graph.macs(network.hidden) == macs(module, rows_of(file))


@pytest.mark.parametrize("name", OTHERS)
def test_sizes_are_those_of_the_arrays_in_a_file(name: str) -> None:
    """Of tools without modules: matrices that rows are multiplied with, each by its shape."""
    file = f"{name}.onnx"
    network, model = read_network(FILES / file), onnx.load(FILES / file)
    arrays = {one.name: tuple(one.dims) for one in model.graph.initializer}
    products = [one for one in model.graph.node if one.op_type in ("Gemm", "MatMul")]
    taken = [arrays.get(given, ()) for one in products for given in one.input]
    shapes = [shape for shape in taken if len(shape) == 2]
    assert network.graph.macs(network.hidden) == sum(a * b for a, b in shapes)
    assert network.params == expected(file)["parameters"]


def group_of(module: nn.Module, layer: nn.Linear, gone: Sequence[int], x: Tensor) -> Any:
    graph = torch_pruning.DependencyGraph()
    graph.build_dependency(module, example_inputs=x, verbose=False)
    return graph.get_pruning_group(layer, torch_pruning.prune_linear_out_channels, list(gone))


@pytest.mark.parametrize("file", PROGRAMS)
def test_it_is_cut_as_torch_pruning_cuts_the_module(file: str) -> None:
    network, module, x = read_network(FILES / file), module_of(file).train(), rows_of(file)
    stack, layers = stack_of(network), layers_of(network, module)
    graph, folds = stack.graph, file.startswith(FOLDED)
    scorer = torch_pruning.importance.MagnitudeImportance(
        p=1, group_reduction="sum", normalizer=None, bias=True, target_types=[nn.Linear]
    )
    into, out_of = (CRITERIA[name](stack, NOTHING) for name in ("l1", "l1_out"))
    kept = []
    for dim, one, other in zip(graph.prunable, into, out_of, strict=True):
        width = graph.widths[dim]
        layer = layers[graph.producers(dim)[0].name]
        kept.append(strongest(one + other, width // 2))
        if not folds:
            theirs = scorer(group_of(module, layer, range(width), x))
            torch.testing.assert_close((one + other)[0], theirs, rtol=1e-4, atol=1e-5)
            assert kept[-1].tolist() == strongest(theirs[None], width // 2).tolist()
    for dim, own in zip(graph.prunable, kept, strict=True):
        gone = sorted({*range(graph.widths[dim])} - {*own[0].tolist()})
        group_of(module, layers[graph.producers(dim)[0].name], gone, x).prune()
    smaller = remove_neurons(stack, kept)
    module.eval()
    torch.testing.assert_close(smaller(x)[0], module(x), rtol=1e-4, atol=1e-4)
    assert smaller.graph.params(smaller.hidden) == learned(module)
    assert smaller.graph.macs(smaller.hidden) == macs(module, x)
