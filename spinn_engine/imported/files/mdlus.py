"""PhysicsNeMo's ``.mdlus``: a zip of a state_dict and of what its network was made with.

Source of the layout: ``save`` in ``physicsnemo/core/module.py``, PhysicsNeMo 2.2.2.
"""

from __future__ import annotations

import io
import json
from typing import BinaryIO

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.torch_zip import TorchZip
from spinn_engine.imported.files.zip_archive import Entry, check_sums, locate, read_list

MODEL, ARGUMENTS = "model.pt", "args.json"
LARGEST_ARGUMENTS, LARGEST_MODEL = 2**20, 2**29


class Mdlus(TorchZip):
    """An open ``.mdlus``: the file inside, and the arguments of its class.

    Attributes:
        made: the class, and the arguments that it was made with by name.
    """

    kind = "mdlus"

    def __init__(self, file: BinaryIO, size: int) -> None:
        entries = locate(file, read_list(file, size))
        check_sums(file, entries)
        self.made = _arguments(_bytes(file, entries[ARGUMENTS], LARGEST_ARGUMENTS))
        inside = _bytes(file, entries[MODEL], LARGEST_MODEL)
        super().__init__(io.BytesIO(inside), len(inside))


def _bytes(file: BinaryIO, entry: Entry, most: int) -> bytes:
    if entry.size > most:
        raise BadInputError(f"a part of it has {entry.size:,} bytes, more than {most:,}")
    file.seek(entry.start)
    return file.read(entry.size)


def _arguments(data: bytes) -> tuple[str, dict[str, object]]:
    try:
        told = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        told = None
    name, given = (told.get("__name__"), told.get("__args__")) if isinstance(told, dict) else (0, 0)
    if not isinstance(name, str) or not isinstance(given, dict):
        raise CorruptArtifactError("its args.json is damaged, copy it again")
    return name, given
