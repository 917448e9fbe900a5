"""Networks as other projects build and name them, and files written by hand."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spinn_engine.errors import BadInputError
from spinn_engine.imported import StoredNetwork, read_network

WIDTHS = (3, 8, 8, 8, 2)


class Pinn(nn.Module):
    """A network whose forward is code, with its layers in one Sequential."""

    def __init__(self, widths: Sequence[int] = WIDTHS, activation: type[nn.Module] = nn.Tanh):
        super().__init__()
        self.net = mlp(widths, activation)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.net(x)
        return out


class Listed(nn.Module):
    """Layers in a list, and a function between them that is kept as an attribute."""

    def __init__(self, activation: object = torch.tanh) -> None:
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(WIDTHS))
        self.activation = activation


class Shared(nn.Module):
    """Named layers, and one activation for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.fc3 = nn.Linear(8, 2)
        self.fc2 = nn.Linear(8, 8)
        self.fc1 = nn.Linear(3, 8)
        self.drop = nn.Dropout(0.2)
        self.act = nn.GELU()


class LinBlock(nn.Module):
    """A layer and its activation in a module of one's own."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(inputs, outputs), nn.SiLU(), nn.Dropout(0.1))


class ResBlock(nn.Module):
    """Two layers with a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, width), nn.Linear(width, width)


class Wave(nn.Module):
    """An activation of one's own."""


def mlp(
    widths: Sequence[int] = WIDTHS, activation: type[nn.Module] = nn.Tanh, bias: bool = True
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for a, b in pairwise(widths):
        layers += [nn.Linear(a, b, bias=bias), activation()]
    return nn.Sequential(*layers[:-1])


def linears(module: nn.Module) -> list[nn.Linear]:
    return [one for one in module.modules() if isinstance(one, nn.Linear)]


def renamed(module: nn.Module, names: Sequence[str], seed: int = 0) -> dict[str, Tensor]:
    """The layers under other names, in an order of the dict that tells nothing."""
    pairs = []
    for name, layer in zip(names, linears(module), strict=True):
        pairs += [(f"{name}.{key}", value) for key, value in layer.state_dict().items()]
    order = np.random.default_rng(seed).permutation(len(pairs))
    return dict(pairs[place] for place in order)


def saved(path: Path, value: object, **options: Any) -> Path:
    torch.save(value, path, **options)
    return path


def assert_same(network: StoredNetwork, layers: Sequence[nn.Linear]) -> None:
    """Bit by bit the layers of a module, counted by torch."""
    assert len(network.weights) == len(layers)
    for weight, bias, layer in zip(network.weights, network.biases, layers, strict=True):
        assert weight.dtype == np.float32
        assert np.ascontiguousarray(weight.T).tobytes() == bits(layer.weight)
        assert (bias is None) == (layer.bias is None)
        if bias is not None:
            assert bias.tobytes() == bits(layer.bias)
    parameters = [p for layer in layers for p in (layer.weight, layer.bias) if p is not None]
    assert network.params == sum(p.numel() for p in parameters)
    assert network.nonzero == sum(int(torch.count_nonzero(p)) for p in parameters)


def bits(tensor: Tensor) -> bytes:
    return tensor.detach().float().contiguous().numpy().tobytes()


@dataclass
class Part:
    """An entry of a zip file; what its headers say may be wrong."""

    name: str
    data: bytes
    crc: int | None = None
    size: int | None = None
    method: int = 0
    flags: int = 0
    local_name: str | None = None
    at: int | None = None
    extra: bytes = b""


def zip_of(parts: Sequence[Part], count: int | None = None, tail: bytes = b"") -> bytes:
    """A zip file, laid out by hand."""
    body, central = b"", b""
    for part in parts:
        crc = zlib.crc32(part.data) if part.crc is None else part.crc
        size = len(part.data) if part.size is None else part.size
        name = part.name.encode()
        local = (part.local_name or part.name).encode()
        fields = (part.flags, part.method, 0, 0, crc, size, size)
        at = len(body) if part.at is None else part.at
        body += struct.pack("<4s5H3I2H", b"PK\3\4", 0, *fields, len(local), 0) + local + part.data
        central += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 0, 0, *fields, len(name), len(part.extra), 0, 0, 0, 0, at
        )
        central += name + part.extra
    many = len(parts) if count is None else count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, many, many, len(central), len(body), 0)
    return body + central + tail + end


def torch_zip(pickled: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    """A file as ``torch.save`` lays it out, around any pickle."""
    parts = [Part("a/data.pkl", pickled), Part("a/version", b"3\n")]
    parts += [Part(f"a/data/{key}", data) for key, data in (storages or {}).items()]
    return zip_of(parts)


class Persistent(tuple[Any, ...]):
    """What a pickler is to write as a persistent id."""


class Global:
    """What a pickler is to write as the name of a class or function."""

    def __init__(self, module: str, name: str) -> None:
        self.text = f"{module}\n{name}\n"


def pickled(value: object) -> bytes:
    """A pickle of protocol 2 with names and persistent ids of one's choice."""
    buffer = io.BytesIO()

    python_pickler: Any = vars(pickle)["_Pickler"]

    class Pickler(python_pickler):  # type: ignore[misc]
        def persistent_id(self, value: object) -> object:
            return tuple(value) if isinstance(value, Persistent) else None

        def save(self, value: object, save_persistent_id: bool = True) -> None:
            if isinstance(value, Global):
                self.write(b"c" + value.text.encode())
            elif isinstance(value, Call):
                self.save(value.function)
                self.save(value.arguments)
                self.write(b"R")
            else:
                super().save(value, save_persistent_id)

    Pickler(buffer, protocol=2).dump(value)
    return buffer.getvalue()


class Call:
    """What a pickler is to write as a call."""

    def __init__(self, function: Global, *arguments: object) -> None:
        self.function, self.arguments = function, arguments


def tensor(key: str, shape: Sequence[int], storage: str = "FloatStorage", **other: Any) -> Call:
    """A tensor as ``torch.save`` writes it, unless ``other`` says otherwise."""
    strides = [int(np.prod(shape[place + 1 :])) for place in range(len(shape))]
    count = other.get("count", int(np.prod(shape)))
    claim = Persistent(("storage", Global("torch", storage), key, "cpu", count))
    strides = other.get("strides", strides)
    return Call(
        Global("torch._utils", "_rebuild_tensor_v2"),
        claim,
        other.get("offset", 0),
        tuple(shape),
        tuple(strides),
        False,
        {},
    )


def floats(*shape: int) -> bytes:
    return np.arange(1, 1 + int(np.prod(shape)), dtype="<f4").tobytes()


def small(**changed: Any) -> bytes:
    """A file of one's own making with a network of 3, 4 and 2 neurons."""
    tensors = {
        "0.weight": tensor("0", (4, 3)),
        "0.bias": tensor("1", (4,)),
        "2.weight": tensor("2", (2, 4)),
        "2.bias": tensor("3", (2,)),
    }
    data = {"0": floats(4, 3), "1": floats(4), "2": floats(2, 4), "3": floats(2)}
    tensors.update(changed)
    return torch_zip(pickled(tensors), data)


def refusal(path: Path, value: object) -> str:
    with pytest.raises(BadInputError) as caught:
        read_network(saved(path, value))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message
