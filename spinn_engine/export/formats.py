"""The formats: what a file is called, and the lines of Python that load and run it. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spinn_engine.errors import BadInputError

ALL = "all"
_RUN_TORCH = "y = network(torch.from_numpy(x)).detach().numpy()"


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        suffix: how its files end.
        load: makes ``network`` in a new Python; ``{name}`` is the file's name, ``{layers}`` the
            layers as Python, ``{formula}`` what they do with ``x.T``.
        run: makes ``y`` of ``x`` ``[rows, in]``, a NumPy array of the manifest's ``dtype``.
        sparse: whether it holds the ``magnitude`` network without its zeros.
    """

    suffix: str
    load: str
    run: str = _RUN_TORCH
    sparse: bool = False


# torch.nn.Linear takes no COO weight, and a sparse matrix wants the rows on its right.
_SPARSE_LOAD = (
    "import torch; w = torch.load('{name}', weights_only=True)['state_dict']; "
    "network = lambda x: ({formula}).T"
)
FORMATS = {
    "module": Format(".pth", "import torch; network = torch.load('{name}', weights_only=False)"),
    "pt2": Format(".pt2", "import torch; network = torch.export.load('{name}').module()"),
    "onnx": Format(
        ".onnx",
        "import onnxruntime; network = onnxruntime.InferenceSession('{name}')",
        "y = network.run(None, {'inputs': x})[0]",
    ),
    "safetensors": Format(
        ".safetensors",
        "import torch, safetensors.torch; network = torch.nn.Sequential({layers}); "
        "network.load_state_dict(safetensors.torch.load_file('{name}'), assign=True)",
    ),
    "coo": Format(".coo.pt", _SPARSE_LOAD, sparse=True),
    "csr": Format(".csr.pt", _SPARSE_LOAD, sparse=True),
}


def check_formats(names: Sequence[str]) -> None:
    """Refuse what is no format.

    Raises:
        BadInputError: nothing, or something unknown, was asked for.
    """
    for name in names:
        if name not in (*FORMATS, ALL):
            raise BadInputError(f"unknown format {name!r}: use {', '.join(FORMATS)}, or {ALL}")
    if not names:
        raise BadInputError(f"no format is named: use some of {', '.join(FORMATS)}, or {ALL}")
