"""Export formats: what a file is called, and the lines that load and run it in a new Python.

The function that writes each stands in ``export/writers.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table

RUN_TORCH = "y = network(torch.from_numpy(x)).detach().numpy()"


@dataclass(frozen=True, kw_only=True)
class FormatRow(Row):
    """An export format.

    Attributes:
        suffix: how its files end.
        load: makes ``network`` in a new Python; ``{name}`` is the file's name, ``{network}`` the
            lines of a function that takes its numbers from ``w``, by name, for files without them.
        run: makes ``y`` of ``x`` ``[rows, in]``, a NumPy array of the manifest's ``dtype``.
        sparse: whether it holds the zeroed network without its zeros.
        usual: whether a form has it chosen at first.
    """

    suffix: str
    load: str
    run: str = RUN_TORCH
    sparse: bool = False
    usual: bool = False


_SPARSE_LOAD = "import torch; w = torch.load('{name}', weights_only=True)['state_dict']\n{network}"
FORMATS = table(
    FormatRow(
        name="module",
        label="module",
        help="the whole network as a module of torch's own classes, for torch.load",
        suffix=".pth",
        load="import torch; network = torch.load('{name}', weights_only=False)",
        usual=True,
    ),
    FormatRow(
        name="pt2",
        label="pt2",
        help="torch.export, for PyTorch without Python classes",
        suffix=".pt2",
        load="import torch; network = torch.export.load('{name}').module()",
    ),
    FormatRow(
        name="onnx",
        label="onnx",
        help="for ONNX Runtime and everything that reads ONNX",
        suffix=".onnx",
        load="import onnxruntime; network = onnxruntime.InferenceSession('{name}')",
        run="y = network.run(None, {'inputs': x})[0]",
        usual=True,
    ),
    FormatRow(
        name="safetensors",
        label="safetensors",
        help="weights alone, for any reader",
        suffix=".safetensors",
        load=(
            "import torch, safetensors.torch; w = safetensors.torch.load_file('{name}')\n{network}"
        ),
    ),
    FormatRow(
        name="coo",
        label="coo",
        help="magnitude pruning without its zeros, coordinates",
        suffix=".coo.pt",
        load=_SPARSE_LOAD,
        sparse=True,
    ),
    FormatRow(
        name="csr",
        label="csr",
        help="magnitude pruning without its zeros, compressed rows",
        suffix=".csr.pt",
        load=_SPARSE_LOAD,
        sparse=True,
    ),
)
