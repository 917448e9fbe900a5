"""The command ``inspect``: what network a checkpoint from anywhere holds, read safely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from spinn_engine import api
from spinn_engine.cli.console import OUT, print_json
from spinn_engine.words import counted, percent, shown_list, size, widths

NAMES_SHOWN = 24


def inspect(file: Path, as_json: bool) -> None:
    """``inspect``: widths, parameters, dead neurons, and what was done to read the file."""
    network = api.inspect(file)
    file_bytes = file.stat().st_size
    if as_json:
        print_json(described(network, file_bytes))
    else:
        OUT.print(network_table(network, file_bytes))


def described(network: api.StoredNetwork, file_bytes: int) -> dict[str, Any]:
    """The JSON object of ``inspect``."""
    return {
        "inputs": network.inputs,
        "outputs": network.outputs,
        "hidden": list(network.hidden),
        "params": network.params,
        "nonzero": network.nonzero,
        "activation": network.activation,
        "computes": network.computes,
        "format": network.format,
        "loaded_safely": True,  # there is no other way to read
        "dtype": network.dtype,
        "dead_neurons": list(network.dead),
        "params_without_dead": network.params_without_dead,
        "input_names": _listed(network.input_names),
        "target_names": _listed(network.target_names),
        "notes": list(network.notes),
        "sha256": network.sha256,
        "file_bytes": file_bytes,
    }


def network_table(network: api.StoredNetwork, file_bytes: int) -> Group:
    """The network as a table, and its size without its dead neurons."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(network, file_bytes):
        table.add_row(name, Text(value))
    notes = (Text(f"- {note}") for note in network.notes)
    return Group(table, Text(_without_dead(network)), *notes)


def _rows(network: api.StoredNetwork, file_bytes: int) -> Iterator[tuple[str, str]]:
    yield "inputs", _counted(network.inputs, network.input_names)
    yield "hidden", widths(network.hidden)
    yield "outputs", _counted(network.outputs, network.target_names)
    yield "parameters", f"{network.params:,}"
    yield "non-zero", f"{network.nonzero:,} ({percent(network.nonzero / network.params)})"
    yield "dead neurons", " ".join(map(str, network.dead))
    yield "activation", network.activation or "not stored"
    yield "what it computes", "in the file" if network.computes else "not in the file"
    yield "format", f"{network.format}, {network.dtype}, {size(file_bytes)}"
    yield "SHA-256", network.sha256


def _counted(count: int, names: tuple[str, ...] | None) -> str:
    if names is None:
        return str(count)
    return f"{count}: {shown_list(names, NAMES_SHOWN)}"


def _without_dead(network: api.StoredNetwork) -> str:
    zeros = network.params - network.nonzero
    if not any(network.dead):
        if not zeros:
            return "No weight is zero and no neuron is dead: the network is as dense as it looks."
        return (
            f"{zeros:,} parameters are zero, but no whole neuron is dead: as plain matrices it is "
            "as large and as slow as if none were."
        )
    fewer = 1 - network.params_without_dead / network.params
    return (
        f"Without its {counted(sum(network.dead), 'dead neuron')} it would be "
        f"{widths(network.hidden_without_dead)}, with {network.params_without_dead:,} parameters, "
        f"{percent(fewer)} fewer."
    )


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
