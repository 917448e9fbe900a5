"""A pickle machine that can only build plain values: no import, no call, no class.

It knows the instructions that Python's own pickler writes in protocols 2 to 5, and no others; what
they would look up or call becomes a name or a record (``values.py``). Steps and sizes are bounded,
and an instruction makes at most one value, so that a small file stays small in memory.

Source of the instructions: ``pickletools.py`` of Python 3.11.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.pickle_state import DAMAGED, LONGEST_NAME, Machine
from spinn_engine.imported.files.values import Named, Record, made, referred

LONGEST_NUMBER = 64  # bytes
LARGEST_KEY = 2**60  # larger numbers may be chosen to have one hash
NEWEST_PROTOCOL = 5

Step = Callable[[Machine], None]


def _mark(machine: Machine) -> None:
    machine.marked.append(machine.stack)
    machine.stack = []


def _pop(machine: Machine) -> None:
    machine.stack.pop() if machine.stack else machine.pop_mark()


def _tuple_of_marked(machine: Machine) -> None:
    values = machine.pop_mark()  # before the stack is asked for: it becomes another
    machine.stack.append(tuple(values))


def _tuple(count: int) -> Step:
    def step(machine: Machine) -> None:
        values = [machine.stack.pop() for _ in range(count)]
        machine.stack.append(tuple(reversed(values)))

    return step


def _extend(machine: Machine, values: list[object]) -> None:
    target = machine.stack[-1]
    if isinstance(target, Record):
        target.items.extend(values)
    elif isinstance(target, list):
        target.extend(values)
    else:
        raise CorruptArtifactError(DAMAGED)


def _append(machine: Machine) -> None:
    _extend(machine, [machine.stack.pop()])


def _extend_by_marked(machine: Machine) -> None:
    _extend(machine, machine.pop_mark())


def _set(machine: Machine, values: list[object]) -> None:
    """Set pairs of a dict, without those whose keys take long to compare, or could be made to."""
    target = machine.stack[-1]
    pairs = target.pairs if isinstance(target, Record) else target
    if not isinstance(pairs, dict) or len(values) % 2:
        raise CorruptArtifactError(DAMAGED)
    for key, value in zip(values[::2], values[1::2], strict=True):
        if isinstance(key, str):
            _check_name(key)
        if key is None or isinstance(key, str) or (isinstance(key, int) and abs(key) < LARGEST_KEY):
            pairs[key] = value


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise BadInputError(f"its pickle has a name of {len(name):,} letters")


def _set_item(machine: Machine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _set(machine, [key, value])


def _set_marked(machine: Machine) -> None:
    _set(machine, machine.pop_mark())


def _frozen_set(machine: Machine) -> None:
    values = machine.pop_mark()
    machine.stack.append(values)


def _put(layout: str) -> Step:
    def step(machine: Machine) -> None:
        machine.memo[machine.number(layout)] = machine.stack[-1]

    return step


def _put_next(machine: Machine) -> None:
    machine.memo[len(machine.memo)] = machine.stack[-1]


def _get(layout: str) -> Step:
    return lambda machine: machine.stack.append(machine.memo[machine.number(layout)])


def _global(machine: Machine) -> None:
    machine.stack.append(Named(machine.line(), machine.line()))


def _stack_global(machine: Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise CorruptArtifactError(DAMAGED)
    _check_name(module)
    _check_name(name)
    machine.stack.append(Named(module, name))


def _reduce(machine: Machine) -> None:
    arguments, function = machine.pop_tuple(), machine.stack.pop()
    if isinstance(function, Named):
        machine.called[function] = None
    machine.stack.append(made(function, arguments))


def _new_with_names(machine: Machine) -> None:
    machine.stack.pop()
    _reduce(machine)


def _build(machine: Machine) -> None:
    """Give a record its state; attributes that PyTorch adds to dicts and tensors are left out."""
    state = machine.stack.pop()
    target = machine.stack[-1]
    if isinstance(target, Record):
        target.state = state


def _persistent(machine: Machine) -> None:
    found = referred(machine.stack.pop())
    machine.persistent.append(found)
    machine.stack.append(found)


def _frame(machine: Machine) -> None:
    machine.take(8)  # how much to read ahead: all is here already


def _protocol(machine: Machine) -> None:
    found = machine.number("B")
    if not 2 <= found <= NEWEST_PROTOCOL:
        raise BadInputError(
            f"its pickle has protocol {found}, torch.save writes 2 to {NEWEST_PROTOCOL}"
        )


def _long(layout: str) -> Step:
    def step(machine: Machine) -> None:
        count = machine.number(layout)
        if count > LONGEST_NUMBER:
            raise BadInputError(f"its pickle claims a whole number of {count:,} bytes")
        machine.stack.append(int.from_bytes(machine.take(count), "little", signed=True))

    return step


def _float(machine: Machine) -> None:
    machine.stack.append(struct.unpack(">d", machine.take(8))[0])


def _empty(kind: type[list[object]] | type[dict[object, object]]) -> Step:
    return lambda machine: machine.stack.append(kind())


def _constant(value: object) -> Step:
    return lambda machine: machine.stack.append(value)


def _text(layout: str, encoding: str) -> Step:
    errors = "surrogatepass" if encoding == "utf-8" else "strict"
    return lambda machine: machine.stack.append(
        machine.take(machine.number(layout)).decode(encoding, errors)
    )


def _bytes(layout: str) -> Step:
    return lambda machine: machine.stack.append(machine.take(machine.number(layout)))


def _whole(layout: str) -> Step:
    return lambda machine: machine.stack.append(machine.number(layout))


STEPS: dict[bytes, Step] = {
    b"\x80": _protocol,
    b"\x95": _frame,
    b"N": _constant(None),
    b"\x88": _constant(True),
    b"\x89": _constant(False),
    b"J": _whole("<i"),
    b"K": _whole("<B"),
    b"M": _whole("<H"),
    b"\x8a": _long("<B"),
    b"\x8b": _long("<i"),
    b"G": _float,
    b"X": _text("<I", "utf-8"),
    b"\x8c": _text("<B", "utf-8"),
    b"\x8d": _text("<Q", "utf-8"),
    b"T": _text("<i", "latin-1"),  # text of Python 2
    b"U": _text("<B", "latin-1"),
    b"B": _bytes("<I"),
    b"C": _bytes("<B"),
    b"\x8e": _bytes("<Q"),
    b"\x96": _bytes("<Q"),
    b"]": _empty(list),
    b"}": _empty(dict),
    b"\x8f": _empty(list),  # a set
    b")": _constant(()),
    b"(": _mark,
    b"0": _pop,
    b"1": lambda machine: machine.pop_mark().clear(),
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"t": _tuple_of_marked,
    b"a": _append,
    b"e": _extend_by_marked,
    b"\x90": _extend_by_marked,
    b"\x91": _frozen_set,
    b"s": _set_item,
    b"u": _set_marked,
    b"q": _put("<B"),
    b"r": _put("<I"),
    b"\x94": _put_next,
    b"h": _get("<B"),
    b"j": _get("<I"),
    b"c": _global,
    b"\x93": _stack_global,
    b"R": _reduce,
    b"\x81": _reduce,
    b"\x92": _new_with_names,
    b"b": _build,
    b"Q": _persistent,
}
