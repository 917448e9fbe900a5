"""Whole modules (``torch.save(model)``): their tensors by name, and what their classes tell.

A module of PyTorch keeps its parts in ``_parameters``, ``_buffers`` and ``_modules``, and so does a
class of one's own; what its ``forward`` does is code, which is not in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.values import OddTensor, Record, Tensor, TensorClaim
from spinn_engine.imported.recognition.activations import NamedActivations, name_of
from spinn_engine.imported.recognition.name_words import RESIDUAL, words_of
from spinn_engine.words import shown, shown_list

MOST_VALUES = 25_000
LONGEST_NAME = 256
DEEPEST = 32
HOOKS = ("_forward_hooks", "_forward_pre_hooks")
KNOWN_HOOKS = ("torch.nn.utils.prune", "torch.nn.utils.weight_norm")
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "DataParallel", "DistributedDataParallel")
DROPOUTS = ("Dropout", "AlphaDropout", "FeatureAlphaDropout", "Dropout1d")
HARMLESS = ("Identity", "Flatten", *DROPOUTS)
BATCH_NORMS = ("BatchNorm1d", "SyncBatchNorm")
NORMS = ("LayerNorm", "ParameterList", "ParameterDict", *BATCH_NORMS)
WRAPPERS = ("DataParallel", "DistributedDataParallel", "AveragedModel", "OptimizedModule")


@dataclass(eq=False)
class Part:
    """A module inside of the whole, its name, and the parts inside of it."""

    name: str
    record: Record
    children: list[Part] = field(default_factory=list)

    @property
    def is_torch(self) -> bool:
        """Whether its class is one of PyTorch's own layers."""
        return self.record.kind.module.startswith("torch.nn.")

    @property
    def kind(self) -> str:
        """Name of its class."""
        return self.record.kind.name

    def tensors(self) -> dict[str, Tensor]:
        """Its own parameters and buffers."""
        found: dict[str, Tensor] = {}
        for group in ("_parameters", "_buffers"):
            values = self.record.attributes().get(group)
            for key, value in values.items() if isinstance(values, dict) else ():
                if isinstance(value, (TensorClaim, OddTensor)):
                    found[_joined(self.name, key)] = value
                elif isinstance(value, Record):
                    kind = OddTensor(f"a tensor of the class {shown(value.kind)}")
                    found[_joined(self.name, key)] = kind
        return found


def is_module(value: object) -> TypeGuard[Record]:
    """Whether a value was a ``torch.nn.Module``."""
    if not isinstance(value, Record):
        return False
    return isinstance(value.attributes().get("_modules"), dict)


def state_dict_of(module: Record) -> dict[str, Tensor]:
    """All parameters and buffers, named as ``state_dict()`` names them.

    Raises:
        BadInputError: there are too many modules, or they stand too deep.
    """
    return {
        name: tensor for part in _each(_tree(module)) for name, tensor in part.tensors().items()
    }


@dataclass(frozen=True, eq=False)
class Told:
    """What a whole module tells beside its tensors.

    Attributes:
        notes: what there is to say, in sentences.
        eps: of its norms, by name.
        steps: its parts in the order in which they run, where it is made of PyTorch's own layers
            alone; else None, as its code is not in the file.
        sequences: the parts of each Sequential inside of it.
        classes: of its parts that are PyTorch's own, by name.
    """

    notes: list[str] = field(default_factory=list)
    eps: dict[str, float] = field(default_factory=dict)
    steps: list[Part] | None = None
    sequences: list[list[Part]] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)


def told_by(module: Record, named: NamedActivations) -> Told:
    """What there is to know of a whole module.

    Args:
        module: the module.
        named: takes in the activations that it has, where its code is not in the file.

    Raises:
        BadInputError: something in it is of a class that cannot be read.
    """
    root = _tree(module)
    parts = list(_each(root))
    for part in parts:
        _refuse_hooks(part)
        _refuse_other(part)
    steps = _steps(root)
    if steps is None:
        for part in parts:
            named.note("activation", part.record if _activation(part) else None)
            for key, value in part.record.attributes().items():
                named.note(str(key), value)
    eps = {
        part.name: eps
        for part in parts
        if isinstance(eps := part.record.attributes().get("eps"), float) and 0 < eps < 1
    }
    sequences = [] if steps is not None else list(_sequences(root))
    classes = {part.name: part.kind for part in parts if part.is_torch}
    return Told(_notes(parts), eps, steps, sequences, classes)


def _steps(part: Part) -> list[Part] | None:
    """The layers in the order in which they run; None where code of one's own runs them."""
    if part.kind in WRAPPERS and (part.is_torch or part.kind == "OptimizedModule"):
        return _steps(part.children[0]) if len(part.children) == 1 else None
    if part.is_torch and part.kind == "Sequential":
        found = []
        for child in part.children:
            steps = _steps(child)
            if steps is None:
                return None
            found += steps
        return found
    if not part.is_torch or part.children or part.kind in CONTAINERS:
        return None
    return [] if part.kind in HARMLESS else [part]


