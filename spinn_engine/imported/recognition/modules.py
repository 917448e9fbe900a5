"""Whole modules (``torch.save(model)``): their tensors by name, and what their classes tell.

A module of PyTorch keeps its parts in ``_parameters``, ``_buffers`` and ``_modules``, and so does a
class of one's own; what its ``forward`` does is code, which is not in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.values import OddTensor, Record, Tensor, TensorClaim
from spinn_engine.imported.recognition.activations import NamedActivations, name_of, refuse_output
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


def describe(module: Record, order: Sequence[str], named: NamedActivations) -> list[str]:
    """What there is to note of a whole module.

    Args:
        module: the module.
        order: names of its linear layers, from input to output.
        named: takes in the activations that it has.

    Raises:
        BadInputError: something in it is no part of a plain MLP, by its class or its place.
    """
    root = _tree(module)
    parts = list(_each(root))
    for part in parts:
        _refuse_hooks(part)
        _refuse_other(part)
    _check_sequences(root, order)
    for part in parts:
        named.note("activation", part.record if _activation(part) else None)
        for key, value in part.record.attributes().items():
            named.note(str(key), value)
    return _notes(parts)


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
    """Refuse a part of a class that no plain MLP has."""
    if RESIDUAL & set(words_of(part.kind)):
        raise BadInputError(
            f"it seems to be a residual network ({_place(part)} is a {shown(part.kind)}), only "
            "plain MLPs can be read"
        )
    if _is_linear(part) or _is_container(part) or _activation(part) is not None:
        return
    if part.is_torch:
        if part.kind not in HARMLESS and ".loss" not in part.record.kind.module:
            raise BadInputError(
                f"{_place(part)} is a {shown(part.kind)}, which is no part of a plain MLP"
            )
    elif part.tensors() or not part.children:
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
    return notes


def _check_sequences(root: Part, order: Sequence[str]) -> None:
    """Where a Sequential tells the order, one activation must stand between two layers.

    Raises:
        BadInputError: there is none or several, one before the first or after the last layer, or
            the layers run in another order than ``order``.
    """
    for part in _sequences(root):
        steps = [one for one in _each(part) if _is_linear(one) or _activation(one) is not None]
        names = [one.name for one in steps if _is_linear(one)]
        kinds = "".join("L" if _is_linear(one) else "a" for one in steps)
        if not names:
            continue
        if missing := [name for name in names if name not in order]:
            raise BadInputError(f"its layer {shown(missing[0])} has no weight")
        first = order.index(names[0])
        if list(order[first : first + len(names)]) != names:
            raise BadInputError(
                f"{_place(part)} runs its layers in another order than their names and shapes tell"
            )
        if "LL" in kinds or "aa" in kinds or (first == 0 and kinds[0] == "a"):
            raise BadInputError(
                f"{_place(part)} has not just one activation between two layers, as a plain MLP has"
            )
        if names[-1] == order[-1] and kinds[-1] == "a":
            refuse_output(_activation(steps[-1]) or "")


def _sequences(part: Part) -> Iterator[Part]:
    """The outermost modules that run what is in them one after the other."""
    kinds = {child.kind for child in part.children}
    runs = part.is_torch and (
        part.kind == "Sequential"
        or (part.kind == "ModuleList" and "Linear" in kinds and len(kinds) > 1)
    )
    if runs and all(one.is_torch for one in _each(part)):
        yield part
        return
    for child in part.children:
        yield from _sequences(child)
