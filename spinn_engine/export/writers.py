"""The bytes of every format. The same network gives the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from functools import partial

import safetensors.torch
import torch
from torch import nn

from spinn_engine.evaluation.cost import LAYOUTS, as_sparse
from spinn_engine.export.folding import linear_layers
from spinn_engine.export.onnx_graph import onnx_bytes

About = Mapping[str, str]


def module_bytes(network: nn.Sequential, _: About) -> bytes:
    """A whole ``torch.nn.Sequential`` as ``torch.save`` writes it."""
    return _saved(network)


def pt2_bytes(network: nn.Sequential, about: About) -> bytes:
    """An exported program for any number of rows; ``about`` is its extra file ``about.json``."""
    first = linear_layers(network)[0]
    example = torch.zeros(2, first.in_features, dtype=first.weight.dtype)
    program = torch.export.export(
        network, (example,), dynamic_shapes=({0: torch.export.Dim("rows")},)
    )
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # else the file tells where torch is installed
    buffer = io.BytesIO()
    torch.export.save(program, buffer, extra_files={"about.json": json.dumps(dict(about))})
    return buffer.getvalue()


def safetensors_bytes(network: nn.Sequential, about: About) -> bytes:
    """Weights as ``0.weight``, ``0.bias``, ``2.weight`` ...; ``about`` is the metadata."""
    written = safetensors.torch.save(network.state_dict(), metadata=dict(about))
    # The library writes the metadata in random order: https://github.com/safetensors/safetensors/issues/584
    end = 8 + int.from_bytes(written[:8], "little")
    header = json.loads(written[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + written[end:]


def state_bytes(network: nn.Sequential, about: About, layout: torch.layout) -> bytes:
    """A dict of ``about`` and ``state_dict``, whose weights have the layout; biases are dense."""
    weights = {
        name: as_sparse(tensor, layout) if tensor.dim() == 2 else tensor
        for name, tensor in network.state_dict().items()
    }
    return _saved({**about, "state_dict": weights})


def layers_code(network: nn.Sequential) -> str:
    """The layers of a network as Python that makes them anew."""
    return ", ".join(_layer_code(module) for module in network)


def formula_code(network: nn.Sequential) -> str:
    """A network as a formula of ``x.T`` ``[in, rows]`` and its weights ``w``, in Python."""
    code = "x.T"
    for number, module in enumerate(network):
        if isinstance(module, nn.Linear):
            bias = "" if module.bias is None else f" + w['{number}.bias'][:, None]"
            code = f"w['{number}.weight'] @ {code}{bias}"
        else:
            code = f"{_layer_code(module)}({code})"
    return code


def _layer_code(module: nn.Module) -> str:
    if not isinstance(module, nn.Linear):
        return f"torch.nn.{type(module).__name__}()"
    bias = ", bias=False" if module.bias is None else ""
    return f"torch.nn.Linear({module.in_features}, {module.out_features}{bias})"


def _saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[nn.Sequential, About], bytes]] = {
    "module": module_bytes,
    "pt2": pt2_bytes,
    "onnx": onnx_bytes,
    "safetensors": safetensors_bytes,
    **{name: partial(state_bytes, layout=layout) for name, layout in LAYOUTS.items()},
}
