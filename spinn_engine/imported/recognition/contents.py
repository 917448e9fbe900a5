"""Where in a file the network is: a state_dict or a whole module, bare or among other things."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.values import OddTensor, Record, Tensor, TensorClaim
from spinn_engine.imported.recognition import activations
from spinn_engine.imported.recognition.activations import NamedActivations
from spinn_engine.imported.recognition.modules import is_module, state_dict_of
from spinn_engine.words import shown, shown_list

MOST_VALUES = 100_000
MOST_NETWORKS = 32
DEEPEST = 12
PRUNED = "full_state_dict"  # of torch_pruning.state_dict: the modules' own dicts, by name
BEST_NAMES = ("model_state_dict", "state_dict")
GOOD_NAMES = (
    PRUNED,
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "state",
)
WEIGHTS = ("weight", "weight_orig", "weight_v", "original0", "original1", "kernel", "v")


@dataclass(frozen=True, eq=False)
class Candidate:
    """One network of the file.

    Attributes:
        path: keys that lead to it.
        tensors: by the names that ``state_dict()`` gives them.
        module: the whole module, where it was saved as one.
        beside: other things under names among its tensors.
    """

    path: tuple[str, ...]
    tensors: dict[str, Tensor]
    module: Record | None
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Where it is, for a sentence."""
        return ".".join(self.path) or "the whole file"


@dataclass(eq=False)
class Contents:
    """What a walk through a file has found.

    Attributes:
        candidates: the networks; a module without layers, such as a loss, stands here too.
        named: the activations that stand under a name such as ``activation``.
    """

    candidates: list[Candidate] = field(default_factory=list)
    named: NamedActivations = field(default_factory=NamedActivations)


def contents_of(root: object) -> Contents:
    """Walk through a file's value; every part is visited once.

    Raises:
        BadInputError: there are too many parts.
    """
    found, seen = Contents(), set[int]()
    waiting: deque[tuple[tuple[str, ...], object]] = deque([((), root)])
    while waiting:
        path, value = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if len(seen) > MOST_VALUES:
            raise BadInputError(f"it holds more than {MOST_VALUES:,} values beside its tensors")
        if path:
            found.named.note(path[-1], value)
        candidate = _candidate(path, value)
        if candidate is not None:
            found.candidates.append(candidate)
        if len(found.candidates) > MOST_NETWORKS:
            raise BadInputError(f"it holds more than {MOST_NETWORKS} networks or modules")
        if len(path) < DEEPEST:
            waiting += [((*path, *key), part) for key, part in _parts(value)]
    return found


def the_network(found: Contents) -> tuple[Candidate, tuple[str, ...]]:
    """The network of a file, and what else of the kind was left alone.

    Raises:
        BadInputError: there is none, or several and none is the main one.
    """
    every = [one for one in found.candidates if _has_layers(one.tensors)]
    if not every:
        raise BadInputError(
            "it holds no layers: no tensor of two dimensions has a name that ends in weight; save "
            "model.state_dict()"
        )
    for names in (BEST_NAMES, GOOD_NAMES):
        main = [one for one in every if not one.path or one.path[-1] in names]
        if len(main) == 1:
            return main[0], tuple(one.name for one in every if one is not main[0])
        if main:
            every = main
            break
    if len(every) > 1:
        raise BadInputError(
            f"it holds several networks, {shown_list(one.name for one in every)}: save the "
            "state_dict of the one to read"
        )
    return every[0], ()


def _candidate(path: tuple[str, ...], value: object) -> Candidate | None:
    if is_module(value):
        return Candidate(path, state_dict_of(value), value)
    if not isinstance(value, dict):
        return None
    if path[-1:] == (PRUNED,):
        return Candidate(path, _of_modules(value), None)
    tensors: dict[str, Tensor] = {
        key: part
        for key, part in value.items()
        if isinstance(key, str) and isinstance(part, (TensorClaim, OddTensor))
    }
    if not _has_layers(tensors):
        return None
    beside = (key for key in value if isinstance(key, str) and key not in tensors)
    return Candidate(path, tensors, None, tuple(beside))


def _of_modules(modules: dict[object, object]) -> dict[str, Tensor]:
    """Tensors by name, of modules' own dicts by name."""
    found: dict[str, Tensor] = {}
    for name, own in modules.items():
        for group in ("_parameters", "_buffers"):
            values = own.get(group) if isinstance(own, dict) else None
            for key, part in values.items() if isinstance(values, dict) else ():
                if isinstance(part, (TensorClaim, OddTensor)):
                    found[f"{name}.{key}".strip(".")] = part
    return found


def _has_layers(tensors: dict[str, Tensor]) -> bool:
    return any(
        name.rpartition(".")[2] in WEIGHTS
        and (isinstance(tensor, OddTensor) or len(tensor.shape) >= 2)
        for name, tensor in tensors.items()
    )


def _parts(value: object) -> Iterator[tuple[tuple[str, ...], object]]:
    """Containers and named values inside of one, with what each adds to the path."""
    if isinstance(value, dict):
        yield from _named(value)
    elif isinstance(value, (list, tuple)):
        yield from (((f"[{place}]",), part) for place, part in enumerate(value) if _is_large(part))
    elif isinstance(value, Record) and not is_module(value):
        yield from (((), part) for part in (value.items, value.pairs, value.state) if part)


def _named(pairs: dict[object, object]) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, part in pairs.items():
        if _is_large(part) or (isinstance(key, str) and activations.is_key(key)):
            yield (shown(key),), part


def _is_large(value: object) -> bool:
    return isinstance(value, (dict, list, tuple, Record))
