"""One neuron of a run's dense network: what it does, which target it serves, when it went."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.charts.neurons import PICK
from dashboard.charts.style import MENU
from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.reads import neurons, run_files
from dashboard.run.neuron_charts import (
    MOST_BARS,
    activation_histogram,
    activation_scatter,
    drawn_rows,
    weight_bars,
)
from dashboard.run.neuron_tables import histogram_rows, slice_rows, weight_rows
from spinn_engine import api
from spinn_engine.vocabulary import CRITERIA
from spinn_engine.words import DASH, fixed, signed, significant

NamedWeights = tuple[str, Sequence[str], NDArray[np.float32]]  # title, other ends, weights
Chosen = tuple[int, int]  # layer or group, and number in the dense network
UNSEEN_R2 = 5e-5  # a change of R2 that four digits do not show


def choose_neuron(graph: api.Graph) -> Chosen | None:
    """Two fields for a neuron; a click in the heatmap fills them, and so does a link.

    Args:
        graph: the dense network.
    """
    hidden = graph.hidden
    _forget_another_runs(hidden)
    st.subheader("Explore a neuron", anchor=False)
    layer_field, number_field = st.columns([1, 1], width=420, wrap=False)
    with layer_field:
        layer = choose_layer(graph)
    number = number_field.number_input(
        "Neuron",
        0,
        max(hidden) - 1,
        None,
        key="neuron",
        bind="query-params",
        placeholder=f"0 to {hidden[layer] - 1}",
        help="Its number in the dense network, which it keeps through all stages.",
    )
    return None if number is None else (layer, int(number))


def choose_layer(graph: api.Graph) -> int:
    """A hidden layer by its number, or a group by its name; counted from 0."""
    places = range(1, len(graph.hidden) + 1)
    if graph.layered:
        layer = st.number_input("Hidden layer", 1, len(places), 1, key="layer", bind="query-params")
    else:
        layer = st.selectbox(
            "Group",
            places,
            format_func=lambda place: graph.labels[place - 1],
            key="layer",
            bind="query-params",
            help=api.strips_sentence(graph),
        )
    return int(layer) - 1


def _forget_another_runs(hidden: Sequence[int]) -> None:
    """A neuron that was chosen in a larger network must not break the fields of this one."""
    if (st.session_state.get("layer") or 1) > len(hidden):
        st.session_state["layer"] = 1
    if (st.session_state.get("neuron") or 0) >= max(hidden):
        st.session_state["neuron"] = None


def offer_seed(run_id: str, known: int, shown: int) -> None:
    """Only one dense network's weights are kept beside the stacks: lead to it."""
    st.subheader("Explore a neuron", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Neurons are explored in the dense network of seed {known}, whose facts the run "
            f"keeps for predictions; the heatmap shows seed {shown}."
        )
        st.button(
            f"Show seed {known}",
            key="show_known_seed",
            on_click=lambda: st.session_state.update({"seed": known}),
        )


def take_click() -> None:
    """Called when a cell of the heatmap is clicked: the fields get its neuron."""
    picked = st.session_state["heatmap"]["selection"].get(PICK)
    if picked:
        st.session_state["layer"] = int(picked[0]["layer"]) + 1
        st.session_state["neuron"] = int(picked[0]["neuron"])


def show_neuron(run_id: str, chosen: Chosen) -> None:
    """Everything known of one neuron.

    Raises:
        SpinnError: there is no such neuron, or a file is broken.
    """
    found, choices = neurons.neuron(run_id, *chosen)
    graph = run_files.dense_graph(run_id)
    score = CRITERIA[run_files.run_spec(run_id).prune.criterion].score
    st.markdown(f"{serves_sentence(found, graph)} {fate_sentence(choices, score)}")
    show_costs(found, graph)
    show_weights(run_id, found, graph)
    show_activation(found, graph)
    left, right = st.columns(2, gap="medium")
    with left:
        show_standing(found, graph)
    with right:
        show_choices(choices, score)


def serves_sentence(found: api.Neuron, graph: api.Graph) -> str:
    """Which target the neuron serves, in a sentence."""
    lost = found.dense - found.removed
    name, most = plain(found.targets[found.serves]), float(lost[found.serves])
    where = f"Neuron {found.number} of {plain(api.with_article(graph.labels[found.layer]))}"
    if most < UNSEEN_R2:
        return f"**{where}** serves no target: removing it alone costs none of them any R²."
    repaired = found.dense - found.repaired
    left = f"{signed(-float(repaired[found.serves]))} once {api.takers_of(graph)} is solved anew"
    return (
        f"**{where}** serves **{name}** most: removing it alone changes its R² by "
        f"{signed(-most)}, or by {left}."
    )


def fate_sentence(choices: Sequence[api.Choice], score: str) -> str:
    """When and why it was removed, in a sentence."""
    if not choices:
        return "No stage has chosen yet."
    last = choices[-1]
    where = f"{score} score {significant(last.score, 4)}, rank {last.rank:,} of {last.width:,}"
    if last.stays:
        return f"It is still there after stage {last.stage} ({where}, {last.kept:,} stayed)."
    return (
        f"It was removed in stage {last.stage}: with its {where}, it was below the cut at "
        f"{significant(last.cut, 4)}, above which {last.kept:,} stayed."
    )


