"""The networks of a run: their neurons, what smaller ones would score, loading one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spinn_engine.api.run import RunLike, open_run
from spinn_engine.artifacts.fields import Fields, read_fields
from spinn_engine.artifacts.neuron_fate import Choice, read_fate
from spinn_engine.artifacts.selection import LayerImportance, read_importance
from spinn_engine.artifacts.stages import planned_stages, stage_rows
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.errors import BadInputError
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.neuron import Neuron, explore
from spinn_engine.pruning.schedule import plan as plan_network
from spinn_engine.pruning.sizes import Stage, measure
from spinn_engine.pruning.smallest import Smallest, smallest_within
from spinn_engine.pruning.whatif import Prediction, curve, predict_many
from spinn_engine.spec import Criterion, PruneSpec, Reconstruction, RunSpec
from spinn_engine.words import listed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spinn_engine.api.network import Network


CHECKPOINT_SUFFIXES = (".pt", ".pth")


class WhatIf(NamedTuple):
    """What a smaller network would score.

    Attributes:
        prediction: its validation R2, without fine-tuning.
        stage: its size.
    """

    prediction: Prediction
    stage: Stage


class DenseScores(NamedTuple):
    """The scores of a dense network's neurons.

    Attributes:
        seed: whose network it is.
        layers: one array ``[neurons]`` a hidden layer.
    """

    seed: int
    layers: list[NDArray[np.float32]]


class NeuronStory(NamedTuple):
    """A neuron of a dense network.

    Attributes:
        neuron: what it does.
        choices: every choice that it stood in so far, the first stage's first.
    """

    neuron: Neuron
    choices: list[Choice]


def importance(run: RunLike, stage: int, seed: int | None = None) -> list[LayerImportance]:
    """The neurons of a finished stage, one entry a hidden layer.

    Args:
        run: the run.
        stage: 0 for the dense network.
        seed: whose network; by default the delivered one, before that the first.

    Raises:
        BadInputError: there is no such run, finished stage or seed.
    """
    folder = open_run(run)
    if seed is None:
        result = folder.result()
        seed = folder.spec().seeds[0] if result is None else result["delivered_seed"]
    return read_importance(folder, stage, seed)


def plan(prune: PruneSpec, hidden: Sequence[int], inputs: int, outputs: int) -> list[Stage]:
    """All stages of a plain network of these hidden widths, the dense one first.

    Raises:
        BadInputError: see ``plan_network``, which takes any network.
    """
    return plan_network(prune, mlp(hidden, inputs, outputs))


def whatif(
    run: RunLike,
    hidden: Sequence[int] | None = None,
    param_reduction: float | None = None,
    criterion: Criterion | None = None,
    reconstruction: Reconstruction | None = None,
) -> WhatIf:
    """What the dense network of a run would score if it were cut at once, without fine-tuning.

    Args:
        run: a run whose dense network is trained.
        hidden: the widths to cut to; or else
        param_reduction: cut every layer alike, down to this; by default as the run's spec does.
        criterion: how neurons are scored; by default as in the run.
        reconstruction: how the next layers make up for it; by default as in the run.

    Raises:
        BadInputError: there is no such run or dense network, or it cannot have such widths.
    """
    folder = open_run(run)
    facts, prune = read_facts(folder), folder.spec().prune
    wanted: dict[str, Any] = {"stages": 1}
    if hidden is not None:
        wanted["widths"] = [list(hidden)]
    elif param_reduction is not None:
        wanted["param_reduction"] = param_reduction
    else:
        wanted["widths"] = [list(planned_stages(folder)[-1].hidden)]
    spec = RunSpec.from_dict({"prune": wanted}, where="whatif").prune
    stage = plan_network(spec, facts.graph)[-1]
    how = criterion or prune.criterion, reconstruction or prune.reconstruction
    return WhatIf(predict_many(facts, [stage.hidden], *how)[0], stage)


def whatif_curve(
    run: RunLike,
    criterion: Criterion | None = None,
    reconstruction: Reconstruction | None = None,
) -> list[WhatIf]:
    """``whatif`` along the uniform way from the dense network down to almost nothing.

    Raises:
        BadInputError: there is no such run or dense network.
    """
    folder = open_run(run)
    facts, prune = read_facts(folder), folder.spec().prune
    found = curve(facts, criterion or prune.criterion, reconstruction or prune.reconstruction)
    sizes = measure(facts.graph, [one.hidden for one in found])
    return list(map(WhatIf, found, sizes))


def smallest_predicted(run: RunLike, prune: PruneSpec, loss: float) -> Smallest:
    """The smallest uniformly pruned network that is predicted to lose at most ``loss`` R2.

    Args:
        run: a run whose dense network is trained.
        prune: criterion, reconstruction, and how widths are rounded; its amount does not count.
        loss: in validation R2, the mean over targets, without fine-tuning.

    Raises:
        BadInputError: there is no such run, dense network, or smaller network.
    """
    return smallest_within(read_facts(open_run(run)), prune, loss)


def dense_scores(run: RunLike, criterion: Criterion) -> DenseScores:
    """The seed of the dense network that what-if starts from, and its neurons' scores, by layer.

    Raises:
        BadInputError: there is no such run or dense network, or it was not scored so.
    """
    facts = read_facts(open_run(run))
    return DenseScores(facts.seed, facts.scored_by(criterion))


def neuron(run: RunLike, layer: int, number: int) -> NeuronStory:
    """One neuron of a run's dense network: what it does, and how it fared stage by stage.

    Args:
        run: a run whose dense network is trained; its facts hold one network, that of the seed
            with the best validation R2.
        layer: hidden layer, 0 for the first.
        number: the neuron's place in that layer of the dense network, from 0.

    Raises:
        BadInputError: there is no such run, dense network or neuron.
        CorruptArtifactError: a file is broken.
    """
    folder = open_run(run)
    found = explore(read_facts(folder), layer, number)
    return NeuronStory(found, read_fate(folder, found.seed, layer, number))


def fields(run: RunLike) -> Fields:
    """The solution of an equation over its domain, before and after pruning.

    Raises:
        BadInputError: there is no such run, or it has no fields.
        CorruptArtifactError: the file is broken.
    """
    return read_fields(open_run(run))


def load_network(network: RunLike, stage: int | None = None) -> Network:
    """A network for inference, from raw inputs to raw outputs: see ``Network``.

    Args:
        network: the path of a checkpoint, or a run, of which it is the delivered one.
        stage: of a run: whose network, 0 for the dense one; by default the last.

    Raises:
        BadInputError: there is no such file, run or stage.
        CorruptArtifactError: the file is broken or no checkpoint of this project.
    """
    path = _checkpoint(network, stage)
    from spinn_engine.api.network import Network
    from spinn_engine.artifacts import checkpoints

    return Network(checkpoints.load_network(path))


def _checkpoint(network: RunLike, stage: int | None) -> Path:
    """The file that is meant; one of a run is held against what the run wrote."""
    if isinstance(network, (str, Path)):
        path = Path(network).expanduser()
        if path.suffix in CHECKPOINT_SUFFIXES or path.is_file():
            if stage is not None:
                raise BadInputError(f"{path}: a file holds one network, so leave out stage")
            return path
    from spinn_engine.artifacts.delivery import checkpoint_name

    folder = open_run(network)
    rows = stage_rows(folder)
    if stage is None and not folder.is_complete():
        raise BadInputError(
            f"run {folder.run_id} is not finished: wait() for it, or give the stage of a network"
        )
    if not rows or not 0 <= (last := len(rows) - 1 if stage is None else stage) < len(rows):
        done = listed(str(row["stage"]) for row in rows) or "none"
        raise BadInputError(f"run {folder.run_id} has no stage {stage}: finished are {done}")
    return folder.checked(folder.checkpoints / checkpoint_name(last))
