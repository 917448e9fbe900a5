"""What a pickle becomes here: plain values, claims of tensors, and records that do nothing.

A class or function of the pickle is a ``Named``: two strings. What would be made by calling it is a
``Record``, which keeps what it would be made of. Only what PyTorch itself writes around a tensor is
understood, by its name (``torch/_utils.py`` and ``torch/serialization.py``, PyTorch 2.13).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.words import shown

ITEM_BYTES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "complex128": 16, "complex64": 8,
    "complex32": 4, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint64": 8, "uint32": 4,
    "uint16": 2, "uint8": 1, "bool": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1,
    "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1,
}  # fmt: skip
STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexDoubleStorage": "complex128", "ComplexFloatStorage": "complex64",
    "UntypedStorage": "uint8",
}  # fmt: skip
ODD = {
    "_rebuild_sparse_tensor": "a sparse tensor",
    "_rebuild_meta_tensor_no_storage": "a meta tensor, which has a shape and no numbers",
    "_rebuild_qtensor": "a quantised tensor",
    "_rebuild_nested_tensor": "a nested tensor",
    "_rebuild_wrapper_subclass": "a tensor of a class of its own",
    "_rebuild_device_tensor_from_numpy": "a tensor of an accelerator (save it from the CPU)",
    "_rebuild_xla_tensor": "a tensor of an accelerator (save it from the CPU)",
}
PLAIN_TENSORS = ("Tensor", "Parameter", "Buffer")
BUILTINS = ("builtins", "__builtin__")
MOST_DIMENSIONS = 8
MOST_FLAGS = 8
LARGEST_SIZE = 2**48
STRANGE = "a tensor is described in a way that torch.save never does"


class Named(NamedTuple):
    """The name of a class or function, which is never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Storage:
    """What the file says of a run of numbers: its key, their type, and how many there are."""

    key: str
    dtype: str
    count: int


@dataclass(frozen=True, eq=False)
class TensorClaim:
    """What the file says of a tensor; nothing of it has been checked against the bytes.

    Attributes:
        storage: the numbers that it looks at.
        dtype: of its numbers, as ``ITEM_BYTES`` names it.
        offset: where in the storage it begins.
        shape: its size in every dimension.
        strides: steps in the storage from one place to the next, in every dimension.
    """

    storage: Storage
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OddTensor:
    """A tensor of a kind that no weight of an MLP has."""

    what: str


@dataclass(eq=False)
class Record:
    """An object that was not made: the class or function, and all that it would be made of."""

    kind: Named
    arguments: tuple[object, ...] = ()
    state: object = None
    items: list[object] = field(default_factory=list)
    pairs: dict[object, object] = field(default_factory=dict)

    def attributes(self) -> dict[object, object]:
        """What the object would keep under names, where that is plain to see."""
        return self.state if isinstance(self.state, dict) else {}


Tensor = TensorClaim | OddTensor


def referred(persistent: object) -> Storage | Named:
    """The storage that a persistent id of ``torch.save`` names, or the class of a module.

    Classes, with their source, are named so in PyTorch's legacy format alone.

    Raises:
        CorruptArtifactError: it names something else.
    """
    match persistent:
        case ("module", Named() as kind, _, _):
            return kind
    if not isinstance(persistent, tuple) or len(persistent) < 5 or persistent[0] != "storage":
        raise CorruptArtifactError("its pickle refers to something that is no storage of a tensor")
    _, kind, key, _, count = persistent[:5]
    if any(part is not None for part in persistent[5:]):
        raise BadInputError("a tensor is a view of another's storage, as PyTorch wrote before 0.4")
    if not isinstance(kind, Named) or not isinstance(key, str):
        raise CorruptArtifactError(STRANGE)
    return Storage(key, STORAGES.get(kind.name, kind.name), _size(count))


def made(function: object, arguments: tuple[object, ...]) -> object:
    """What stands for the result of calling a function of the pickle.

    Raises:
        CorruptArtifactError: a tensor is described in a way that ``torch.save`` never does.
    """
    if not isinstance(function, Named):
        return Record(Named("", "call"), arguments)
    if function.module == "torch._utils":
        return _rebuilt(function, arguments)
    if function == Named("torch._tensor", "_rebuild_from_type_v2") and len(arguments) >= 3:
        return _of_type(*arguments[:3])
    if function == Named("torch.nn.parameter", "Parameter") and arguments:
        return arguments[0]
    if function in (Named("collections", "OrderedDict"), Named("collections", "defaultdict")):
        return {}
    if function.module in BUILTINS and function.name in ("set", "frozenset", "list") and arguments:
        return arguments[0]
    if function == Named("copyreg", "_reconstructor") and arguments:
        function = arguments[0] if isinstance(arguments[0], Named) else function
    return Record(function, arguments)


def _rebuilt(function: Named, arguments: tuple[object, ...]) -> object:
    if function.name in ODD:
        return OddTensor(ODD[function.name])
    if function.name.startswith("_rebuild_parameter") and arguments:
        return arguments[0]
    if function.name == "_rebuild_tensor" and len(arguments) == 4:
        return _tensor(arguments, None)
    if function.name == "_rebuild_tensor_v2" and len(arguments) in (6, 7):
        return _flipped(arguments[6:]) or _tensor(arguments, None)
    if function.name == "_rebuild_tensor_v3" and len(arguments) in (7, 8):
        return _flipped(arguments[7:]) or _tensor(arguments, arguments[6])
    return Record(function, arguments)


def _of_type(function: object, kind: object, arguments: object) -> object:
    if not isinstance(kind, Named) or not isinstance(arguments, tuple):
        raise CorruptArtifactError(STRANGE)
    plain = kind.name in PLAIN_TENSORS and kind.module.partition(".")[0] == "torch"
    if plain and isinstance(function, Named) and function.module == "torch._utils":
        return _rebuilt(function, arguments)
    return OddTensor(f"a tensor of the class {shown(kind)}")


def _flipped(metadata: tuple[object, ...]) -> OddTensor | None:
    """A view that shows its numbers negated or conjugated."""
    flags = metadata[0] if metadata else None
    if isinstance(flags, dict) and len(flags) > MOST_FLAGS:
        raise CorruptArtifactError(STRANGE)
    if isinstance(flags, dict) and any(flags.values()):
        return OddTensor("a negated or conjugated view")
    return None


def _tensor(arguments: tuple[object, ...], dtype: object) -> Tensor:
    storage, offset, shape, strides = arguments[:4]
    if not isinstance(storage, Storage):
        raise CorruptArtifactError(STRANGE)
    kind = dtype.name if isinstance(dtype, Named) else storage.dtype
    sizes, steps = _sizes(shape), _sizes(strides)
    if len(sizes) != len(steps):
        raise CorruptArtifactError(STRANGE)
    if kind not in ITEM_BYTES or storage.dtype not in ITEM_BYTES:
        return OddTensor(f"a tensor of the unknown type {shown(kind)}")
    return TensorClaim(storage, kind, _size(offset), sizes, steps)


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value < LARGEST_SIZE:
        raise CorruptArtifactError(STRANGE)
    return value


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or len(value) > MOST_DIMENSIONS:
        raise CorruptArtifactError(STRANGE)
    return tuple(map(_size, value))
