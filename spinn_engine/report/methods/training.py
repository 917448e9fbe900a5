"""How the dense network was trained, pruned and fine-tuned."""

from __future__ import annotations

from spinn_engine.graph.labels import LAYER
from spinn_engine.pruning.schedule import settled
from spinn_engine.report.facts import Facts
from spinn_engine.report.methods.network import (
    joined_sentence,
    network_sentences,
    neurons_of,
    starting_sentence,
)
from spinn_engine.spec.named import named_range
from spinn_engine.training.course import FALL_SHARE, LEAST_GAIN, PATIENCE_SHARE, WARM_UP_SHARE
from spinn_engine.vocabulary import (
    CRITERIA,
    NEW_WEIGHTS,
    OUTPUT_FUNCTIONS,
    RECONSTRUCTIONS,
    SCALES,
    SCHEDULES,
)
from spinn_engine.words import counted, listed, percent, shortest, size, widths


def training_sentences(facts: Facts) -> list[str]:
    """The dense network, its loss, and what trained it."""
    imported = facts.result.get("brought")
    found = [*network_sentences(facts), _standardised(facts)]
    if imported is None:
        found.append(
            f"{starting_sentence(facts.graph)} It was trained for {_length(facts, 0, 'dense')}."
        )
    else:
        found.append(
            f"It was imported from the checkpoint {imported['file']} (SHA-256 beginning with "
            f"{imported['sha256'][:12]}) and was not trained here."
        )
    return [*found, *_training_common(facts)]


def _training_common(facts: Facts) -> list[str]:
    """What all training of the run shares, if anything was trained."""
    spec = facts.spec
    if spec.model.dense is not None and not any(spec.block_length(1, "pruned")):
        return []
    return [
        _rate(facts),
        _loss(facts),
        f"Each network kept the weights of the epoch with the lowest loss on the validation "
        f"{facts.rows}, the state before training counted as one.",
    ]


def _standardised(facts: Facts) -> str:
    own = " of each fold" if facts.folds > 1 else ""
    x, y = SCALES[facts.spec.model.input_scale].methods, _targets_scaled(facts)
    if facts.equation:
        return f"Inputs were {x} of the training points."
    if x == y:
        return f"Inputs and targets were {x} of the training rows{own}."
    return f"Inputs were {x} of the training rows{own}, targets {y}."


def _targets_scaled(facts: Facts) -> str:
    model = facts.spec.model
    if model.output_range:
        named = [named_range(text) for text in model.output_range]
        told = listed(f"{n} {shortest(low)} to {shortest(high)}" for n, (low, high) in named)
        return f"from their ranges ({told}) to 0 to 1"
    if OUTPUT_FUNCTIONS[model.output_function].function or model.zero_at:
        return "divided by their standard deviation"
    return SCALES[type(model).model_fields["input_scale"].default].methods


def _length(facts: Facts, stage: int, block: str) -> str:
    """Epochs of Adam with their peak rate, and iterations of L-BFGS."""
    train = facts.spec.train
    epochs, iterations = facts.spec.block_length(stage, block)
    if train.until == "validation":
        return _length_by_validation(facts, stage)
    rate = (
        train.fine_tune_learning_rate if stage and block not in NEW_WEIGHTS else train.learning_rate
    )
    parts = []
    if epochs:
        peak = shortest(rate)
        parts.append(f"{counted(epochs, 'epoch')} with Adam at a peak learning rate of {peak}")
    if iterations:
        parts.append(f"{counted(iterations, 'iteration')} of L-BFGS on all training {facts.rows}")
    return " and then ".join(parts)


def _length_by_validation(facts: Facts, stage: int) -> str:
    """What a stage took, or each of several; nothing where it trained nothing."""
    train, rows = facts.spec.train, facts.result["stages"]
    taken = [row["updates"] for row in (rows[:1] if stage == 0 else rows[1:])]
    if not any(taken):
        return ""
    least, most = min(taken), max(taken)
    told = counted(most, "update") if least == most else f"{least:,} to {most:,} updates"
    rate, limit = (
        (train.fine_tune_learning_rate, train.fine_tune_max_updates)
        if stage
        else (train.learning_rate, train.max_updates)
    )
    return f"{told} with Adam at a peak learning rate of {shortest(rate)} (at most about {limit:,})"


