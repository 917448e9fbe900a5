"""Load and run exported files as somebody without this package does: only ever started by path.

``python -I fresh_process.py REQUEST.json`` in the folder of the files. The request has ``inputs``,
a file of raw rows ``[rows, in]``, and ``files``, each with its ``load`` and ``run`` line, ``dtype``
and the ``outputs`` to write.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np

BATCH = 8192


def main() -> None:
    """Write what every file of the request gives for the rows."""
    sys.modules["spinn_engine"] = cast(Any, None)  # to import it is from now on an error
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    inputs = np.load(request["inputs"], allow_pickle=False)
    for file in request["files"]:
        np.save(file["outputs"], _outputs(file, inputs.astype(file["dtype"])))


def _outputs(file: dict[str, str], inputs: np.ndarray) -> np.ndarray:
    names: dict[str, Any] = {}
    exec(file["load"], names)
    # The first row comes alone, so that one row and many are both tried.
    ends = sorted({0, 1, *range(1 + BATCH, len(inputs), BATCH), len(inputs)})
    found = []
    for start, end in pairwise(ends):
        names["x"] = inputs[start:end]
        exec(file["run"], names)
        found.append(names["y"])
    return np.concatenate(found)


if __name__ == "__main__":
    main()