def _sequences(part: Part) -> Iterator[list[Part]]:
    """The steps of the outermost modules that run what is in them one after the other."""
    kinds = {child.kind for child in part.children}
    mixed = part.kind == "ModuleList" and "Linear" in kinds and len(kinds) > 1
    if part.is_torch and (part.kind == "Sequential" or mixed):
        steps = [_steps(child) for child in part.children]
        if all(one is not None for one in steps):
            yield [step for one in steps for step in one or ()]
            return
    for child in part.children:
        yield from _sequences(child)


def _tree(module: Record) -> Part:
    root = Part("", module)
    waiting, count = [(root, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        count += _size(part.record)
        if count > MOST_VALUES or depth > DEEPEST:
            raise BadInputError(
                f"it is a module of more than {MOST_VALUES:,} values, or of parts inside of parts "
                f"more than {DEEPEST} deep"
            )
        inside = part.record.attributes().get("_modules")
        for key, child in inside.items() if isinstance(inside, dict) else ():
            if isinstance(child, Record):
                part.children.append(Part(_joined(part.name, key), child))
        waiting += [(child, depth + 1) for child in part.children]
    return root


def _size(record: Record) -> int:
    """How many values a module holds itself, so that none is walked through too often."""
    own = record.attributes()
    groups = (own.get(group) for group in ("_modules", "_parameters", "_buffers", *HOOKS))
    return 1 + len(own) + sum(len(group) for group in groups if isinstance(group, dict))


def _each(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _each(child)


def _joined(name: str, key: object) -> str:
    joined = f"{name}.{key}" if name else str(key)
    if len(joined) > LONGEST_NAME:
        raise BadInputError(f"a part of it has a name of {len(joined):,} letters, {shown(joined)}")
    return joined


def _refuse_hooks(part: Part) -> None:
    for group in HOOKS:
        hooks = part.record.attributes().get(group)
        for hook in hooks.values() if isinstance(hooks, dict) else ():
            kind = hook.kind if isinstance(hook, Record) else hook
            if not str(kind).startswith(KNOWN_HOOKS):
                raise BadInputError(
                    f"{_place(part)} has a hook, code that changes what it computes: save the "
                    "state_dict of a module without it"
                )


def _refuse_other(part: Part) -> None:
    """Refuse a part of a class that no network that can be read has."""
    if _is_linear(part) or _is_container(part) or _activation(part) is not None:
        return
    if part.is_torch:
        if (
            part.kind in BATCH_NORMS
            and f"{part.name}.running_mean".strip(".") not in part.tensors()
        ):
            raise BadInputError(
                f"{_place(part)} is a {part.kind} without running statistics: what it computes "
                "depends on the other rows"
            )
        if part.kind not in (*HARMLESS, *NORMS) and ".loss" not in part.record.kind.module:
            raise BadInputError(
                f"{_place(part)} is a {shown(part.kind)}, which no network that can be read has"
            )
    elif not part.tensors() and not part.children:
        raise BadInputError(
            f"{_place(part)} is of the class {shown(part.record.kind)}, whose code is not in the "
            "file, so what it computes cannot be known: build the network of torch.nn.Linear and "
            "activations of torch.nn, and save its state_dict"
        )


def _is_linear(part: Part) -> bool:
    return str(part.record.kind) == "torch.nn.modules.linear.Linear"


def _is_container(part: Part) -> bool:
    if str(part.record.kind) == "torch._dynamo.eval_frame.OptimizedModule":
        return True
    return part.is_torch and part.kind in CONTAINERS


def _activation(part: Part) -> str | None:
    if part.is_torch and part.record.kind.module == "torch.nn.modules.activation":
        return name_of(part.record)
    return None


def _place(part: Part) -> str:
    return shown(part.name) if part.name else "the module itself"


def _notes(parts: list[Part]) -> list[str]:
    notes = []
    dropped = [part.name for part in parts if part.is_torch and part.kind in DROPOUTS]
    if dropped:
        notes.append(
            f"Dropout was left out, which does nothing after training: {shown_list(dropped)}."
        )
    own = sorted(
        {str(part.record.kind) for part in parts if not part.is_torch and not _is_container(part)}
    )
    if own:
        notes.append(
            f"The code of {shown_list(own)} is not in the file: the order of the layers is that of "
            "their names and shapes."
        )
    skips = sorted({part.kind for part in parts if RESIDUAL & set(words_of(part.kind))})
    if skips:
        notes.append(f"By the name of its class it has ways around layers: {shown_list(skips)}.")
    return notes
