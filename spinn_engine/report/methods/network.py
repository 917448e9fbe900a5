"""What the dense network is, in words: its kind, its layers, and what is pruned together."""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.group_words import joined_labels
from spinn_engine.graph.labels import with_article
from spinn_engine.graph.ops import Function, LayerNorm
from spinn_engine.report.facts import Facts
from spinn_engine.spec import ModelSpec
from spinn_engine.spec.named import named_number, named_period
from spinn_engine.vocabulary import ACTIVATIONS, FUNCTIONS, NETWORKS, OUTPUT_FUNCTIONS
from spinn_engine.words import counted, listed, shortest, widths

MOST_GROUPS = 6


def network_sentences(facts: Facts) -> list[str]:
    """Kind, inputs, neurons, activation, outputs and parameters; then what its kind adds."""
    data, dense, graph = facts.result["data"], facts.result["stages"][0], facts.graph
    layers = "" if graph.layered else f" in {counted(len(graph.dense), 'dense layer')}"
    found = [
        f"The dense network is {_kind(facts.spec.model, graph)} with "
        f"{counted(len(data['input_names']), 'input')}, {neurons_of(graph, dense['hidden'])} with "
        f"{_activations(graph)}, and {counted(len(data['target_names']), 'output')}: "
        f"{dense['params']:,} parameters{layers}."
    ]
    if norms := sum(isinstance(op, LayerNorm) for op in graph.ops):
        verb = "stands" if norms == 1 else "stand"
        found.append(f"Between its layers {verb} {counted(norms, 'LayerNorm')} (Ba et al. 2016).")
    if facts.spec.model.dense is None:
        found += _options(facts.spec.model, graph) + _ends(facts.spec.model)
    return found


def starting_sentence(graph: Graph) -> str:
    """Where the weights of a new network came from."""
    sines = any(isinstance(op, Function) and op.factor != 1.0 for op in graph.activations)
    others = "" if graph.output_function is None else "other "
    before = ", before sines with the standard deviations of Sitzmann et al. (2020)"
    return (
        "Its weights were drawn from the normal distribution of Glorot and Bengio (2010)"
        f"{before if sines else ''}, its {others}biases began at zero."
    )


def neurons_of(graph: Graph, hidden: Sequence[int]) -> str:
    """The neurons that may be pruned: of hidden layers, or of what else a network has."""
    if not graph.layered:
        if len(hidden) > MOST_GROUPS:
            return f"{len(hidden)} groups of neurons ({widths(hidden)})"
        pairs = zip(hidden, graph.labels, strict=True)
        each = [f"{width} in {with_article(label)}" for width, label in pairs]
        first, *rest = each
        return listed([first.replace(" in ", " neurons in ", 1), *rest])
    if len(hidden) > MOST_GROUPS:
        return f"{len(hidden)} hidden layers ({widths(hidden)} neurons)"
    if len(hidden) == 1:
        return f"one hidden layer of {hidden[0]} neurons"
    return f"hidden layers of {listed(list(map(str, hidden)))} neurons"


def joined_sentence(graph: Graph) -> str:
    """What is pruned in several layers at once; nothing where each layer is pruned by itself."""
    if not (joined := joined_labels(graph)):
        return ""
    return (
        f"The neurons of {listed(joined)} are made by several layers whose values are added or "
        "multiplied: they were scored by all these layers together, and removed from all of them."
    )


def _kind(model: ModelSpec, graph: Graph) -> str:
    if model.dense is None or graph.is_chain:
        return NETWORKS[model.network].methods
    return f"a network of {counted(len(graph.dense), 'dense layer')}"


def _activations(graph: Graph) -> str:
    between = [op for op in graph.activations if op != graph.output_function]
    names = list(dict.fromkeys(_function(op) for op in between))
    if len(names) > 1:
        return f"the activations {listed(names)}"
    return f"the activation {names[0]}" if names else "no activation"


def _function(op: object) -> str:
    if not isinstance(op, Function):
        return ACTIVATIONS["prelu"].methods
    name = FUNCTIONS[op.function].methods
    return name if op.factor == 1.0 else f"{name} of {shortest(op.factor)} x"


def _options(model: ModelSpec, graph: Graph) -> list[str]:
    """What the options of a kind say of its ends."""
    row, found = NETWORKS[model.network], []
    if "features" in row.options:
        spread = row.frequency if model.frequency is None else model.frequency
        found.append(
            f"Its inputs x pass through cos(2π {shortest(spread)} b·x) and the sine of the same, "
            f"of {model.features} vectors b that were drawn from a normal distribution with the "
            "variance of one over the number of inputs and were not trained."
        )
    if "trunk" in row.options:
        last = "input goes" if model.trunk == 1 else f"{model.trunk} inputs go"
        others = graph.inputs - model.trunk
        rest = "the other one" if others == 1 else f"the other {others}"
        found.append(f"The last {last} into the trunk, {rest} into the branch.")
    return found


def _ends(model: ModelSpec) -> list[str]:
    """What stands fixed before and behind a new network."""
    found = []
    if model.periodic:
        named = [named_period(text) for text in model.periodic]
        told = listed(f"{name} (period {shortest(period)})" for name, period in named)
        verb = "its sine and its cosine" if len(named) == 1 else "the sine and the cosine of each"
        found.append(f"In the place of the input {told} it took {verb}.")
    if function := OUTPUT_FUNCTIONS[model.output_function].function:
        found.append(
            f"Behind its last layer stands {FUNCTIONS[function].methods}; the biases of that layer "
            "began where the outputs are the means of the training targets."
        )
    if model.zero_at:
        named = [named_number(text) for text in model.zero_at]
        told = listed(f"{name} = {shortest(value)}" for name, value in named)
        found.append(
            f"Its outputs are multiplied by the {'distance' if len(named) == 1 else 'distances'} "
            f"from {told}, scaled to a mean square of one over the training rows, so that they are "
            "zero there."
        )
    return found
