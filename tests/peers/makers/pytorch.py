"""PyTorch: a state_dict, ``.pt2`` and ONNX of many networks, and the other forms of plain ones."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tests.peers import modules
from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES
from tests.peers.training import fit, parameters, predicted_by

TORCH = Tool("torch")
ONNX = Tool("torch", ("onnx", "onnxscript"))
PLAIN = [4, 16, 16, 2]


@dataclass(frozen=True)
class Made:
    """A network and what is said of it."""

    network: nn.Module
    work: Task
    structure: str
    widths: Sequence[int]
    activation: str

    def record(self, file: str, kind: str, tool: Tool = TORCH) -> None:
        """Write what it predicts."""
        facts = {"structure": self.structure, "widths": self.widths, "activation": self.activation}
        count = parameters(self.network)
        predict = predicted_by(self.network)
        record(file, tool, self.work, predict, kind=kind, **facts, parameters=count)


def made(
    build: Callable[[], nn.Module],
    work: Task,
    structure: str,
    widths: Sequence[int] = PLAIN,
    activation: str = "tanh",
) -> Made:
    """Build from a fixed seed and train."""
    torch.manual_seed(len(structure))
    return Made(fit(build(), work), work, structure, widths, activation)


def state_dict(one: Made, name: str) -> None:
    """``NAME.pt``."""
    torch.save(one.network.state_dict(), FILES / f"{name}.pt")
    one.record(f"{name}.pt", "state_dict")


def exported(one: Made, name: str) -> None:
    """``NAME.pt2``, for any number of rows."""
    rows = torch.export.Dim("rows", min=1)
    example = (torch.from_numpy(one.work.x[:2]),)
    program = torch.export.export(one.network, example, dynamic_shapes=({0: rows},))
    torch.export.save(program, FILES / f"{name}.pt2")
    one.record(f"{name}.pt2", "pt2")


def onnx(one: Made, name: str, dynamo: bool) -> None:
    """``NAME.onnx`` by the exporter of today, or ``NAME_old.onnx`` by the one before."""
    file = f"{name}.onnx" if dynamo else f"{name}_old.onnx"
    example = (torch.from_numpy(one.work.x[:2]),)
    if dynamo:
        shapes = ({0: torch.export.Dim("rows", min=1)},)
        program = torch.onnx.export(
            one.network,
            example,
            input_names=["x"],
            output_names=["y"],
            dynamo=True,
            dynamic_shapes=shapes,
            verbose=False,
        )
        assert program is not None
        program.save(FILES / file, external_data=False)
    else:
        free = {"x": {0: "rows"}, "y": {0: "rows"}}
        torch.onnx.export(
            one.network,
            example,
            str(FILES / file),
            input_names=["x"],
            output_names=["y"],
            dynamo=False,
            dynamic_axes=free,
        )
    one.record(file, "onnx" if dynamo else "onnx of the old exporter", ONNX)


def plain_forms() -> None:
    """One form a file: whole module, TorchScript, legacy, AveragedModel."""
    z = task()
    one = made(lambda: modules.plain(nn.SiLU), task("minmax", "minmax"), "plain", activation="silu")
    torch.save(one.network, FILES / "torch_whole.pt")
    one.record("torch_whole.pt", "whole module")
    one = made(modules.plain, z, "plain")
    torch.jit.script(one.network).save(str(FILES / "torch_script.pt"))
    one.record("torch_script.pt", "TorchScript")
    one = made(lambda: modules.plain(nn.GELU), z, "plain", activation="gelu")
    torch.save(
        one.network.state_dict(),
        FILES / "torch_legacy.pt",
        _use_new_zipfile_serialization=False,
    )
    one.record("torch_legacy.pt", "legacy state_dict")
    torch.save(one.network, FILES / "torch_legacy_whole.pt", _use_new_zipfile_serialization=False)
    one.record("torch_legacy_whole.pt", "legacy whole module")
    averaged = AveragedModel(one.network, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    averaged.update_parameters(one.network)
    state_dict(Made(averaged, z, "plain", PLAIN, "gelu"), "torch_averaged")


def structures() -> dict[str, Made]:
    """By the name of their files."""
    raw, z, unit, ends = task("none", "none"), task(), task("minmax", "minmax"), task("z", "minmax")
    centred = task("plus_minus_one", "z")
    of_x, of_y = z.inputs, z.targets
    numbers = [
        torch.tensor(values, dtype=torch.float32)
        for values in (of_x.offset, of_x.divisor, of_y.offset, of_y.divisor)
    ]
    edge, half = centred.inputs.offset, centred.inputs.divisor
    bounds = [torch.tensor(v, dtype=torch.float32) for v in (edge - half, edge + half)]
    return {
        "plain_z": made(modules.plain, z, "plain"),
        "plain_minmax": made(modules.plain, unit, "plain"),
        "plain_robust": made(modules.plain, task("robust", "z"), "plain"),
        "buffers": made(lambda: modules.Buffers(*numbers), raw, "scaling inside"),
        "bounds": made(lambda: modules.Bounds(*bounds), task("none", "z"), "bounds inside"),
        "prelu": made(lambda: modules.plain(nn.PReLU), z, "plain", activation="prelu"),
        "residual": made(modules.Residual, z, "residual", [4, 16, 12, 16, 12, 16, 2]),
        "skips": made(modules.Skips, z, "skips of one layer", [4, 16, 16, 16, 2]),
        "layernorm": made(modules.layer_norm, z, "LayerNorm", activation="gelu"),
        "norm_blocks": made(
            modules.NormBlocks, z, "residual, LayerNorm", [4, 16, 24, 16, 24, 16, 2], "silu"
        ),
        "batchnorm": made(modules.batch_norm, z, "BatchNorm", activation="relu"),
        "fourier": made(modules.Fourier, z, "Fourier features", [4, 16, 16, 16, 2]),
        "siren": made(modules.Siren, centred, "SIREN", activation="sin(30 z)"),
        "modified": made(modules.Modified, z, "modified MLP", [4, 16, 16, 16, 2]),
        "weight_norm": made(modules.normed_weights, z, "weight_norm"),
        "slopes": made(modules.Slopes, z, "adaptive slopes", activation="tanh(10 a z)"),
        "heads": made(modules.Heads, z, "two heads", [4, 24, 12, 8, 1], "elu"),
        "softplus": made(lambda: modules.ended(nn.Softplus()), ends, "softplus after the output"),
        "sigmoid": made(lambda: modules.ended(nn.Sigmoid()), unit, "sigmoid after the output"),
    }


def make() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    plain_forms()
    for name, one in structures().items():
        state_dict(one, f"torch_{name}")
        if name in ("plain_minmax", "plain_robust", "bounds"):
            continue  # a chain like the others: what differs is what the user did before
        exported(one, f"torch_{name}")
        onnx(one, f"torch_{name}", dynamo=True)
        if name in ("plain_z", "residual", "layernorm", "siren"):
            onnx(one, f"torch_{name}", dynamo=False)
