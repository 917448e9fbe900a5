"""What a picture of a network shows, in words: its bars, and what is pruned together."""

from __future__ import annotations

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.labels import LAYER, with_article
from spinn_engine.words import listed

MOST = 8


def bars_sentence(graph: Graph) -> str:
    """What the bars of a drawn network are."""
    labels = [with_article(label) for label in graph.labels]
    if not graph.layered and len(labels) == 1:
        return (
            f"The bar is {labels[0]}, whose neurons are pruned together, as wide as there are "
            "neurons; the outline is the dense network."
        )
    bar, order = f"a {LAYER}", "input side on top"
    if not graph.layered:
        bar = "a group of neurons that are pruned together"
        order = f"from the top {listed(labels, most=MOST)}"
    return f"A bar is {bar}, as wide as it has neurons, {order}; the outline is the dense network."


def joined_labels(graph: Graph) -> list[str]:
    """The labels, for a sentence, of what several layers make."""
    return [
        with_article(label)
        for dim, label in zip(graph.prunable, graph.labels, strict=True)
        if len(graph.producers(dim)) > 1
    ]


def strips_sentence(graph: Graph) -> str:
    """What the strips of a heatmap are; nothing where each is a hidden layer."""
    if graph.layered:
        return ""
    said = "A strip is a group of neurons that are pruned together."
    if joined := joined_labels(graph):
        said += (
            f" The neurons of {listed(joined, most=MOST)} are made by several layers whose values "
            "are added or multiplied, scored by all of these and removed from all."
        )
    return said


def takers_of(graph: Graph) -> str:
    """The layers that take what a neuron gives, for a sentence."""
    return "the next layer" if graph.layered else "every layer that takes it"
