"""Checkpoints: one network a file, and the stacks that a run goes on from.

A checkpoint is what ``torch.load(path, weights_only=True)`` opens: a dict of plain values and
tensors, with the weights under ``state_dict`` as torch's own modules have them (of a plain network
``torch.nn.Sequential``). The same networks give the same bytes.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.imported.files.own_format import CHECKPOINT_FORMAT, STACK_FORMAT
from spinn_engine.problems.arrivals import Column, findings_on
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.problem import Floats
from spinn_engine.training.course import Taken
from spinn_engine.training.modules import module_of, state_dict
from spinn_engine.training.network import Stack, mlp_stack
from spinn_engine.training.scaling import Scaler

NOT_TRAINED = Taken(0, 0)
SCALER_PARTS = ("x_mean", "x_std", "y_mean", "y_std")


@dataclass
class StoredStack:
    """The networks of a block with what the next stage must know.

    Attributes:
        stack: ``M`` networks.
        arms: the arm of each.
        seeds: the seed of each.
        folds: the fold of each, 0 where there is no cross-validation.
        original: per dimension ``[M, width]``, each neuron's index in the dense network.
        val_r2: mean validation R2 over targets, one a member, at the end of the stage.
        val_r2_before: the same before training, after whatever the stage removed.
        derivative_error_before: how far, relative in L2, derivatives of outputs by inputs are from
            the dense network's on validation rows, before training; empty where not asked for.
        derivative_error: the same at the end of the stage.
        seconds: wall time of the block.
        taken: the epochs of Adam that the block trained, and how its rate went.
        updates_an_epoch: of Adam.
        kept: the epoch whose weights each member has; 0 is the state before training.
        notes: what a reader of the result must know about this pruning, in sentences.
        coefficients: by law, the coefficient that each member fitted.
    """

    stack: Stack
    arms: list[str]
    seeds: list[int]
    folds: list[int]
    original: list[Tensor]
    val_r2: list[float] = field(default_factory=list)
    val_r2_before: list[float] = field(default_factory=list)
    derivative_error_before: list[float] = field(default_factory=list)
    derivative_error: list[float] = field(default_factory=list)
    seconds: float = 0.0
    taken: Taken = NOT_TRAINED
    updates_an_epoch: int = 0
    kept: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    coefficients: dict[str, list[float]] = field(default_factory=dict)

    def members(self, arm: str, fold: int | None = None) -> list[int]:
        """Where an arm's networks stand, by seed and then fold; of one fold if it is given."""
        return [
            index
            for index, (its_arm, its_fold) in enumerate(zip(self.arms, self.folds, strict=True))
            if its_arm == arm and fold in (None, its_fold)
        ]


class RawUnitsNetwork(nn.Module):
    """A network between its scalers: raw inputs ``[B, in]`` to raw outputs ``[B, out]``.

    Attributes:
        network: of torch's own modules, for standardised rows.
        graph: what it is.
        input_names: names of the input columns, in order.
        target_names: names of the output columns, in order.
        input_range: smallest and largest value of each input in training ``[2, in]``; None in a
            file of an earlier version.
    """

    def __init__(self, network: nn.Module, checkpoint: dict[str, Any], graph: Graph) -> None:
        super().__init__()
        self.network, self.graph = network, graph
        self.input_names: tuple[str, ...] = tuple(checkpoint["input_names"])
        self.target_names: tuple[str, ...] = tuple(checkpoint["target_names"])
        self.input_range: Tensor | None = checkpoint.get("input_range")
        for name in SCALER_PARTS:
            self.register_buffer(name, checkpoint["scaler"][name])

    def findings(self, x: Tensor | Floats) -> list[Finding]:
        """What to know of raw inputs ``[rows, in]`` before the network is believed on them.

        A code for a missing value, another unit, a sensor that gives one value only, and how many
        rows lie how far outside what the network was trained on.

        Raises:
            BadInputError: the file is of an earlier version, and does not say what that was; or
                the rows have another number of inputs.
        """
        if self.input_range is None:
            raise BadInputError(
                "the checkpoint is of an earlier version and holds no range of its training rows: "
                "run it again"
            )
        x = torch.as_tensor(x)
        if x.ndim != 2 or x.shape[1] != len(self.input_names):
            raise BadInputError(
                f"rows must have the shape [rows, {len(self.input_names)}] but have {list(x.shape)}"
            )
        low, high = self.input_range.tolist()
        values = x.detach().cpu().double().numpy().T
        columns = map(Column, self.input_names, low, high, values)
        return findings_on([*columns])

    def forward(self, x: Tensor) -> Tensor:
        """Outputs in raw units; standardisation runs in the scaler's float64."""
        weight = next(self.network.parameters())
        standard = (x - cast(Tensor, self.x_mean)) / cast(Tensor, self.x_std)
        y = self.network(standard.to(weight.dtype))
        return cast(Tensor, y * self.y_std + self.y_mean)


