"""JAX with Flax: msgpack and safetensors of linen's parameters, orbax of nnx, and ONNX.

Nothing but names and shapes is in the first two; ``jax2onnx`` writes the function.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
import orbax.checkpoint as ocp
from flax import linen, nnx, serialization
from flax.traverse_util import flatten_dict
from jax import numpy as jnp
from jax2onnx import to_onnx
from safetensors.flax import save_file

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN

FLAX = Tool("flax", ("jax",))
PLAIN = [4, 16, 16, 2]


class Plain(linen.Module):
    """4-16-16-2, gelu in the form with tanh, which is flax's own."""

    @linen.compact
    def __call__(self, x: Any) -> Any:
        for _ in range(2):
            x = linen.gelu(linen.Dense(16)(x))
        return linen.Dense(2)(x)


class Normed(linen.Module):
    """A residual block behind a LayerNorm, of which eps is 1e-6."""

    @linen.compact
    def __call__(self, x: Any) -> Any:
        h = linen.Dense(16, name="enter")(x)
        inner = linen.silu(linen.Dense(24, name="up")(linen.LayerNorm(name="norm")(h)))
        h = h + linen.Dense(16, name="down")(inner)
        return linen.Dense(2, name="leave")(h)


class Gated(linen.Module):
    """The modified MLP as jaxpi names it."""

    @linen.compact
    def __call__(self, x: Any) -> Any:
        u, v = (linen.tanh(linen.Dense(16)(x)) for _ in range(2))
        for _ in range(2):
            x = linen.tanh(linen.Dense(16)(x))
            x = x * u + (1 - x) * v
        return linen.Dense(2)(x)


class Nnx(nnx.Module):
    """4-24-12-2 of nnx."""

    def __init__(self, rngs: Any) -> None:
        self.first = nnx.Linear(4, 24, rngs=rngs)
        self.second = nnx.Linear(24, 12, rngs=rngs)
        self.last = nnx.Linear(12, 2, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        return self.last(nnx.tanh(self.second(nnx.tanh(self.first(x)))))


def fitted(apply: Callable[[Any, Any], Any], params: Any, work: Task) -> Any:
    """Adam of optax on all training rows."""
    x, y = jnp.asarray(work.x[TRAIN]), jnp.asarray(work.y[TRAIN])
    adam = optax.adam(optax.cosine_decay_schedule(0.01, 1500))

    def step(state: Any, _: None) -> tuple[Any, None]:
        params, moments = state
        slopes = jax.grad(lambda p: ((apply(p, x) - y) ** 2).mean())(params)
        change, moments = adam.update(slopes, moments)
        return (optax.apply_updates(params, change), moments), None

    return jax.lax.scan(step, (params, adam.init(params)), None, 1500)[0][0]


def count(params: Any) -> int:
    """How many numbers."""
    return sum(one.size for one in jax.tree.leaves(params))


def linens(module: Any, work: Task, name: str, **facts: Any) -> Any:
    """``NAME.msgpack``; the parameters come back."""
    params = fitted(module.apply, module.init(jax.random.key(11), work.x[:1]), work)
    (FILES / f"{name}.msgpack").write_bytes(serialization.to_bytes(params))
    kept(f"{name}.msgpack", lambda x: module.apply(params, x), work, params, "msgpack", facts)
    return params


def kept(
    file: str, apply: Callable[[Any], Any], work: Task, params: Any, kind: str, facts: Any
) -> None:
    """Record what jax predicts."""
    tool = Tool("jax2onnx", ("flax", "jax", "onnx")) if kind == "onnx" else FLAX
    tool = Tool("safetensors", ("flax", "jax")) if kind == "safetensors" else tool
    tool = Tool("orbax-checkpoint", ("flax", "jax")) if kind == "zip of an orbax folder" else tool

    def predict(x: np.ndarray) -> np.ndarray:
        return np.asarray(apply(jnp.asarray(x)))

    record(file, tool, work, predict, kind=kind, parameters=count(params), **facts)


def orbax(work: Task) -> None:
    """The state of an nnx network; orbax makes a folder, which is zipped here."""
    graph, state = nnx.split(Nnx(nnx.Rngs(12)))
    state = fitted(lambda s, x: nnx.merge(graph, s)(x), state, work)
    folder = FILES / "flax_orbax"
    shutil.rmtree(folder, ignore_errors=True)
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(folder.resolve(), nnx.to_pure_dict(state))
    with zipfile.ZipFile(FILES / "flax_orbax.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(FILES))
    shutil.rmtree(folder)
    facts = {"structure": "plain", "widths": [4, 24, 12, 2], "activation": "tanh"}
    network = nnx.merge(graph, state)
    kept("flax_orbax.zip", network, work, state, "zip of an orbax folder", facts)


def onnx(module: Any, params: Any, work: Task, name: str, facts: Any) -> None:
    """``NAME.onnx`` by jax2onnx."""
    to_onnx(
        lambda x: module.apply(params, x), [("rows", 4)], return_mode="file",
        output_path=str(FILES / f"{name}.onnx"),
    )  # fmt: skip
    kept(f"{name}.onnx", lambda x: module.apply(params, x), work, params, "onnx", facts)


def make() -> None:
    """Write all files."""
    work = task()
    plain = {"structure": "plain", "widths": PLAIN, "activation": "gelu_tanh"}
    params = linens(Plain(), work, "flax", **plain)
    flat = {".".join(path): one for path, one in flatten_dict(params).items()}
    save_file(flat, FILES / "flax.safetensors")
    kept("flax.safetensors", lambda x: Plain().apply(params, x), work, params, "safetensors",
         plain)  # fmt: skip
    onnx(Plain(), params, work, "flax", plain)
    normed = {
        "structure": "residual, LayerNorm",
        "widths": [4, 16, 24, 16, 2],
        "activation": "silu",
    }
    onnx(Normed(), linens(Normed(), work, "flax_residual", **normed), work, "flax_residual", normed)
    linens(Gated(), work, "flax_modified", structure="modified MLP", widths=PLAIN,
           activation="tanh")  # fmt: skip
    orbax(task("minmax", "z"))
