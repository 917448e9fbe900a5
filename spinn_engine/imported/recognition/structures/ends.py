"""Fixed maps around a network: what scales inputs and outputs, and Fourier features."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import Concat, Dense, Function
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.structures.draft import Draft
from spinn_engine.words import shown, shown_list

Floats64 = NDArray[np.float64]
Begin = Callable[[Draft, str], str]
End = Callable[[Draft, str], str]
SIDES = {
    **dict.fromkeys(("x", "in", "inp", "input", "inputs", "feature", "features"), "inputs"),
    **dict.fromkeys(("y", "out", "output", "outputs", "target", "targets", "label"), "outputs"),
}
STATISTICS = {
    **dict.fromkeys(("mean", "mu", "avg", "center", "centre", "loc", "offset", "shift"), "mean"),
    **dict.fromkeys(("std", "sigma", "sd", "stddev", "scale", "spread"), "std"),
    **dict.fromkeys(("var", "variance"), "var"),
    **dict.fromkeys(("min", "lb", "low", "lower", "minimum"), "min"),
    **dict.fromkeys(("max", "ub", "high", "upper", "maximum"), "max"),
}
WAVES = {"cosines before sines": ("cos", "sin"), "sines before cosines": ("sin", "cos")}
FACTORS = {"2 pi x": 2 * math.pi, "x": 1.0, "pi x": math.pi}


@dataclass(eq=False)
class Ends:
    """What stands before and behind a network.

    Attributes:
        inputs: how many columns come in.
        begins: ways before it, in words, the likeliest first.
        ends: ways behind it.
        notes: what there is to say.
    """

    inputs: int
    begins: list[tuple[str, Begin]] = field(default_factory=lambda: [("", lambda _, value: value)])
    ends: list[tuple[str, End]] = field(default_factory=lambda: [("", lambda _, value: value)])
    notes: list[str] = field(default_factory=list)


def ends_of(
    loose: Mapping[str, Floats64], inputs: int, outputs: int, allowed: Sequence[str] = ()
) -> tuple[Ends, list[str]]:
    """The ends that loose tensors make, and the names of those that make none.

    Args:
        loose: numbers by name.
        inputs: how many columns the network's first layers take.
        outputs: how many its last ones give.
        allowed: names that are a map of features whatever they are called.

    Raises:
        BadInputError: what divides is zero.
    """
    ends, left = Ends(inputs), list(loose)
    features = list(_features(loose, inputs))
    if features:
        name = features[0].name
        left.remove(name)
        ends.inputs = features[0].matrix.shape[0]
        found = [way for one in features if one.name == name for way in one.ways()]
        ends.begins = found
        ends.notes.append(
            f"{shown(name)} makes Fourier features of its {ends.inputs} inputs; the order of sines "
            "and cosines and the factor before them are not in the file."
        )
    for side, names in _statistics(loose, ends.inputs, outputs).items():
        numbers = {key: loose[name].ravel() for key, name in names.items()}
        ways = list(_scalings(side, numbers, shown_list(names.values())))
        if not ways:
            continue
        left = [name for name in left if name not in names.values()]
        said = shown_list(names.values())
        ends.notes.append(
            f"{said} scale its {side}, and are taken into the network; whether its code does so "
            "is not in the file."
        )
        if side == "inputs":
            ends.begins = [
                (_joined(a, b), _after(one, other)) for a, one in ways for b, other in ends.begins
            ]
        else:
            ends.ends = ways
    return ends, left


def _after(one: Begin, other: Begin) -> Begin:
    return lambda draft, value: other(draft, one(draft, value))


def _joined(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _statistics(
    loose: Mapping[str, Floats64], inputs: int, outputs: int
) -> dict[str, dict[str, str]]:
    """By side, names by what they are."""
    found: dict[str, dict[str, str]] = {}
    for name, values in loose.items():
        words = [word for word in words_of(name) if isinstance(word, str)]
        kinds = [STATISTICS[word] for word in words if word in STATISTICS]
        sides = [SIDES[word] for word in words if word in SIDES]
        if not kinds or values.ndim > 2 or max(values.shape) != values.size:
            continue
        side = sides[-1] if sides else "inputs"
        if not sides and values.size not in (1, inputs) and values.size == outputs:
            side = "outputs"
        if values.size in (1, inputs if side == "inputs" else outputs):
            found.setdefault(side, {}).setdefault(kinds[-1], name)
    return found


def _scalings(side: str, numbers: dict[str, Floats64], said: str) -> Iterator[tuple[str, Begin]]:
    """Ways to scale by a mean and a spread, or by bounds."""
    if "var" in numbers and "std" not in numbers:
        numbers["std"] = np.sqrt(np.maximum(numbers["var"], 0))
    affine: list[tuple[str, Floats64, Floats64]] = []  # x = unit * spread + start
    if {"mean", "std"} <= {*numbers}:
        affine = [("", numbers["mean"], numbers["std"])]
    elif {"min", "max"} <= {*numbers}:
        low, span = numbers["min"], numbers["max"] - numbers["min"]
        ways = [(f"{side} to 0..1", low, span), (f"{side} to -1..1", low + span / 2, span / 2)]
        affine = ways[::-1] if "lb" in said else ways
    for words, start, spread in affine:
        if not spread.all():
            raise BadInputError(f"{said} hold a spread of zero, by which nothing can be divided")
        if side == "inputs":
            yield words, _scaling("input_scale", 1 / spread, -start / spread)
        else:
            yield words, _scaling("output_scale", spread, start)
    if affine:
        yield f"{said} left to what comes {'before' if side == 'inputs' else 'behind'}", _nothing


def _nothing(_: Draft, value: str) -> str:
    return value


def _scaling(name: str, scale: Floats64, shift: Floats64) -> Begin:
    return lambda draft, value: draft.scale(name, draft.settled(value), scale, shift)


@dataclass(frozen=True, eq=False)
class _Features:
    name: str
    matrix: Floats64  # [in, features]
    beside: bool  # whether the inputs stand beside their features
    turned: bool

    def ways(self) -> Iterator[tuple[str, Begin]]:
        for waves, order in WAVES.items():
            for factor, number in FACTORS.items():
                for first in (True, False) if self.beside else (True,):
                    place = "" if not self.beside else "inputs first" if first else "inputs last"
                    turned = "its matrix transposed" if self.turned else ""
                    words = _joined(f"{waves} of {factor}", place, turned)
                    yield words, self._way(order, number, first)

    def _way(self, order: Sequence[str], factor: float, first: bool) -> Begin:
        def build(draft: Draft, value: str) -> str:
            draft.widths["inputs"], draft.widths["features"] = self.matrix.shape
            draft.arrays["map.weight"] = self.matrix.astype(np.float32)
            taken = draft.settled(value)
            draft.add(Dense(name="map", inputs=(taken,), dim="features", bias=False, trained=False))
            for wave in order:
                draft.add(Function(name=wave, inputs=("map",), function=wave, factor=factor))
            beside = ((taken,) if self.beside else (), ())
            around = beside if first else beside[::-1]
            return draft.add(Concat(name="waves", inputs=(*around[0], *order, *around[1])))

        return build


def _features(loose: Mapping[str, Floats64], inputs: int) -> Iterator[_Features]:
    """Maps ``[in, m]`` or ``[m, in]`` of which sines and cosines are what the layers take."""
    for name, values in loose.items():
        if values.ndim != 2 or 1 in values.shape and inputs != 2 * max(values.shape):
            continue
        for turned, matrix in ((False, values), (True, values.T)):
            taken, made = matrix.shape
            for beside in (False, True):
                if inputs == 2 * made + (taken if beside else 0):
                    yield _Features(name, matrix, beside, turned)
