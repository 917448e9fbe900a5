"""JAX with Equinox: ``tree_serialise_leaves``, alone and behind a line of JSON."""

from __future__ import annotations

import json
from typing import Any

import equinox as eqx
import jax
import numpy as np
import optax
from jax import numpy as jnp

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN

EQUINOX = Tool("equinox", ("jax",))


def fitted(model: Any, work: Task) -> Any:
    """Adam of optax on all training rows."""
    x, y = jnp.asarray(work.x[TRAIN]), jnp.asarray(work.y[TRAIN])
    adam = optax.adam(optax.cosine_decay_schedule(0.01, 1500))
    learned, rest = eqx.partition(model, eqx.is_inexact_array)

    def step(state: Any, _: None) -> tuple[Any, None]:
        params, moments = state
        loss = jax.grad(lambda p: ((jax.vmap(eqx.combine(p, rest))(x) - y) ** 2).mean())
        change, moments = adam.update(loss(params), moments)
        return (eqx.apply_updates(params, change), moments), None

    learned = jax.lax.scan(step, (learned, adam.init(learned)), None, 1500)[0][0]
    return eqx.combine(learned, rest)


def kept(model: Any, work: Task, file: str, head: str, **facts: Any) -> None:
    """Write, perhaps behind a head, and record."""
    with (FILES / file).open("wb") as out:
        out.write(head.encode())
        eqx.tree_serialise_leaves(out, model)
    leaves = jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array))

    def predict(x: np.ndarray) -> np.ndarray:
        return np.asarray(jax.vmap(model)(jnp.asarray(x)))

    count = sum(leaf.size for leaf in leaves)
    record(file, EQUINOX, work, predict, kind="eqx", parameters=count, **facts)


def make() -> None:
    """Write all files."""
    work = task()
    sizes = {"in_size": 4, "out_size": 2, "width_size": 16, "depth": 2}
    mlp = eqx.nn.MLP(**sizes, activation=jax.nn.tanh, key=jax.random.key(13))
    plain = {"structure": "plain", "widths": [4, 16, 16, 2], "activation": "tanh"}
    mlp = fitted(mlp, work)
    kept(mlp, work, "equinox.eqx", "", **plain)
    kept(mlp, work, "equinox_head.eqx", json.dumps(sizes) + "\n", **plain)
    keys = iter(jax.random.split(jax.random.key(14), 3))
    normed = eqx.nn.Sequential(
        [
            eqx.nn.Linear(4, 16, key=next(keys)),
            eqx.nn.LayerNorm(16),
            eqx.nn.Lambda(jax.nn.silu),
            eqx.nn.Linear(16, 16, key=next(keys)),
            eqx.nn.Lambda(jax.nn.elu),
            eqx.nn.Linear(16, 2, key=next(keys)),
        ]
    )
    kept(fitted(normed, work), work, "equinox_layernorm.eqx", "", structure="LayerNorm",
         widths=[4, 16, 16, 2], activation="silu, elu")  # fmt: skip