def save_bytes(value: dict[str, Any]) -> bytes:
    """``torch.save`` to memory: the bytes do not depend on any file name."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def checkpoint_bytes(
    stored: StoredStack, member: int, scaler: Scaler, about: dict[str, Any]
) -> bytes:
    """One network as a checkpoint file.

    Args:
        stored: the stage's networks.
        member: which of them.
        scaler: the member's standardisation.
        about: plain values to keep with it: ``input_names``, ``target_names``, stage, seed.
    """
    graph, weights = stored.stack.graph, state_dict(stored.stack, member)
    scales = {n: torch.from_numpy(getattr(scaler, n).copy()) for n in SCALER_PARTS}
    return save_bytes(
        {
            "format": CHECKPOINT_FORMAT,
            "state_dict": {f"network.{name}": one for name, one in weights.items()},
            "inputs": graph.inputs,
            "hidden": list(graph.hidden),
            "outputs": graph.outputs,
            "activation": graph.activation,
            "graph": graph.model_dump_json(),
            "scaler": scales,
            "original_neurons": [index[member].cpu().clone() for index in stored.original],
            **about,
        }
    )


def read_saved(path: Path, kind: str) -> dict[str, Any]:
    """Open a file of ours, with ``weights_only=True``: nothing but plain values and tensors.

    Raises:
        BadInputError: there is no such file.
        CorruptArtifactError: it is broken, or not of the ``kind`` that was asked for.
    """
    try:
        value = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise BadInputError(f"there is no file {path}") from None
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        why = getattr(error, "strerror", None) or "it is damaged; put it back as it was"
        raise CorruptArtifactError(f"{path} cannot be read: {why}") from error
    if not isinstance(value, dict) or value.get("format") != kind:
        raise CorruptArtifactError(f"{path} is not a {kind} file")
    return value


def load_network(path: Path | str) -> RawUnitsNetwork:
    """A checkpoint as a module that takes and gives raw units, ready for inference.

    Raises:
        BadInputError: there is no such file.
        CorruptArtifactError: the file is broken or no checkpoint of this project.
    """
    checkpoint = read_saved(Path(path), CHECKPOINT_FORMAT)
    graph = graph_of(checkpoint)
    weights = {k.removeprefix("network."): v for k, v in checkpoint["state_dict"].items()}
    return RawUnitsNetwork(module_of(graph, weights), checkpoint, graph).eval()


def graph_of(checkpoint: Mapping[str, Any]) -> Graph:
    """What the network of a checkpoint is; one of an earlier version is a plain one."""
    if "graph" in checkpoint:
        return Graph.model_validate_json(checkpoint["graph"])
    ends = checkpoint["inputs"], checkpoint["outputs"]
    return mlp(checkpoint["hidden"], *ends, checkpoint["activation"])


def stack_bytes(stored: StoredStack) -> bytes:
    """A block's networks as a file, whose existence means that the block is done."""
    stack = stored.stack
    value = {
        "format": STACK_FORMAT,
        "graph": stack.graph.model_dump_json(),
        "tensors": {name: one.detach().cpu() for name, one in stack.tensors.items()},
        "arms": stored.arms,
        "seeds": stored.seeds,
        "folds": stored.folds,
        "original": [index.cpu() for index in stored.original],
        "val_r2": stored.val_r2,
        "val_r2_before": stored.val_r2_before,
        "derivative_error_before": stored.derivative_error_before,
        "derivative_error": stored.derivative_error,
        "seconds": stored.seconds,
        "taken": asdict(stored.taken),
        "updates_an_epoch": stored.updates_an_epoch,
        "kept": stored.kept,
        "notes": stored.notes,
        "coefficients": stored.coefficients,
    }
    return save_bytes(value)


def load_stack(path: Path, device: torch.device) -> StoredStack:
    """Read a stage's networks.

    Raises:
        BadInputError: the stage is not there.
        CorruptArtifactError: the file is broken.
    """
    value = read_saved(path, STACK_FORMAT)
    if "graph" in value:
        stack = Stack(Graph.model_validate_json(value["graph"]), value["tensors"])
    else:  # of an earlier version
        stack = mlp_stack(value["weights"], value["biases"], value["activation"])
    names = [f.name for f in fields(StoredStack) if f.name not in ("stack", "original")]
    old: dict[str, Any] = {"taken": asdict(NOT_TRAINED), "updates_an_epoch": 0, "kept": []}
    old |= {"derivative_error_before": [], "derivative_error": []}
    value = {**old, **value}  # one of an earlier version has none of these
    if missing := [name for name in names if name not in value]:
        raise CorruptArtifactError(f"{path} was written by another version: {missing} not in it")
    rest = {**{name: value[name] for name in names}, "taken": Taken(**value["taken"])}
    original = [index.to(device) for index in value["original"]]
    return StoredStack(stack=stack.to(device), original=original, **rest)
