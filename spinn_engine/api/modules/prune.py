"""``prune``: from a module in memory to a smaller one, by a run that everybody can look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from spinn_engine.api.doing import run
from spinn_engine.api.modules.result import Pruned
from spinn_engine.api.modules.rows import drawn, given, taught
from spinn_engine.errors import BadInputError
from spinn_engine.evaluation.remarks import derivative_remarks
from spinn_engine.imported.programs.exported import at_rest, exported, network_of
from spinn_engine.store.uploads import keep_upload

if TYPE_CHECKING:
    from spinn_engine.api.modules.rows import Ranges, Table
    from spinn_engine.api.run import Run

# One repetition, few stages, short trainings: minutes are for whoever asks for more.
QUICK = {"seeds": 1, "stages": 3, "max_updates": 1500, "fine_tune_max_updates": 600}
DERIVATIVES_WEIGHT = 1.0  # of their squared error beside that of the outputs, both standardised
TRIED = 256  # rows on which what is read of a module is compared with it
RANDOM_PARTS = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm)


def prune(  # noqa: PLR0913  (what a call says of rows and network, beside the options of a run)
    model: nn.Module,
    X: Table | None = None,
    y: Table | None = None,
    groups: Table | None = None,
    *,
    ranges: Ranges | None = None,
    derivatives: bool = False,
    progress: bool = True,
    **options: Any,
) -> Pruned:
    """Prune a network that is in memory, here and now; the model itself stays as it is.

    Its graph is found by ``torch.export``: skips, gates, norms, features and scalings are kept, and
    what belongs together is pruned together. The data and the network become a run of the store,
    with controls and a verdict, which the dashboard shows.

    Args:
        model: takes one tensor ``[rows, inputs]``, and gives one ``[rows, outputs]`` or ``[rows]``.
        X: rows as the model takes them: an array, a tensor or a frame.
        y: what it should give for them, in the model's own units. Where it is left out, the network
            is its own teacher: what it gives now is what must be kept.
        groups: one entry a row; rows of one group stay in one part of the split.
        ranges: without ``X``: the lowest and highest value of each input, by name or in order, from
            which two thousand rows are drawn.
        derivatives: without ``y``: whether what the outputs change with the inputs must be kept
            too, as whoever puts the network into an equation or takes gradients of it needs. It
            enters the fine-tuning and the reconstruction (``train.derivatives``), the notes say how
            far derivatives are from the model's after the last cut and after fine-tuning, and
            ``frame`` of every stage.
        progress: whether to say on standard error how far it is.
        options: those of ``api.run``. By default one seed (so there are no intervals), three stages
            and short trainings; ``seeds=3`` and the like ask for more.

    Raises:
        BadInputError: the model is none that can be read, or the rows do not fit it.
        SpinnError: as ``api.run``.
    """
    if not isinstance(model, nn.Module):
        raise BadInputError(f"the model is of the type {type(model).__name__}: give an nn.Module")
    if X is None and y is not None:
        raise BadInputError("there is a y without an X: give the rows that it belongs to")
    if derivatives and y is not None:
        raise BadInputError(
            "derivatives are kept of a network that is its own teacher: leave y out, or derivatives"
        )
    if derivatives:
        options["derivatives"] = DERIVATIVES_WEIGHT
    table = drawn(ranges) if X is None else given(X, "X")
    tried = _as_taken(model, table.to_numpy()[:TRIED])
    content = exported(model, tried)
    network = network_of(model, content, tried)
    if not network.hidden:
        raise BadInputError(
            "the network has no hidden neurons that could be pruned: give one with two layers or "
            "more, each behind a function"
        )
    if y is None:
        wanted = taught(_answers(model), table)
        if groups is None and "split" not in options and X is None:
            options["split"] = "row"
    else:
        wanted = given(y, "y")
    path = keep_upload("module.pt2", content)
    parts = (table, wanted) if groups is None else (table, wanted, given(groups, "groups"))
    usual = {name: value for name, value in QUICK.items() if name not in options}
    asked = {"dense": str(path), "dense_scaling": "none", **usual, **options}
    done = run(data=parts, progress=progress, **asked)
    notes = _notes(model, y is None, asked)
    return Pruned(done, _remade(model, tried), (*notes, *_kept_derivatives(done)))


def _as_taken(model: nn.Module, rows: Any) -> Tensor:
    """Rows on the device and in the precision of a module."""
    first = next(
        (p for p in (*model.parameters(), *model.buffers()) if p.is_floating_point()), None
    )
    if first is None:
        raise BadInputError("the model has no parameters: there is nothing to prune")
    return torch.tensor(rows, device=first.device, dtype=first.dtype)


def _answers(model: nn.Module) -> Callable[[Any], Any]:
    """What a module gives for an array of rows, as an array ``[rows, outputs]``."""

    def answers(rows: Any) -> Any:
        with at_rest(model), torch.no_grad():
            made = model(_as_taken(model, rows))
        return made.double().cpu().numpy().reshape(len(rows), -1)

    return answers


def _remade(model: nn.Module, tried: Tensor) -> Callable[[nn.Module], nn.Module]:
    """What gives a smaller network the model's device, precision, and shape of what it gives."""
    with at_rest(model), torch.no_grad():
        flat = model(tried[:2]).ndim == 1

    def remade(network: nn.Module) -> nn.Module:
        whole = nn.Sequential(network, nn.Flatten(0)) if flat else network
        return whole.to(device=tried.device, dtype=tried.dtype).train(model.training)

    return remade


def _kept_derivatives(done: Run) -> tuple[str, ...]:
    result = done.result()
    assert result is not None
    return tuple(derivative_remarks(result["stages"][-1]))


def _notes(model: nn.Module, teacher: bool, asked: dict[str, Any]) -> tuple[str, ...]:
    found = []
    if model.training and any(isinstance(part, RANDOM_PARTS) for part in model.modules()):
        found.append("Dropout and BatchNorm were taken at rest, as after model.eval().")
    if teacher:
        found.append("The network was its own teacher: R2 says how much of what it gave is kept.")
    if asked["seeds"] == 1:
        found.append("One repetition: there are no intervals over seeds; seeds=3 gives them.")
    return tuple(found)
