"""Several heads behind a trunk, and networks beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import Concat
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.pieces import Pieces, refuse_kind
from spinn_engine.imported.recognition.structures.draft import Draft, Structure, named
from spinn_engine.words import counted, shown, shown_list

Group = list[Layer]
Parted = tuple[list[Layer], dict[str, Group]]  # a trunk, and heads by name


def beside_each_other(pieces: Pieces) -> Structure | None:
    """A network for every output, as DeepXDE's PFNN: ``layers.DEPTH.WHICH``."""
    steps = [layer.name.rsplit(".", 2) for layer in pieces.layers]
    if any(len(step) < 2 or not (step[-1] + step[-2]).isdigit() for step in steps):
        return None
    if len({".".join(step[:-2]) for step in steps}) > 1:
        return None
    groups: dict[str, Group] = {}
    for layer, step in zip(pieces.layers, steps, strict=True):
        groups.setdefault(step[-1], []).append(layer)
    chains = [_chained(group) for group in groups.values()]
    if len(groups) < 2 or any(one is None for one in chains):
        return None
    found = {f"net{name}": one for name, one in zip(groups, chains, strict=True) if one}
    entries = {group[0].inputs for group in found.values()}
    if len(entries) > 1 or len({len(group) for group in found.values()}) > 1:
        return None
    return _structure(pieces, [], found)


def heads(pieces: Pieces) -> Structure | None:
    """A trunk whose layers follow one another, and two or more heads that take what it gives."""
    for parted in _partings(pieces.layers):
        return _structure(pieces, *parted)
    return None


def _structure(pieces: Pieces, trunk: Group, found: dict[str, Group]) -> Structure:
    refuse_kind(pieces.norms, "a network of several heads")
    outputs = sum(group[-1].outputs for group in found.values())
    listed = shown_list(
        f"{name} ({counted(group[-1].outputs, 'output')})" for name, group in found.items()
    )
    notes = [f"Its heads stand beside each other in the order of the file: {listed}."]
    what = "heads" if trunk else "networks"
    forms = [("", _build(trunk, list(found.values()), list(found)))]
    if 1 < len(found) <= 3:
        names = list(found)[::-1]
        backwards = [found[name] for name in names]
        forms.append(("heads in the other order", _build(trunk, backwards, names)))
    first = trunk[0] if trunk else next(iter(found.values()))[0]
    layers = [*trunk, *(layer for group in found.values() for layer in group)]
    words = f"{len(found)} {what}, {shown_list(found)}"
    ends = [group[-1] for group in found.values()]
    return Structure(words, layers, first.inputs, outputs, forms, notes, ends=ends)


def _build(trunk: Group, groups: Sequence[Group], names: Sequence[str]) -> Callable[[Draft], str]:
    def build(draft: Draft) -> str:
        value, ends = draft.begin(), []
        for layer in trunk:
            value = draft.act(draft.layer(layer, value))
        for name, group in zip(names, groups, strict=True):
            h = value
            for layer in group[:-1]:
                h = draft.act(draft.layer(layer, h))
            ends.append(draft.layer(group[-1], h, f"output.{named(name)}", pruned=False))
        return draft.add(Concat(name="outputs", inputs=tuple(ends)))

    return build


def _chained(layers: Sequence[Layer]) -> Group | None:
    """Layers in order; None where they have none."""
    if len(layers) == 1:
        return list(layers)
    try:
        return ordered(layers)
    except BadInputError:
        return None


def _partings(layers: Sequence[Layer]) -> Iterator[Parted]:
    """Ways to part layers, by the beginnings of their names, into a trunk and heads."""
    deepest = max(layer.name.count(".") for layer in layers) + 1
    for depth in range(1, deepest + 1):
        groups: dict[str, Group] = {}
        for layer in layers:
            groups.setdefault(".".join(layer.name.split(".")[:depth]), []).append(layer)
        chains = {name: _chained(group) for name, group in groups.items()}
        if len(groups) < 2:
            continue
        whole = {name: group for name, group in chains.items() if group}
        if len(whole) == len(groups):
            yield from _of_groups(whole)


def _of_groups(groups: dict[str, Group]) -> Iterator[Parted]:
    for width in dict.fromkeys(group[0].inputs for group in groups.values()):
        taking = {name: group for name, group in groups.items() if group[0].inputs == width}
        ends = {name: group for name, group in taking.items() if group[-1].outputs != width}
        named = all("head" in name.lower() for name in taking)
        for heads in (ends, taking) if named else (ends,):
            rest = [layer for name, group in groups.items() if name not in heads for layer in group]
            trunk = _chained(rest) if rest else []
            if len(heads) < 2 or trunk is None:
                continue
            if trunk and trunk[-1].outputs != width:
                continue
            if not trunk and any(len(group) < 2 for group in heads.values()):
                continue
            yield trunk, {shown(_last(name, groups)): group for name, group in heads.items()}


def _last(name: str, groups: dict[str, Group]) -> str:
    """The end of a name that tells it from the others."""
    last = name.rpartition(".")[2]
    return last if sum(one.rpartition(".")[2] == last for one in groups) == 1 else name
