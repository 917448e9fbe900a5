"""Operations of PyTorch's ATen, as an exported program names them, as calls."""

from __future__ import annotations

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call
from spinn_engine.imported.programs.formats.aten_layers import LAYERS
from spinn_engine.imported.programs.formats.aten_maker import Args, Maker
from spinn_engine.imported.programs.formats.aten_shapes import SHAPES

SAME = (
    "alias", "clone", "contiguous", "detach", "detach_", "to", "_to_copy", "lift_fresh_copy",
    "type_as", "positive",
)  # fmt: skip
PLAIN = {
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "silu": "silu", "selu": "selu",
    "mish": "mish", "sin": "sin", "cos": "cos", "exp": "exp", "neg": "neg", "sqrt": "sqrt",
    "reciprocal": "reciprocal", "abs": "abs", "erf": "erf", "log": "log", "log1p": "log1p",
    "expm1": "expm1", "square": "square",
}  # fmt: skip
PAIRS = {
    "mul": "mul", "multiply": "mul", "maximum": "max", "minimum": "min", "pow": "pow",
    "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
}  # fmt: skip


def calls_of(op: str, args: Args, outputs: tuple[str, ...], where: str) -> list[Call]:
    """The calls that an operation is.

    Args:
        op: without ``torch.ops.aten.`` and overload.
        args: by name.
        outputs: names of what it gives.
        where: how a sentence calls it.

    Raises:
        BadInputError: it is unknown, or told something that no network here can have.
    """
    in_place = op.endswith("_") and not op.startswith("_") and op != "detach_"
    base = op.rstrip("_") if in_place else op
    made = Maker(base, args, outputs, where)
    if base in SAME:
        made.call("same", made.get("self", made.get("input")), last=True)
    elif base in PLAIN:
        made.call(PLAIN[base], made.get("self"), last=True)
    elif base in PAIRS:
        other = made.get("other", made.get("exponent"))
        made.call(PAIRS[base], made.get("self"), other, last=True)
    elif base in OTHERS:
        OTHERS[base](made)
    else:
        raise BadInputError(f"it has the operation {where}, which no network here can have")
    if in_place:
        given = {**made.calls[-1].given, "in_place": True}
        first = made.get("self", made.get("input"))
        if len(made.calls) > 1 or made.calls[-1].args[:1] != (first,):
            raise made.refuse("in place: write it without '_' or inplace")
        made.calls[-1] = Call(made.calls[-1].op, made.calls[-1].args, outputs, where, given)
    return made.calls


OTHERS = {**LAYERS, **SHAPES}
