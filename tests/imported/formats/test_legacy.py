"""The format of before PyTorch 1.6, PhysicsNeMo's files, and what pickles would have run."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported.support import (
    Call,
    Global,
    Pinn,
    assert_same,
    linears,
    mlp,
    saved,
    small,
)

LEGACY = {"_use_new_zipfile_serialization": False}


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("protocol", [2, 4])
def test_the_legacy_format_is_read_bit_by_bit(tmp_path: Path, protocol: int, double: bool) -> None:
    module = mlp().double() if double else mlp()
    state = {"model": module.state_dict(), "epoch": 3}
    network = read_network(saved(tmp_path / "a.pt", state, pickle_protocol=protocol, **LEGACY))
    assert_same(network, linears(module))
    assert network.format == "legacy state_dict"


@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
def test_whole_modules_of_the_legacy_format(tmp_path: Path) -> None:
    for module in (mlp(), Pinn()):
        network = read_network(saved(tmp_path / "a.pt", module, **LEGACY))
        assert_same(network, linears(module))
        assert (network.format, network.activation) == ("legacy whole module", "tanh")


def test_views_into_one_storage_of_the_legacy_format(tmp_path: Path) -> None:
    module = mlp()
    flat = torch.cat([one.detach().ravel() for one in module.parameters()])
    state, at = {}, 0
    for name, value in module.state_dict().items():
        state[name] = flat[at : at + value.numel()].view(value.shape)
        at += value.numel()
    assert_same(read_network(saved(tmp_path / "a.pt", state, **LEGACY)), linears(module))


class Runs:
    """A pickle of it would run a command."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch ran",)


@pytest.mark.parametrize("legacy", [False, True])
def test_what_a_pickle_would_have_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, legacy: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    options = LEGACY if legacy else {}
    value = {"state_dict": mlp().state_dict(), "meta": Runs()}
    first, *others = read_network(saved(tmp_path / "a.pt", value, **options)).notes
    assert "it would have run os.system" in first
    assert any("meta" in note for note in others)
    saved(tmp_path / "b.pt", {"meta": Runs()}, **options)
    with pytest.raises(BadInputError, match=r"no layers.* it would have run os\.system"):
        read_network(tmp_path / "b.pt")
    assert not Path("ran").exists()
    pickle.loads(pickle.dumps(Runs()))  # it would have, as this shows
    assert Path("ran").exists()


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("posix", "system", "os.system"),
        ("subprocess", "Popen", "subprocess.Popen"),
        ("builtins", "eval", "builtins.eval"),
        ("__builtin__", "exec", "builtins.exec"),
        ("runpy", "run_path", "runpy.run_path"),
        ("torch.hub", "load", "torch.hub.load"),
        ("functools", "reduce", "functools.reduce"),
        ("somewhere", "download", "somewhere.download"),
    ],
)
def test_functions_that_are_no_values(tmp_path: Path, module: str, name: str, said: str) -> None:
    (tmp_path / "a.pt").write_bytes(small(meta=Call(Global(module, name), "x")))
    assert said in read_network(tmp_path / "a.pt").notes[0]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("argparse", "Namespace"),
        ("numpy.core.multiarray", "scalar"),
        ("pathlib", "PosixPath"),
        ("torch", "device"),
        ("omegaconf.dictconfig", "DictConfig"),
        ("somewhere", "Config"),
    ],
)
def test_values_are_no_functions(tmp_path: Path, module: str, name: str) -> None:
    (tmp_path / "a.pt").write_bytes(small(meta=Call(Global(module, name), "x")))
    assert not any("would have run" in note for note in read_network(tmp_path / "a.pt").notes)


def mdlus(path: Path, state: object, arguments: bytes, name: str = "args.json") -> Path:
    """A ``.mdlus`` of one's own making."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model.pt", buffer.getvalue())
        file.writestr(name, arguments)
        file.writestr("metadata.json", b"{}")
    return path


def named(name: str, **given: object) -> bytes:
    return json.dumps({"__name__": name, "__module__": "x", "__args__": given}).encode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (b"[" * 100_000, "its args.json is damaged"),
        (b"{}", "its args.json is damaged"),
        (named("AFNO"), "it is a AFNO of PhysicsNeMo"),
        (named("FullyConnected", activation_fn="stan"), "its activation is stan"),
        (b" " * 2**21, "more than 1,048,576"),
    ],
)
def test_what_is_wrong_in_a_mdlus(tmp_path: Path, arguments: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read_network(mdlus(tmp_path / "a.mdlus", mlp().state_dict(), arguments))


def test_activations_of_a_mdlus_may_differ(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 2))
    given = named("FullyConnected", activation_fn=["silu", "tanh"])
    network = read_network(mdlus(tmp_path / "a.mdlus", module.state_dict(), given))
    functions = [op.function for op in network.graph.ops if op.kind == "function"]
    assert functions == ["silu", "tanh"]
    assert network.computes
