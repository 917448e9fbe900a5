"""Where the variables of a layer stand in an HDF5 file of Keras.

Version 3 gives each layer a group by its class and how many of that class came before, never by its
name: ``layers/dense`` may be another layer than the one named ``dense``. The older files have a
group by name, whose attribute lists the variables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from spinn_engine.errors import CorruptArtifactError
from spinn_engine.imported.others.keras.config import Layer
from spinn_engine.imported.others.keras.hdf5 import Array, Hdf5
from spinn_engine.words import shown, shown_list

Names = tuple[str, ...]


class ByClass:
    """The variables of a ``.keras`` file or of ``.weights.h5``."""

    def __init__(self, file: Hdf5, layers: Sequence[Layer]) -> None:
        self._file = file
        self._groups: dict[str, str] = {}
        used: dict[str, int] = {}
        for layer in layers:
            if layer.is_operation:
                continue
            group = snake_case(layer.kind)
            number = used.get(group, -1) + 1
            used[group] = number
            self._groups[layer.name] = f"{group}_{number}" if number else group

    def of(self, layer: Layer, names: Names) -> dict[str, Array]:
        """The variables of a layer by their names, which the file does not give.

        Raises:
            CorruptArtifactError: there are fewer.
        """
        group = f"layers/{self._groups[layer.name]}/vars"
        found = {}
        for place, name in enumerate(names):
            array = self._file.array(f"{group}/{place}")
            if array is None:
                raise _missing(layer, name)
            found[name] = array
        if self._file.array(f"{group}/{len(names)}") is not None:
            raise CorruptArtifactError(
                f"its layer {shown(layer.name)} has more variables than {shown_list(names)}, which "
                "are those of its config: copy the file again"
            )
        return found


class ByName:
    """The variables of an ``.h5`` file, below a group."""

    def __init__(self, file: Hdf5, root: str) -> None:
        self._file, self._root = file, root

    def of(self, layer: Layer, names: Names) -> dict[str, Array]:
        """The variables of a layer by their names.

        Raises:
            CorruptArtifactError: one is not there.
        """
        stored = variables(self._file, f"{self._root}/{layer.name}")
        if missing := [name for name in names if name not in stored]:
            raise _missing(layer, missing[0])
        return {name: stored[name] for name in names}


def variables(file: Hdf5, group: str) -> dict[str, Array]:
    """By the last part of their names, the variables that a group of an ``.h5`` file lists."""
    found: dict[str, Array] = {}
    for path in file.texts(group, "weight_names") or ():
        array = file.array(f"{group}/{path}")
        name = path.rpartition("/")[2].partition(":")[0]
        if array is None or name in found:
            raise CorruptArtifactError(
                f"its group {shown(group)} lists {shown(path)}, which is not there or twice: copy "
                "the file again"
            )
        found[name] = array
    return found


def snake_case(name: str) -> str:
    """The name of a class as Keras writes it in a path (``keras.src.utils.naming``)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _missing(layer: Layer, name: str) -> CorruptArtifactError:
    return CorruptArtifactError(
        f"the {name} of its layer {shown(layer.name)} is not in the file, copy it again"
    )
