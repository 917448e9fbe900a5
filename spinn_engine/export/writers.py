"""The bytes of every format. The same network gives the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from functools import partial

import safetensors.torch
import torch

from spinn_engine.evaluation.cost import LAYOUTS, as_sparse
from spinn_engine.export.folding import RawNetwork
from spinn_engine.export.translated.onnx_graph import onnx_bytes

About = Mapping[str, str]


def module_bytes(network: RawNetwork, _: About) -> bytes:
    """The whole module as ``torch.save`` writes it."""
    return _saved(network.module)


def pt2_bytes(network: RawNetwork, about: About) -> bytes:
    """An exported program for any number of rows; ``about`` is its extra file ``about.json``."""
    example = torch.zeros(2, network.graph.inputs, dtype=network.dtype)
    program = torch.export.export(
        network.module, (example,), dynamic_shapes=({0: torch.export.Dim("rows")},)
    )
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # else the file tells where torch is installed
    buffer = io.BytesIO()
    torch.export.save(program, buffer, extra_files={"about.json": json.dumps(dict(about))})
    return buffer.getvalue()


def safetensors_bytes(network: RawNetwork, about: About) -> bytes:
    """Weights as ``0.weight``, ``0.bias``, ``2.weight`` ...; ``about`` is the metadata."""
    written = safetensors.torch.save(network.weights, metadata=dict(about))
    # The library writes the metadata in random order: https://github.com/safetensors/safetensors/issues/584
    end = 8 + int.from_bytes(written[:8], "little")
    header = json.loads(written[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + written[end:]


def state_bytes(network: RawNetwork, about: About, layout: torch.layout) -> bytes:
    """A dict of ``about`` and ``state_dict``, whose matrices have the layout; the rest is dense."""
    sparse = {name: as_sparse(one, layout) for name, one in network.matrices.items()}
    return _saved({**about, "state_dict": network.weights | sparse})


def _saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[RawNetwork, About], bytes]] = {
    "module": module_bytes,
    "pt2": pt2_bytes,
    "onnx": onnx_bytes,
    "safetensors": safetensors_bytes,
    **{name: partial(state_bytes, layout=layout) for name, layout in LAYOUTS.items()},
}
