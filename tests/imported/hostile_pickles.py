"""Pickles that are broken or mean harm, by name: their files, and words of what is said."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.imported.support import (
    Call,
    Global,
    Part,
    Persistent,
    floats,
    pickled,
    small,
    tensor,
    torch_zip,
    zip_of,
)

Files = Iterator[tuple[str, bytes, str]]
CANARY = "canary_module"  # its import, and each of its functions, leaves a mark
TOUCH = b"c" + CANARY.encode() + b"\ntouch\n"
LAYERS = "no layers"
DAMAGED = "pickle is damaged"


def code() -> Files:
    """Code in the pickle, by every instruction that could call it."""
    called = b"\x80\x02" + TOUCH + b")R."
    yield "reduce", torch_zip(called), LAYERS
    yield "import alone", torch_zip(b"\x80\x02" + TOUCH + b"."), LAYERS
    text = b"\x8c\x0d" + CANARY.encode() + b"\x8c\x05touch\x93"
    yield "stack global", torch_zip(b"\x80\x04" + text + b")R."), LAYERS
    yield "new object", torch_zip(b"\x80\x02" + TOUCH + b")\x81."), LAYERS
    yield "new object with names", torch_zip(b"\x80\x04" + TOUCH + b")}\x92."), LAYERS
    yield "build", torch_zip(b"\x80\x02" + TOUCH + b")\x81}b."), LAYERS
    yield "inst", torch_zip(b"(i" + TOUCH[1:] + b"."), "instruction b'i'"
    yield "obj", torch_zip(b"(" + TOUCH + b"o."), "instruction b'o'"
    for code in (b"\x82\x01", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00"):
        yield f"extension {code[:1]!r}", torch_zip(b"\x80\x02" + code + b")R."), "instruction"
    yield "dup", torch_zip(b"\x80\x02" + TOUCH + b"2."), "instruction b'2'"
    for name in ("eval", "exec", "__import__", "getattr"):
        evil = Call(Global("builtins", name), f"__import__({CANARY!r}).touch()")
        yield name, small(extra=evil, **{"2.weight": evil}), "2.bias beside"
    evil = Call(Global("torch._utils", "_rebuild_tensor_v2"), Call(Global(CANARY, "touch")))
    yield "as a storage", small(**{"2.weight": evil}), "2.bias beside"
    evil = Call(
        Global("torch._tensor", "_rebuild_from_type_v2"),
        Global(CANARY, "touch"),
        Global("torch", "Tensor"),
        (),
        None,
    )
    yield "as a way to rebuild", small(**{"2.weight": evil}), "2.weight is a tensor of the class"
    state = {"_modules": {"a": Call(Global(CANARY, "touch"))}}
    module = pickled(Call(Global(CANARY, "touch")))[:-1] + pickled(state)[2:-1] + b"b."
    yield "as a module", torch_zip(module), LAYERS


def bombs() -> Files:
    """Little that would become much."""
    yield "marks", torch_zip(b"\x80\x02" + b"(" * 450_000 + b"."), DAMAGED
    lists = b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b"."
    yield "nested lists", torch_zip(lists), LAYERS
    yield "nested tuples", torch_zip(b"\x80\x02N" + b"\x85" * 450_000 + b"."), LAYERS
    dicts = b"\x80\x02" + b"}K\0" * 150_000 + b"N" + b"s" * 150_000 + b"."
    yield "nested dicts", torch_zip(dicts), LAYERS
    yield "steps", torch_zip(b"\x80\x02" + b"N0" * 300_000 + b"."), "more than 500,000"
    puts = b"".join(b"r" + struct.pack("<I", n * 4001) for n in range(440_000))
    yield "memo", torch_zip(b"\x80\x02N" + puts + b"."), LAYERS
    yield "memo by itself", torch_zip(b"\x80\x04N" + b"\x94" * 450_000 + b"."), LAYERS
    far = b"\x80\x02Nr\xff\xff\xff\xff0j\xff\xff\xff\xff."
    yield "a far place in the memo", torch_zip(far), LAYERS
    laughs = b"\x80\x02]q\0" + b"".join(
        b"0](h%bh%beq%b" % (bytes([n]), bytes([n]), bytes([n + 1])) for n in range(200)
    )
    yield "laughs", torch_zip(laughs + b"."), LAYERS
    tuples = b"\x80\x02)q\0" + b"".join(
        b"h%bh%b\x86q%b0" % (bytes([n]), bytes([n]), bytes([n + 1])) for n in range(200)
    )
    yield "laughs as a key", torch_zip(tuples + b"0}h\xc8Ns."), LAYERS
    yield "laughs as text", torch_zip(tuples + b"0}X\1\0\0\0ah\xc8s."), LAYERS
    module = b"\x80\x02ca\nB\n)\x81q\0}X\x08\0\0\0_modules}sb0" + b"".join(
        b"ca\nB\n)\x81q%b}X\x08\0\0\0_modules}(X\1\0\0\0ah%bX\1\0\0\0bh%busb0"
        % (bytes([n + 1]), bytes([n]), bytes([n]))
        for n in range(200)
    )
    yield "laughs as modules", torch_zip(module[:-1] + b"."), "a module of more than"
    bare = b"ctorch.nn.modules.linear\nLinear\n)\x81}X\x08\0\0\0_modules}sb"
    weights = pickled({f"{n}.weight": tensor(str(n), (2, 2)) for n in range(2)})[2:-1]
    tree = b"\x80\x02ctorch.nn.modules.container\nSequential\n)\x81}(X\x08\0\0\0_modules}X\1\0\0\0b"
    tree += bare + b"sX\x0b\0\0\0_parameters" + weights + b"ub."
    two = {"0": floats(2, 2), "1": floats(2, 2)}
    yield "a layer without a weight", torch_zip(tree, two), "its layer b has no weight"
    own = b"\x80\x02ca\nB\n)\x81q\0}X\x08\0\0\0_modules}X\1\0\0\0ah\0ssb."
    yield "a module in itself", torch_zip(own), "a module of more than"
    yield "a list in itself", torch_zip(b"\x80\x02]q\0h\0a."), LAYERS
    rebuild = b"\x80\x02" + b"ctorch._tensor\n_rebuild_from_type_v2\n(" * 9_000
    rebuild += b"N" + b"ctorch\nTensor\n)NtR" * 9_000 + b"."
    records = b"\x80\x02ca\nB\nq\0" + b"h\0)\x81" * 80_000 + b"b" * 79_999
    yield "nested records", torch_zip(records.replace(b"q\0", b"q\0)\x81", 1) + b"b."), LAYERS
    state = b"}(" + b"".join(b"M%bN" % struct.pack("<H", n) for n in range(60_000)) + b"uq\1"
    shared = b"\x80\x02ca\nB\nq\0" + state + b"0](" + b"h\0)\x81h\1b" * 70_000 + b"e"
    yield "one state of many", torch_zip(shared + b"\x86."), LAYERS
    flags = b"\x80\x02" + state.replace(b"N", b"\x89") + b"0ctorch._utils\n_rebuild_tensor_v2\nq\2"
    flags += b"(NK\0))\x89}h\1tq\3R" + b"0h\2h\3R" * 90_000
    yield "flags", torch_zip(flags + b"."), "torch.save never does"
    several = b"\x80\x02](" + b"N" * 100_000 + b"e\x85q\0c__builtin__\nset\nq\1("
    several += b"h\1h\0R" * 120_000 + b"t\x87."
    yield "copies of a set", torch_zip(several), LAYERS
    numbers = (n * (2**61 - 1) for n in range(120_000))
    keys = b"".join(b"\x8a\x0b" + n.to_bytes(11, "little") + b"N" for n in numbers)
    yield "keys of one hash", torch_zip(b"\x80\x02}(" + keys + b"u."), LAYERS
    long = b"X" + struct.pack("<I", 2**20) + b"a" * 2**20
    yield "a long key", torch_zip(b"\x80\x02}" + long + b"Ns."), "a name of 1,048,576 letters"
    lists = b"\x80\x02}X\3\0\0\0act" + b"]" * 100_000 + b"a" * 99_999 + b"s."
    yield "a deep activation", torch_zip(lists), LAYERS
    get = b"c__builtin__\ngetattr\nq\0"
    calls = b"\x80\x02}X\3\0\0\0act" + get + b"h\0" * 100_000 + b"N" + b"\x85R" * 100_000 + b"0s."
    yield "calls as an activation", torch_zip(calls), LAYERS
    yield "rebuilt again and again", torch_zip(rebuild), LAYERS
    yield "values", torch_zip(b"\x80\x02](" + b"]" * 150_000 + b"e."), "more than 100,000 values"
    large = b"\x80\x02\x8e" + struct.pack("<Q", 2**25) + bytes(2**25) + b"."
    yield "large", torch_zip(large), "more than the 33,554,432 that are read"
    many = {f"{n}.weight": tensor("0", (4, 3)) for n in range(10_000)}
    yield "10,000 tensors", torch_zip(pickled(many), {"0": floats(4, 3)}), "10,000 tensors"
    parts = [Part("a/data.pkl", b"\x80\x02N.")] + [Part(f"a/data/{n}", b"x") for n in range(9_999)]
    yield "10,000 entries", zip_of(parts), "10,000 entries, more than the 4,096"


def broken_pickles() -> Files:
    for name, data in {
        "nothing": b"",
        "stop": b".",
        "two values": b"\x80\x02NN.",
        "an open mark": b"\x80\x02(N.",
        "something after the end": b"\x80\x02N.N",
        "append to a number": b"\x80\x02K\1Na.",
        "set of a list": b"\x80\x02]NNs.",
        "half a pair": b"\x80\x02}(Nu.",
        "unknown memo": b"\x80\x02h\7.",
        "nothing to take": b"\x80\x020.",
        "arguments that are none": b"\x80\x02ca\nb\nNR.",
        "text that is none": b"\x80\x02X\2\0\0\0\xff\xff.",
        "a name without end": b"\x80\x02c" + b"a" * 5000 + b".",
        "a name that is none": b"\x80\x04K\1K\2\x93.",
    }.items():
        yield name, torch_zip(data), "pickle is"
    claims = {
        "long text": b"X\xff\xff\xff\xffab",
        "longer text": b"\x8d" + b"\xff" * 8 + b"ab",
        "bytes": b"\x8e" + b"\xff" * 7 + b"\x7fab",
        "a buffer": b"\x96" + b"\xff" * 7 + b"\x7fab",
        "negative text": b"T\xff\xff\xff\xffab",
    }
    for name, data in claims.items():
        yield f"claims {name}", torch_zip(b"\x80\x04" + data + b"."), "pickle is cut off"
    yield (
        "a huge number",
        torch_zip(b"\x80\x02\x8b\0\0\x10\0" + bytes(2**20) + b"."),
        "1,048,576 bytes",
    )
    yield "a huge claim", torch_zip(b"\x80\x02\x8b\xff\xff\xff\x7f."), "2,147,483,647 bytes"
    yield "a negative claim", torch_zip(b"\x80\x02\x8b\xff\xff\xff\xff."), "pickle is cut off"
    for code in (
        b"I1\n",
        b"L1L\n",
        b"F1\n",
        b"S'a'\n",
        b"Va\n",
        b"p0\n",
        b"g0\n",
        b"Pa\n",
        b"l",
        b"d",
    ):
        yield f"text {code!r}", torch_zip(code + b"."), "instruction"
    yield "protocol", torch_zip(b"\x80\xffN."), "protocol 255"
    yield "persistent text", torch_zip(b"\x80\x02X\1\0\0\0aQ."), "no storage of a tensor"
    yield "persistent number", torch_zip(pickled(Persistent((1, 2, 3, 4, 5)))), "no storage"


def claims() -> Files:
    """Tensors that are not there, or not as they are said to be."""
    wide = 2**20
    yield (
        "4 TB",
        small(**{"2.weight": tensor("2", (wide, wide)), "2.bias": tensor("3", (wide,))}),
        "layer 2 (1048576 to 1048576) is wider",
    )
    yield (
        "4 TB of a storage",
        small(**{"2.weight": tensor("2", (2, 4), count=2**40)}),
        ("storage data/2 claims 4,398,046,511,104 bytes and has 32"),
    )
    yield (
        "more than there is",
        small(**{"2.weight": tensor("2", (2, 4), count=4)}),
        ("2.weight claims 8 numbers of a storage of 4"),
    )
    yield "an entry of another size", small(**{"2.weight": tensor("2", (2, 4), count=9)}), "has 32"
    yield (
        "beyond its end",
        small(**{"2.weight": tensor("2", (2, 4), offset=1, count=8)}),
        "claims 9 numbers",
    )
    yield (
        "before its start",
        small(**{"2.weight": tensor("2", (2, 4), offset=-1)}),
        "torch.save never",
    )
    yield (
        "a wide stride",
        small(**{"2.weight": tensor("2", (2, 4), strides=[2**40, 1])}),
        "claims 1,09",
    )
    yield (
        "a negative stride",
        small(**{"2.weight": tensor("2", (2, 4), strides=[-4, 1])}),
        "never does",
    )
    yield "expanded", small(**{"2.weight": tensor("2", (2, 4), strides=[0, 1])}), "expanded view"
    yield (
        "expanded much",
        small(**{"2.weight": tensor("2", (60_000, 60_000), strides=[0, 0], count=8)}),
        "expanded",
    )
    large = {f"{n}.weight": tensor("9", (60_000, 60_000)) for n in (4, 6)}
    yield "too many weights", small(**large), "it has 7,200,000,020 weights, more than the 67,108,"
    yield "no strides", small(**{"2.weight": tensor("2", (2, 4), strides=[])}), "never does"
    yield "many dimensions", small(**{"2.weight": tensor("2", (1,) * 60)}), "never does"
    yield (
        "a shape of text",
        small(**{"2.weight": tensor("2", (2, 4), strides=["a", 1])}),
        "never does",
    )
    yield "a huge size", small(**{"2.weight": tensor("2", (2, 4), count=2**60)}), "never does"
    yield (
        "a key that is a path",
        small(**{"2.weight": tensor("../../../etc/passwd", (2, 4))}),
        ("storage data/../../../etc/passwd is not in the file"),
    )
    yield "a key that is no text", small(**{"2.weight": tensor(2, (2, 4))}), "never does"  # type: ignore[arg-type]
    yield (
        "an unknown type",
        small(**{"2.weight": tensor("2", (2, 4), "EvilStorage")}),
        "unknown type",
    )
    yield (
        "shared as two types",
        small(**{"2.weight": tensor("0", (2, 4), "HalfStorage")}),
        "share their numbers",
    )
