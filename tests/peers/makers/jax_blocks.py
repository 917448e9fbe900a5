"""JAX: residual blocks with LayerNorm whose files show neither, by Flax and by Equinox."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
from flax import linen

from tests.peers.makers import equinox, flax
from tests.peers.record import task

WIDTHS = [4, 16, 24, 16, 24, 16, 2]


class Flat(linen.Module):
    """Two blocks h + down(silu(up(norm(h)))), all layers beside each other."""

    @linen.compact
    def __call__(self, x: Any) -> Any:
        h = linen.Dense(16)(x)
        for _ in range(2):
            inner = linen.silu(linen.Dense(24)(linen.LayerNorm()(h)))
            h = h + linen.Dense(16)(inner)
        return linen.Dense(2)(h)


class Block(eqx.Module):
    """One block, of the same form."""

    norm: eqx.nn.LayerNorm
    up: eqx.nn.Linear
    down: eqx.nn.Linear

    def __init__(self, key: Any) -> None:
        first, second = jax.random.split(key)
        self.norm = eqx.nn.LayerNorm(16)
        self.up = eqx.nn.Linear(16, 24, key=first)
        self.down = eqx.nn.Linear(24, 16, key=second)

    def __call__(self, h: Any) -> Any:
        return h + self.down(jax.nn.silu(self.up(self.norm(h))))


class Blocks(eqx.Module):
    """Two blocks, and a norm behind the last."""

    enter: eqx.nn.Linear
    blocks: list[Block]
    norm: eqx.nn.LayerNorm
    leave: eqx.nn.Linear

    def __init__(self, key: Any) -> None:
        keys = jax.random.split(key, 4)
        self.enter = eqx.nn.Linear(4, 16, key=keys[0])
        self.blocks = [Block(keys[1]), Block(keys[2])]
        self.norm = eqx.nn.LayerNorm(16)
        self.leave = eqx.nn.Linear(16, 2, key=keys[3])

    def __call__(self, x: Any) -> Any:
        h = self.enter(x)
        for block in self.blocks:
            h = block(h)
        return self.leave(self.norm(h))


def make() -> None:
    """Write all files."""
    work, facts = task(), {"structure": "residual, LayerNorm", "widths": WIDTHS}
    flax.linens(Flat(), work, "flax_blocks", activation="silu", **facts)
    blocks = equinox.fitted(Blocks(jax.random.key(15)), work)
    equinox.kept(blocks, work, "equinox_blocks.eqx", "", activation="silu", **facts)