def show_costs(found: api.Neuron, graph: api.Graph) -> None:
    """R2 of every target with and without this neuron."""
    rows = [
        {
            "Target": name,
            "R² dense": fixed(found.dense[at]),
            "Removed alone": signed(float(found.removed[at] - found.dense[at])),
            "Removed, repaired": signed(float(found.repaired[at] - found.dense[at])),
            "Correlation": correlation(found, at),
        }
        for at, name in enumerate(found.targets)
    ]
    elements.table(rows, alt="R2 of every target with and without this neuron")
    st.caption(
        f"About the dense network of seed {found.seed} alone, on its {len(found.activation):,} "
        "validation rows, n = 1, so no interval. Removed alone: its outgoing weights set to zero, "
        f"every other neuron whole, nothing trained. Repaired: {api.takers_of(graph)} then solved "
        "anew by least squares, in closed form. Correlation: of its activation with the target."
    )


def correlation(found: api.Neuron, at: int) -> str:
    """Pearson's r of the activation with a target; a dash where one of them never changes."""
    if not (found.activation.std() and found.y[:, at].std()):
        return DASH
    return signed(float(np.corrcoef(found.activation, found.y[:, at])[0, 1]), 2)


def show_weights(run_id: str, found: api.Neuron, graph: api.Graph) -> None:
    """The strongest weights to and from the neuron."""
    dim, inputs = graph.prunable[found.layer], neurons.input_names(run_id, graph.inputs)
    before, after = api.weight_ends(graph, dim, inputs, found.targets)
    biases = "its bias is" if len(graph.producers(dim)) == 1 else "its biases add up to"
    pairs = (("Incoming", before, found.incoming), ("Outgoing", after, found.outgoing))
    for column, (title, names, weights) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with column:
            st.markdown(f"**{title} weights**")
            st.plotly_chart(
                weight_bars(names, weights, elements.is_dark()),
                config=MENU,
                key=f"weights_{title}",
                alt=f"{title} weights of the neuron, the strongest first",
            )
            all_of = f"All {len(weights)}" if len(weights) <= MOST_BARS else "The strongest"
            some = "" if len(weights) <= MOST_BARS else f" {MOST_BARS} of {len(weights):,}"
            bias = f"; {biases} {significant(found.bias)}" if title == "Incoming" else ""
            st.caption(f"{all_of}{some}, for standardised inputs and targets{bias}.")
    draw = partial(show_weight_numbers, pairs)
    elements.folded("The weights in numbers", ":material/table:", "weight_numbers", draw)


def show_weight_numbers(pairs: Sequence[NamedWeights]) -> None:
    """The strongest weights in two tables."""
    for column, (title, names, weights) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with column:
            elements.table(weight_rows(names, weights), alt=f"{title} weights, the strongest first")
            st.caption(f"{title}.")


def show_activation(found: api.Neuron, graph: api.Graph) -> None:
    """What its output does over the validation rows, alone and against the target it serves."""
    name = found.targets[found.serves]
    left, right = st.columns(2, gap="medium")
    left.markdown("**What its activation does**")
    left.plotly_chart(
        activation_histogram(found.activation, elements.is_dark()),
        config=MENU,
        key="activation",
        alt="How often the neuron's output has which value over the validation rows",
    )
    right.markdown(f"**Against {plain(name)}**")
    right.plotly_chart(
        activation_scatter(found.activation, found.y[:, found.serves], name, elements.is_dark()),
        config=MENU,
        key="against_target",
        alt=f"The neuron's output against {name}, a point a validation row",
    )
    step = drawn_rows(len(found.activation))
    some = "" if step == 1 else f" Right: one row in {step}."
    taken = "" if graph.layered else ", as the first layer that takes it gets it"
    st.caption(
        f"Mean {significant(found.activation.mean())}, standard deviation "
        f"{significant(found.activation.std())} over {len(found.activation):,} validation "
        f"rows{taken}.{some}"
    )
    draw = partial(show_activation_numbers, found)
    elements.folded("The activation in numbers", ":material/table:", "activation_numbers", draw)


def show_activation_numbers(found: api.Neuron) -> None:
    """The two pictures of the activation in numbers."""
    name = found.targets[found.serves]
    counts, against = st.columns(2, gap="medium")
    with counts:
        elements.table(
            histogram_rows(found.activation),
            alt="How many validation rows give which output of the neuron",
        )
    with against:
        elements.table(
            slice_rows(found.activation, found.y[:, found.serves]),
            alt=f"The neuron's output where {name} is low to high, in standard deviations",
        )
        st.caption(f"{plain(name)} in standard deviations, in ten slices of equally many rows.")


def show_standing(found: api.Neuron, graph: api.Graph) -> None:
    """Its importance by every criterion."""
    st.markdown("**Importance by every criterion**")
    rows = [
        {
            "Criterion": CRITERIA[name].score,
            "Score": significant(standing.score, 4),
            "Rank": f"{standing.rank:,} of {standing.width:,}",
        }
        for name, standing in found.standing.items()
        if name in CRITERIA
    ]
    elements.table(rows, alt="Score and rank of the neuron by every criterion")
    st.caption(f"In the dense network; rank 1 has the highest score of its {graph.noun}.")


def show_choices(choices: Sequence[api.Choice], score: str) -> None:
    """How it fared, stage by stage."""
    st.markdown("**Stage by stage**")
    if not choices:
        st.caption("No stage has chosen yet.")
        return
    rows = [
        {
            "Stage": elements.stage_name(choice.stage),
            f"{score} score": significant(choice.score, 4),
            "Rank": f"{choice.rank:,} of {choice.width:,}",
            "Cut at": significant(choice.cut, 4),
            "Outcome": "kept" if choice.stays else "removed",
        }
        for choice in choices
    ]
    elements.table(rows, alt="Score, rank and outcome of the neuron in every stage")
    st.caption(
        "Scored by the run's criterion in the network that the stage before it left; the cut is "
        "the lowest score that stayed."
    )
