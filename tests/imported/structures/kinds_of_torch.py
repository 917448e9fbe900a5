"""Networks of torch of every kind that names and shapes tell, of any widths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


def linears(widths: Sequence[int]) -> nn.ModuleList:
    """Layers of such widths."""
    return nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))


def run(layers: nn.ModuleList, x: Tensor, last: bool = False) -> Tensor:
    """One layer after the other, a tanh between them; behind the last where ``last`` says so."""
    for place, layer in enumerate(layers):
        x = layer(x)
        if last or place < len(layers) - 1:
            x = torch.tanh(x)
    return x


class Normed(nn.Module):
    """Norms in a list of their own, before or behind the activations."""

    def __init__(self, widths: Sequence[int], norm: type[nn.Module], before: bool) -> None:
        super().__init__()
        self.layers, self.before = linears(widths), before
        self.norms = nn.ModuleList(norm(width) for width in widths[1:-1])

    def forward(self, x: Tensor) -> Tensor:
        for layer, norm in zip(self.layers, self.norms, strict=False):
            h = layer(x)
            x = torch.tanh(norm(h)) if self.before else norm(torch.tanh(h))
        return self.layers[-1](x)  # type: ignore[no-any-return]


class Block(nn.Module):
    """Layers with a way around them."""

    def __init__(self, width: int, inner: Sequence[int], norm: bool, form: str) -> None:
        super().__init__()
        self.form = form
        self.fc = linears((width, *inner, width))
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x)
        for place, layer in enumerate(self.fc):
            h = layer(torch.tanh(h) if place or self.form == "before" else h)
        h = torch.tanh(h) if self.form == "inside" else h
        return torch.tanh(x + h) if self.form == "sum" else x + h


class Residual(nn.Module):
    """Blocks between a first and a last layer."""

    def __init__(
        self, width: int, inner: Sequence[int], blocks: int, norm: bool, form: str, stem: bool
    ) -> None:
        super().__init__()
        self.stem, self.form = stem, form
        self.first, self.last = nn.Linear(3, width), nn.Linear(width, 2)
        self.blocks = nn.ModuleList(Block(width, inner, norm, form) for _ in range(blocks))

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x)
        h = torch.tanh(h) if self.stem else h
        for block in self.blocks:
            h = block(h)
        h = torch.tanh(h) if self.form == "before" else h
        return self.last(h)  # type: ignore[no-any-return]


class Modified(nn.Module):
    """The modified MLP of Wang et al. 2021."""

    def __init__(self, width: int, depth: int, swapped: bool) -> None:
        super().__init__()
        self.U, self.V, self.swapped = nn.Linear(3, width), nn.Linear(3, width), swapped
        self.layers, self.out = linears((3, *[width] * depth)), nn.Linear(width, 2)

    def forward(self, x: Tensor) -> Tensor:
        u, v, h = torch.tanh(self.U(x)), torch.tanh(self.V(x)), x
        u, v = (v, u) if self.swapped else (u, v)
        for layer in self.layers:
            z = torch.tanh(layer(h))
            h = (1 - z) * u + z * v
        return self.out(h)  # type: ignore[no-any-return]


class Heads(nn.Module):
    """A trunk, and heads of other widths."""

    def __init__(self, trunk: Sequence[int], ends: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.trunk = linears((3, *trunk))
        for number, inner in enumerate(ends):
            self.add_module(f"head{number}", linears((trunk[-1], *inner, 1)))
        self.count = len(ends)

    def forward(self, x: Tensor) -> Tensor:
        h = run(self.trunk, x, last=True)
        found = [run(self.get_submodule(f"head{n}"), h) for n in range(self.count)]  # type: ignore[arg-type]
        return torch.cat(found, dim=1)


class DeepONet(nn.Module):
    """The first inputs to the branch, or the last."""

    def __init__(self, inner: Sequence[int], latent: int, first: bool, acts: bool) -> None:
        super().__init__()
        self.first, self.acts = first, acts
        self.branch, self.trunk = linears((2, *inner, latent)), linears((1, *inner, latent))
        self.b = nn.Parameter(torch.randn(1))

    def forward(self, x: Tensor) -> Tensor:
        branch, trunk = (x[:, :2], x[:, 2:]) if self.first else (x[:, 1:], x[:, :1])
        found = run(self.branch, branch) * run(self.trunk, trunk, last=self.acts)
        return found.sum(dim=1, keepdim=True) + self.b


class Fourier(nn.Module):
    """Features of a matrix in the file, with the inputs beside them or not."""

    def __init__(self, features: int, width: int, factor: float, sines: bool, beside: bool) -> None:
        super().__init__()
        self.register_buffer("B", torch.randn(3, features))
        self.factor, self.sines, self.beside = factor, sines, beside
        self.net = linears((2 * features + 3 * beside, width, 2))

    def forward(self, x: Tensor) -> Tensor:
        turned = self.factor * x @ self.get_buffer("B")
        waves = [torch.sin(turned), torch.cos(turned)]
        waves = waves if self.sines else waves[::-1]
        return run(self.net, torch.cat([x] * self.beside + waves, dim=1))


class Slopes(nn.Module):
    """Learned slopes, one in all or one a layer, behind a factor."""

    def __init__(self, widths: Sequence[int], factor: float, each: bool) -> None:
        super().__init__()
        self.layers, self.factor = linears(widths), factor
        count = len(widths) - 2 if each else 1
        self.a = nn.ParameterList(nn.Parameter(torch.rand(()) + 0.5) for _ in range(count))

    def forward(self, x: Tensor) -> Tensor:
        for place, layer in enumerate(self.layers[:-1]):
            x = torch.tanh(self.factor * self.a[min(place, len(self.a) - 1)] * layer(x))
        return self.layers[-1](x)  # type: ignore[no-any-return]


class Scaled(nn.Module):
    """What scales inputs and outputs is kept inside."""

    def __init__(self, widths: Sequence[int], bounds: bool) -> None:
        super().__init__()
        self.layers, self.bounds = linears(widths), bounds
        names = ("x_min", "x_max") if bounds else ("x_mean", "x_std")
        self.register_buffer(names[0], torch.randn(widths[0]))
        self.register_buffer(names[1], self.get_buffer(names[0]) + 1 + torch.rand(widths[0]))
        if not bounds:
            self.register_buffer("x_std", torch.rand(widths[0]) + 0.5)
        self.register_buffer("y_mean", torch.randn(widths[-1]))
        self.register_buffer("y_std", torch.rand(widths[-1]) + 0.5)

    def forward(self, x: Tensor) -> Tensor:
        if self.bounds:
            low, high = self.get_buffer("x_min"), self.get_buffer("x_max")
            x = 2 * (x - low) / (high - low) - 1
        else:
            x = (x - self.get_buffer("x_mean")) / self.get_buffer("x_std")
        return run(self.layers, x) * self.get_buffer("y_std") + self.get_buffer("y_mean")


class Side(nn.Module):
    """A network for every output, beside each other as in DeepXDE."""

    def __init__(self, widths: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.count = len(widths[0])
        self.layers = nn.ModuleList(
            nn.ModuleList(nn.Linear(a, b) for a, b in zip(one, other, strict=True))
            for one, other in pairwise(widths)
        )

    def forward(self, x: Tensor) -> Tensor:
        found = [x] * self.count
        for place in range(len(self.layers)):
            found = [
                self.get_submodule(f"layers.{place}.{which}")(h) for which, h in enumerate(found)
            ]
            if place < len(self.layers) - 1:
                found = [torch.tanh(h) for h in found]
        return torch.cat(found, dim=1)


def sequential(widths: Sequence[int], between: Sequence[str], ends: Sequence[str]) -> nn.Sequential:
    """Layers with parts of torch between and behind them, by their names below."""
    found: list[nn.Module] = []
    for place, (a, b) in enumerate(pairwise(widths)):
        last = place == len(widths) - 2
        found.append(nn.Linear(a, b))
        found += [PARTS[name](b) for name in (ends if last else between)]
    return nn.Sequential(*found)


PARTS: dict[str, Callable[[int], nn.Module]] = {
    "tanh": lambda _: nn.Tanh(),
    "relu": lambda _: nn.ReLU(),
    "gelu": lambda _: nn.GELU(),
    "gelu_tanh": lambda _: nn.GELU("tanh"),
    "silu": lambda _: nn.SiLU(),
    "sigmoid": lambda _: nn.Sigmoid(),
    "elu": lambda _: nn.ELU(0.7),
    "selu": lambda _: nn.SELU(),
    "leaky_relu": lambda _: nn.LeakyReLU(0.1),
    "softplus": lambda _: nn.Softplus(2.0),
    "mish": lambda _: nn.Mish(),
    "prelu": lambda _: nn.PReLU(),
    "prelus": lambda width: nn.PReLU(width),
    "LayerNorm": lambda width: nn.LayerNorm(width, eps=1e-3),
    "plain LayerNorm": lambda width: nn.LayerNorm(width, elementwise_affine=False),
    "BatchNorm": lambda width: nn.BatchNorm1d(width, eps=1e-3),
    "plain BatchNorm": lambda width: nn.BatchNorm1d(width, affine=False),
    "dropout": lambda _: nn.Dropout(0.5),
}

SEEDS: dict[str, Callable[[], nn.Module]] = {
    "residual": lambda: Residual(4, (3,), 2, True, "none", True),
    "fourier": lambda: Fourier(4, 5, 1.0, True, False),
    "batchnorm": lambda: sequential((3, 4, 4, 2), ["BatchNorm", "tanh"], []),
}