def _rate(facts: Facts) -> str:
    if facts.spec.train.until == "validation":
        return (
            f"Adam took batches of {facts.spec.train.batch_size:,} {facts.rows}; its learning rate "
            f"rose linearly over the first {percent(WARM_UP_SHARE, 0)} of the most updates and "
            "stayed at its peak until the validation loss of every network had not fallen by "
            f"{percent(LEAST_GAIN)} for {percent(PATIENCE_SHARE, 0)} of them; every network then "
            f"went back to its best epoch, and the rate fell on a cosine to a hundredth, for "
            f"{percent(FALL_SHARE, 0)} of the epochs so far. Controls repeated the course of the "
            "pruned network."
        )
    spec, trained = facts.spec, facts.spec.train.epochs if facts.spec.model.dense is None else 0
    if not trained and not spec.train.fine_tune_epochs:
        return "L-BFGS used line searches with the strong Wolfe conditions."
    return (
        f"Adam took batches of {spec.train.batch_size:,} {facts.rows}; its learning rate rose "
        "linearly over the first 5 % of the steps to its peak and fell from there on a cosine to a "
        "hundredth of it."
    )


def derivatives_sentence(facts: Facts) -> str:
    """What fine-tuning and reconstruction kept beside values; nothing where that was all."""
    if not (weight := facts.spec.train.derivatives):
        return ""
    return (
        "Derivatives of the outputs by the inputs were to stay those of the dense network too "
        "(Sobolev training; Czarnecki et al. 2017): their squared error in standardised units, "
        "along random directions of +1 and −1, was added to every later loss with the weight "
        f"{shortest(weight)}, and to the least squares of the reconstruction."
    )


def _loss(facts: Facts) -> str:
    if facts.equation:
        return (
            "The loss was the mean square of the equation's residual over the domain, counted less "
            "where the solution is steep, plus ten times the mean squared errors of the initial "
            "and the boundary values."
        )
    weights = facts.spec.physics.weights()
    if not weights:
        return "The loss was the mean squared error of the standardised targets."
    terms = [f"{name} (weight {shortest(weight)})" for name, weight in weights.items()]
    noun = "term" if len(terms) == 1 else "terms"
    fitted = [term["term"] for term in facts.result["physics"] if term["coefficient"]]
    also = f", with the coefficient of {listed(fitted)} learned too" if fitted else ""
    return (
        "The loss was the mean squared error of the standardised targets plus the physics "
        f"{noun} {listed(terms)}{also}."
    )


def pruning_sentences(facts: Facts) -> list[str]:
    """Schedule and amount, criterion, reconstruction, fine-tuning, and where that ended."""
    prune, last = facts.spec.prune, facts.result["stages"][-1]
    words = {"before": " before every stage" if prune.stages > 1 else "", "rows": facts.rows}
    tuned = _length(facts, 1, "pruned")
    if tuned:
        tuning = f"{'Each' if prune.stages > 1 else 'The'} stage ended with {tuned}."
    else:
        tuning = "Nothing was fine-tuned after a cut."
    return [
        f"Structured pruning removed whole neurons in {counted(prune.stages, 'stage')}: "
        f"{_schedule(facts)}, {_amount(facts)}{_rounding(facts)}.",
        *filter(None, [joined_sentence(facts.graph)]),
        CRITERIA[prune.criterion].methods.format(**words),
        RECONSTRUCTIONS[prune.reconstruction].methods.format(**words),
        *filter(None, [derivatives_sentence(facts)]),
        tuning,
        f"The pruned network has {neurons_of(facts.graph, last['hidden'])} and "
        f"{last['params']:,} parameters, {percent(last['param_reduction'])} fewer than the dense "
        "one.",
    ]


def _schedule(facts: Facts) -> str:
    prune, layers = facts.spec.prune, len(facts.result["stages"][0]["hidden"])
    noun, one_unit = facts.graph.noun, CRITERIA[prune.criterion].one_unit
    return SCHEDULES[prune.schedule].methods.format(
        every="each stage" if prune.stages > 1 else "it",
        again=f", beginning again after the last {noun}" if prune.stages > layers else "",
        layers=f"{LAYER}s" if facts.graph.layered else "groups of neurons",
        layer=LAYER if facts.graph.layered else "group",
        divided="" if one_unit else f", each score divided by the mean of its {noun}",
    )


def _amount(facts: Facts) -> str:
    prune = facts.spec.prune
    if prune.pruning_ratio is not None:
        return f"{percent(prune.pruning_ratio)} of a {facts.graph.noun}'s neurons at a time"
    if prune.mac_reduction is not None:
        return f"towards {percent(prune.mac_reduction)} fewer multiply-accumulates"
    if prune.max_bytes is not None:
        return f"down to at most {size(prune.max_bytes)} of float32 weights"
    if prune.widths is not None:
        return listed(map(widths, prune.widths), most=6)
    return f"towards {percent(prune.param_reduction or 0.0)} fewer parameters"


def _rounding(facts: Facts) -> str:
    prune = facts.spec.prune
    step = settled(prune, facts.graph).round_to or 1
    rounded = f", pruned widths being multiples of {step}" if step > 1 else ""
    least = f", no {facts.graph.noun} below {counted(prune.least_width, 'neuron')}"
    return rounded + (least if prune.least_width > 1 else "")
