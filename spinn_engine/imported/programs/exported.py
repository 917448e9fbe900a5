"""A module in memory as the bytes of a ``.pt2`` file, and what is read of them, seen to be it."""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import numpy as np
import torch
from torch import Tensor, nn

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.programs.formats.pt2 import read_program
from spinn_engine.imported.programs.network import stored_network
from spinn_engine.words import scientific

TOLERANCE = 1e-5  # of the largest output


def exported(module: nn.Module, rows: Tensor) -> bytes:
    """The bytes that ``torch.export.save`` writes of a module at rest; the module stays as it is.

    Args:
        module: takes one tensor ``[rows, inputs]``.
        rows: some that it takes, at least two.

    Raises:
        BadInputError: it cannot take them, or what it does depends on their numbers.
    """
    buffer = io.BytesIO()
    with at_rest(module), quiet(), torch.no_grad():
        _try(module, rows)
        shapes = ({0: torch.export.Dim.AUTO},)
        try:
            program = torch.export.export(module, (rows,), dynamic_shapes=shapes, strict=False)
            torch.export.save(program, buffer)
        except Exception as error:
            raise BadInputError(
                f"torch.export cannot follow the network: {_first_line(error)}"
            ) from error
    return buffer.getvalue()


def network_of(module: nn.Module, content: bytes, rows: Tensor) -> StoredNetwork:
    """What is read of a module's program, once it has been seen to give what the module gives.

    Raises:
        BadInputError: it is no network that can be read, or it gives something else.
    """
    network = stored_network(read_program(io.BytesIO(content), len(content)), "pt2")
    wanted = _given(module, rows).numpy().reshape(len(rows), -1)
    found = outputs_of(network.graph, network.arrays, rows.double().cpu().numpy())
    off = np.abs(found - wanted).max(initial=0.0)
    if not off <= TOLERANCE * max(1.0, float(np.abs(wanted).max(initial=0.0))):
        raise BadInputError(
            f"what was read of the network differs from it by {scientific(off)}: it computes "
            "something that its program does not show"
        )
    return network


def _given(module: nn.Module, rows: Tensor) -> Tensor:
    """What a module gives, in double precision where a copy of it can be made."""
    try:
        whole = copy.deepcopy(module).double()
        rows = rows.double()
    except Exception:  # noqa: BLE001 - a stranger's module raises what it likes
        whole = module
    with at_rest(whole), torch.no_grad():
        made: Tensor = whole(rows)
    return made.double().cpu()


def _try(module: nn.Module, rows: Tensor) -> None:
    """One pass, and that rows give rows."""
    try:
        made = module(rows)
    except Exception as error:
        raise BadInputError(
            f"the network does not take rows of the shape {list(rows.shape)}: {_first_line(error)}"
        ) from error
    if not isinstance(made, Tensor):
        raise BadInputError(
            f"the network gives {type(made).__name__}, not one tensor of rows: wrap it in a module "
            "that gives one"
        )
    if made.ndim not in (1, 2) or len(made) != len(rows):
        raise BadInputError(
            f"the network gives the shape {list(made.shape)} for {len(rows)} rows: it must be "
            "[rows, outputs] or [rows]"
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


@contextmanager
def at_rest(module: nn.Module) -> Iterator[None]:
    """The module in evaluation, each part back as it was afterwards."""
    before = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in before.items():
            part.training = training


@contextmanager
def quiet() -> Iterator[None]:
    """Without what torch's exporter says while it works."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
