"""The eps of norms where a file does not tell it: that of the library that wrote the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

KERNEL = "kernel"  # as Flax calls a weight, in safetensors too


class NormDefaults(NamedTuple):
    """What a library takes for eps.

    Attributes:
        whose: its name.
        layer: of LayerNorm.
        batch: of BatchNorm.
    """

    whose: str
    layer: float
    batch: float


TORCH = NormDefaults("torch", 1e-5, 1e-5)
FLAX = NormDefaults("Flax", 1e-6, 1e-5)
OF_KIND = {
    "flax msgpack": FLAX,
    "equinox leaves": NormDefaults("Equinox", 1e-5, 1e-5),
    "keras weights": NormDefaults("Keras", 1e-3, 1e-3),
}


def norm_defaults(kind: str, names: Iterable[str]) -> NormDefaults:
    """By the kind of a file, and by the names of its tensors."""
    if any(name.rpartition(".")[2] == KERNEL for name in names):
        return FLAX
    return OF_KIND.get(kind, TORCH)
