"""Networks of torch as projects write them: what is more than a chain of layers."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


def plain(
    activation: type[nn.Module] = nn.Tanh, inputs: int = 4, width: int = 16, outputs: int = 2
) -> nn.Sequential:
    """``inputs``-16-16-``outputs``."""
    return nn.Sequential(
        nn.Linear(inputs, width),
        activation(),
        nn.Linear(width, width),
        activation(),
        nn.Linear(width, outputs),
    )


class Buffers(nn.Module):
    """Raw units in and out: what scales is kept inside."""

    def __init__(self, mean: Tensor, std: Tensor, out_mean: Tensor, out_std: Tensor) -> None:
        super().__init__()
        self.register_buffer("input_mean", mean)
        self.register_buffer("input_std", std)
        self.register_buffer("output_mean", out_mean)
        self.register_buffer("output_std", out_std)
        self.net = plain()

    def forward(self, x: Tensor) -> Tensor:
        scaled = (x - self.get_buffer("input_mean")) / self.get_buffer("input_std")
        out: Tensor = self.net(scaled)
        return out * self.get_buffer("output_std") + self.get_buffer("output_mean")


class Bounds(nn.Module):
    """Inputs to -1..1 by their bounds, as PINNs have them."""

    def __init__(self, lb: Tensor, ub: Tensor) -> None:
        super().__init__()
        self.register_buffer("lb", lb)
        self.register_buffer("ub", ub)
        self.layers = plain()

    def forward(self, x: Tensor) -> Tensor:
        lb, ub = self.get_buffer("lb"), self.get_buffer("ub")
        out: Tensor = self.layers(2.0 * (x - lb) / (ub - lb) - 1.0)
        return out


class Block(nn.Module):
    """A residual block of two layers, of which the inner width is free."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.fc2(torch.tanh(self.fc1(x)))  # type: ignore[no-any-return]


class Residual(nn.Module):
    """Two blocks 16-12-16 between a first and a last layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 16)
        self.blocks = nn.ModuleList(Block(16, 12) for _ in range(2))
        self.last = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.first(x))
        for block in self.blocks:
            h = block(h)
        return self.last(h)  # type: ignore[no-any-return]


class Skips(nn.Module):
    """``h + tanh(W h + b)``: the tensors are those of a plain network."""

    def __init__(self) -> None:
        super().__init__()
        widths = (4, 16, 16, 16, 2)
        self.linears = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip(widths, widths[1:], strict=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.linears[0](x))
        for linear in self.linears[1:-1]:
            h = h + torch.tanh(linear(h))
        return self.linears[-1](h)  # type: ignore[no-any-return]


def layer_norm() -> nn.Sequential:
    """A LayerNorm before each activation."""
    return nn.Sequential(
        nn.Linear(4, 16),
        nn.LayerNorm(16),
        nn.GELU(),
        nn.Linear(16, 16),
        nn.LayerNorm(16),
        nn.GELU(),
        nn.Linear(16, 2),
    )


class NormBlocks(nn.Module):
    """``h + fc2(act(fc1(norm(h))))``, with a norm before the last layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 16)
        self.norms = nn.ModuleList(nn.LayerNorm(16) for _ in range(2))
        self.fc1 = nn.ModuleList(nn.Linear(16, 24) for _ in range(2))
        self.fc2 = nn.ModuleList(nn.Linear(24, 16) for _ in range(2))
        self.norm = nn.LayerNorm(16)
        self.last = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x)
        for norm, fc1, fc2 in zip(self.norms, self.fc1, self.fc2, strict=True):
            h = h + fc2(nn.functional.silu(fc1(norm(h))))
        return self.last(self.norm(h))  # type: ignore[no-any-return]


def batch_norm() -> nn.Sequential:
    """A BatchNorm before each activation."""
    return nn.Sequential(
        nn.Linear(4, 16),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Linear(16, 16),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Linear(16, 2),
    )


class Fourier(nn.Module):
    """Random Fourier features, kept as a buffer, before a plain network."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("B", 0.15 * torch.randn(4, 8))
        self.net = plain(inputs=16)

    def forward(self, x: Tensor) -> Tensor:
        turned = 2.0 * math.pi * x @ self.get_buffer("B")
        out: Tensor = self.net(torch.cat([torch.sin(turned), torch.cos(turned)], dim=-1))
        return out


class Sine(nn.Module):
    """``sin(omega * (W x + b))`` of SIREN (Sitzmann et al. 2020)."""

    def __init__(self, inputs: int, outputs: int, bound: float, omega: float = 30.0) -> None:
        super().__init__()
        self.omega = omega
        self.linear = nn.Linear(inputs, outputs)
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(self.omega * self.linear(x))


class Siren(nn.Module):
    """Frequency 30; the first weights begin smaller than in the paper, as the data are smooth."""

    def __init__(self) -> None:
        super().__init__()
        bound = math.sqrt(6 / 16) / 30
        self.net = nn.Sequential(Sine(4, 16, 0.02), Sine(16, 16, bound), nn.Linear(16, 2))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.net(x)
        return out


class Modified(nn.Module):
    """The modified MLP of Wang et al. 2021: two encoders gate every hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.u, self.v = nn.Linear(4, 16), nn.Linear(4, 16)
        self.layers = nn.ModuleList([nn.Linear(4, 16), nn.Linear(16, 16), nn.Linear(16, 16)])
        self.last = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        u, v = torch.tanh(self.u(x)), torch.tanh(self.v(x))
        h = x
        for layer in self.layers:
            z = torch.tanh(layer(h))
            h = (1 - z) * u + z * v
        return self.last(h)  # type: ignore[no-any-return]


def normed_weights() -> nn.Sequential:
    """Weight normalisation of today on every layer."""
    return nn.Sequential(
        weight_norm(nn.Linear(4, 16)),
        nn.Tanh(),
        weight_norm(nn.Linear(16, 16)),
        nn.Tanh(),
        weight_norm(nn.Linear(16, 2)),
    )


class Slopes(nn.Module):
    """Adaptive slopes of Jagtap et al. 2020, one a layer: ``tanh(10 a (W x + b))``."""

    def __init__(self) -> None:
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(4, 16), nn.Linear(16, 16)])
        self.last = nn.Linear(16, 2)
        self.a = nn.ParameterList(nn.Parameter(torch.tensor(0.1)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for linear, a in zip(self.linears, self.a, strict=True):
            h = torch.tanh(10.0 * a * linear(h))
        return self.last(h)  # type: ignore[no-any-return]


class Heads(nn.Module):
    """A trunk, and a head of one hidden layer a target."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 24), nn.ELU(), nn.Linear(24, 12), nn.ELU())
        self.wear = nn.Sequential(nn.Linear(12, 8), nn.ELU(), nn.Linear(8, 1))
        self.temp = nn.Sequential(nn.Linear(12, 8), nn.ELU(), nn.Linear(8, 1))

    def forward(self, x: Tensor) -> Tensor:
        h = self.trunk(x)
        return torch.cat([self.wear(h), self.temp(h)], dim=1)


def ended(last: nn.Module) -> nn.Sequential:
    """A plain network with a function after its output."""
    return nn.Sequential(*plain(), last)
