"""Modules of PyTorch as people write them, drawn with any widths."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

INPUTS = 3
widths = st.integers(2, 9)
Draw = Callable[[st.SearchStrategy[Any]], Any]
ACTIVATIONS: tuple[Callable[[], nn.Module], ...] = (
    nn.Tanh,
    nn.ReLU,
    lambda: nn.ReLU(inplace=True),
    nn.GELU,
    lambda: nn.GELU(approximate="tanh"),
    nn.SiLU,
    nn.Sigmoid,
    lambda: nn.ELU(0.7),
    nn.SELU,
    lambda: nn.LeakyReLU(0.2),
    nn.Softplus,
    lambda: nn.Softplus(beta=2.0),
    nn.Mish,
    nn.PReLU,
    lambda: Call(torch.sin),
    lambda: Call(lambda x: torch.sin(30 * x)),
    lambda: Call(lambda x: x * torch.sigmoid(x)),
    lambda: Call(lambda x: x * torch.sigmoid(1.7 * x)),
    lambda: Call(lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))),
    lambda: Call(lambda x: torch.where(x > 0, x, 0.3 * x)),
    lambda: Call(lambda x: 1.7159 * torch.tanh(2 / 3 * x)),
)


class Call(nn.Module):
    """Any function of a tensor."""

    def __init__(self, call: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.call = call

    def forward(self, x: Tensor) -> Tensor:
        return self.call(x)


class With(nn.Module):
    """Parts, numbers, and a function of them and the rows."""

    def __init__(self, call: Callable[[Any, Tensor], Tensor], **parts: Any) -> None:
        super().__init__()
        self.call = call
        for name, part in parts.items():
            if isinstance(part, (nn.Module, nn.Parameter)):
                setattr(self, name, part)
            else:
                self.register_buffer(name, part)

    def forward(self, x: Tensor) -> Tensor:
        return self.call(self, x)


def activation(draw: Draw) -> nn.Module:
    return draw(st.sampled_from(ACTIVATIONS))()  # type: ignore[no-any-return]


def chain(draw: Draw, inputs: int, outputs: int) -> nn.Sequential:
    parts: list[nn.Module] = []
    width = inputs
    for _ in range(draw(st.integers(1, 3))):
        new = draw(widths)
        parts += [nn.Linear(width, new, bias=draw(st.booleans())), activation(draw)]
        if draw(st.booleans()):
            parts.insert(-1, draw(st.sampled_from((nn.LayerNorm, nn.BatchNorm1d, Dropped)))(new))
        width = new
    return nn.Sequential(*parts, nn.Linear(width, outputs))


class Dropped(nn.Dropout):
    """Dropout that takes a width as norms do."""

    def __init__(self, _: int) -> None:
        super().__init__(0.5)


def residual(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    stream, parts = draw(widths), list[nn.Module]()
    for _ in range(draw(st.integers(1, 2))):
        inside, width = list[nn.Module](), stream
        if draw(st.booleans()):
            inside.append(nn.LayerNorm(stream, eps=1e-6, elementwise_affine=draw(st.booleans())))
        for _ in range(draw(st.integers(0, 2))):
            new = draw(widths)
            inside += [nn.Linear(width, new), activation(draw)]
            width = new
        block = nn.Sequential(*inside, nn.Linear(width, stream))
        parts.append(With(lambda own, x: x + own.block(x), block=block))
    return nn.Sequential(nn.Linear(inputs, stream), *parts, nn.Linear(stream, outputs))


def gated(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    width = draw(widths)

    def call(own: Any, x: Tensor) -> Tensor:
        u, v, h = torch.tanh(own.u(x)), torch.tanh(own.v(x)), x
        for layer in own.layers:
            z = torch.tanh(layer(h))
            h = (1 - z) * u + z * v
        return own.last(h)  # type: ignore[no-any-return]

    layers = nn.ModuleList([nn.Linear(inputs, width), nn.Linear(width, width)])
    u, v = nn.Linear(inputs, width), nn.Linear(inputs, width)
    return With(call, u=u, v=v, layers=layers, last=nn.Linear(width, outputs))


def heads(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    width = draw(widths)
    ends = nn.ModuleList(chain(draw, width, 1) for _ in range(outputs))

    def call(own: Any, x: Tensor) -> Tensor:
        h = own.trunk(x)
        return torch.cat([end(h) for end in own.ends], dim=1)

    return With(call, trunk=chain(draw, inputs, width), ends=ends)


def fourier(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    count = draw(widths)

    def call(own: Any, x: Tensor) -> Tensor:
        waves = 2 * math.pi * x @ own.B
        return own.net(torch.cat([torch.sin(waves), torch.cos(waves)], -1))  # type: ignore[no-any-return]

    return With(call, B=torch.randn(inputs, count), net=chain(draw, 2 * count, outputs))


def periodic(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    def call(own: Any, x: Tensor) -> Tensor:
        angle = 2 * x[:, :1]
        return own.net(torch.cat([torch.cos(angle), torch.sin(angle), x[:, 1:]], 1))  # type: ignore[no-any-return]

    return With(call, net=chain(draw, inputs + 1, outputs))


def deeponet(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    latent, split = draw(widths), inputs - 1

    def call(own: Any, x: Tensor) -> Tensor:
        both = own.branch(x[:, :split]) * own.trunk(x[:, split:])
        return both.sum(-1, keepdim=True) + own.b  # type: ignore[no-any-return]

    branch, trunk = chain(draw, split, latent), chain(draw, 1, latent)
    return With(call, branch=branch, trunk=trunk, b=nn.Parameter(torch.zeros(1)))


def scaled(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    def call(own: Any, x: Tensor) -> Tensor:
        return own.net(2 * (x - own.lb) / (own.ub - own.lb) - 1) * own.std + own.mean  # type: ignore[no-any-return]

    low = torch.randn(inputs)
    numbers = {"lb": low, "ub": low + 1 + torch.rand(inputs)}
    numbers |= {"std": 1 + torch.rand(outputs), "mean": torch.randn(outputs)}
    return With(call, net=chain(draw, inputs, outputs), **numbers)


def hard(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    def call(own: Any, x: Tensor) -> Tensor:
        t = x[:, :1]
        return t * (1 - t) * own.net(x) + torch.sin(3 * x[:, 1:2])  # type: ignore[no-any-return]

    return With(call, net=chain(draw, inputs, outputs))


def normalised(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    width = draw(widths)
    old = draw(st.booleans())
    wrap: Any = nn.utils.weight_norm if old else nn.utils.parametrizations.weight_norm
    first, last = wrap(nn.Linear(inputs, width)), wrap(nn.Linear(width, outputs))
    return nn.Sequential(first, activation(draw), last)


def gated_linear(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    width = draw(widths)
    last = nn.Linear(width, outputs)
    return nn.Sequential(nn.Linear(inputs, 2 * width), nn.GLU(), activation(draw), last)


def closed(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    end = draw(st.sampled_from((nn.Sigmoid, nn.Softplus, nn.Tanh)))
    return nn.Sequential(chain(draw, inputs, outputs), end())


def beside(draw: Draw, inputs: int, outputs: int) -> nn.Module:
    """Columns beside each other, added to others that are one layer's."""
    one, other = draw(widths), draw(widths)

    def call(own: Any, x: Tensor) -> Tensor:
        both = torch.cat([own.one(x), own.other(x)], 1) + own.whole(x)
        return own.last(torch.cat([torch.tanh(both), x], 1))  # type: ignore[no-any-return]

    parts = {"one": nn.Linear(inputs, one), "other": nn.Linear(inputs, other)}
    parts |= {"whole": nn.Linear(inputs, one + other)}
    return With(call, **parts, last=nn.Linear(one + other + inputs, outputs))


KINDS: dict[str, Callable[[Draw, int, int], nn.Module]] = {
    "chain": chain,
    "residual": residual,
    "gated": gated,
    "heads": heads,
    "fourier": fourier,
    "periodic": periodic,
    "deeponet": deeponet,
    "scaled": scaled,
    "hard": hard,
    "normalised": normalised,
    "gated_linear": gated_linear,
    "closed": closed,
    "beside": beside,
}


@st.composite
def modules(draw: Draw, kind: str) -> nn.Module:
    """A module of a kind, with numbers of its own, at rest."""
    torch.manual_seed(draw(st.integers(0, 2**16)))
    made = KINDS[kind](draw, INPUTS, draw(st.integers(1, 3)))
    for part in made.modules():
        if isinstance(part, nn.BatchNorm1d):
            part.running_mean = torch.randn(part.num_features)
            part.running_var = 0.5 + torch.rand(part.num_features)
    for name, parameter in made.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter)
    return made.eval()
