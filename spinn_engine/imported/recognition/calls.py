"""What a pickle would have run, had it been loaded: named, and never run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from spinn_engine.imported.files.values import Named
from spinn_engine.words import shown_list

# Modules of Python's library whose classes are values: torch.save and trainers write them.
VALUES = frozenset(
    ("_codecs", "_collections", "array", "argparse", "collections", "copyreg", "datetime",
     "decimal", "enum", "fractions", "functools", "itertools", "numbers", "pathlib", "random",
     "re", "string", "types", "typing", "uuid", "weakref")
)  # fmt: skip
BUILT = frozenset(
    ("set", "frozenset", "list", "dict", "tuple", "bytearray", "bytes", "slice", "range", "complex",
     "object", "int", "float", "str", "bool", "getattr", "print", "type")
)  # fmt: skip
PROGRAMS = ("torch.hub", "torch.utils.cpp_extension", "numpy.f2py", "numpy.distutils", "pip",
            "setuptools", "joblib", "dill", "cloudpickle")  # fmt: skip
CODE = (
    Named("functools", "reduce"),
    Named("types", "FunctionType"),
    Named("types", "CodeType"),
    Named("torch", "load"),
    Named("numpy", "load"),
)
WRITERS = frozenset(
    ("torch", "numpy", "lightning", "pytorch_lightning", "lightning_fabric", "omegaconf", "pandas",
     "scipy", "sklearn", "jax", "jaxlib", "ml_dtypes")
)  # fmt: skip
SAME = {"posix": "os", "nt": "os", "__builtin__": "builtins"}


def would_run(called: Sequence[Named]) -> str | None:
    """The sentence on functions that loading would have called and that are no values."""
    found = [f"{SAME.get(one.module, one.module)}.{one.name}" for one in called if _runs(one)]
    if not found:
        return None
    return f"it would have run {shown_list(found)}"


def _runs(one: Named) -> bool:
    top = one.module.partition(".")[0]
    if top in ("builtins", "__builtin__"):
        return one.name not in BUILT
    if one in CODE or one.module.startswith(PROGRAMS):
        return True
    if top in sys.stdlib_module_names:
        return top not in VALUES
    return top not in WRITERS and one.name[:1].islower()  # a class is a value
