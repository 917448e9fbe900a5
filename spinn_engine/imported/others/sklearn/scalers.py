"""Scalers of scikit-learn as ``x scale + shift``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.others.sklearn.tree import Floats, Thing, Tree
from spinn_engine.words import shown

Affine = tuple[Floats, Floats]


def scaling(tree: Tree, thing: Thing) -> Affine:
    """What a scaler does to the columns.

    Raises:
        BadInputError: it is no scaler that is read.
    """
    if thing.kind not in SCALERS:
        raise BadInputError(
            f"it has a step of the class {shown(thing.kind)}, which is not read: "
            f"{', '.join(kind.rpartition('.')[2] for kind in SCALERS)} are"
        )
    if tree.of(thing, "clip"):
        raise BadInputError(f"its {shown(thing.name)} clips what it gives, which is not read")
    scale, shift = SCALERS[thing.kind](tree, thing)
    if scale.ndim != 1 or shift.ndim != 1 or scale.size != shift.size:
        raise _uneven(thing)
    return scale, shift


def _standard(tree: Tree, thing: Thing) -> Affine:
    centre = tree.numbers(thing, "mean_") if tree.of(thing, "with_mean") else None
    spread = tree.numbers(thing, "scale_") if tree.of(thing, "with_std") else None
    return _affine(thing, centre, spread)


def _robust(tree: Tree, thing: Thing) -> Affine:
    centre = tree.numbers(thing, "center_") if tree.of(thing, "with_centering") else None
    spread = tree.numbers(thing, "scale_") if tree.of(thing, "with_scaling") else None
    return _affine(thing, centre, spread)


def _largest(tree: Tree, thing: Thing) -> Affine:
    return _affine(thing, None, tree.numbers(thing, "scale_"))


def _affine(thing: Thing, centre: Floats | None, spread: Floats | None) -> Affine:
    """``(x - centre) / spread``; what is None changes nothing."""
    known = [one for one in (centre, spread) if one is not None]
    if len({one.shape for one in known}) > 1:
        raise _uneven(thing)
    columns = known[0].shape if known else (1,)
    with np.errstate(all="ignore"):  # what is not finite is refused with the other numbers
        scale = np.ones(columns) if spread is None else 1 / spread
        return scale, np.zeros(columns) if centre is None else -centre * scale


def _uneven(thing: Thing) -> CorruptArtifactError:
    return CorruptArtifactError(
        f"its {shown(thing.name)} has numbers of several shapes, copy the file again"
    )


def _minmax(tree: Tree, thing: Thing) -> Affine:
    return tree.numbers(thing, "scale_"), tree.numbers(thing, "min_")


SCALERS: dict[str, Callable[[Tree, Thing], Affine]] = {
    "sklearn.preprocessing._data.StandardScaler": _standard,
    "sklearn.preprocessing._data.MinMaxScaler": _minmax,
    "sklearn.preprocessing._data.RobustScaler": _robust,
    "sklearn.preprocessing._data.MaxAbsScaler": _largest,
}
