"""What the pruned network was compared with, how often, and how that was measured."""

from __future__ import annotations

from spinn_engine.evaluation.outcomes import too_few
from spinn_engine.report.facts import Facts, Row
from spinn_engine.vocabulary import ARMS, CONTROLS, LONGER, RECONSTRUCTIONS, REFERENCE, ArmRow
from spinn_engine.words import counted, duration, listed, shortest

SEEDS_NAMED = 10
SOLVED = "; what was left of every layer was solved anew by least squares on the same rows"


def comparison_sentences(facts: Facts) -> list[str]:
    """The controls, the repetitions, and the rule of the verdict."""
    told = [
        f"“{arm.label}” ({_told(arm, facts)})"
        for name, arm in CONTROLS.items()
        if name in facts.arms
    ]
    noun = "control is" if len(told) == 1 else "controls are"
    controls = f"The {noun} {listed(told)}." if told else "No control was run beside it."
    found = [controls, _repetitions(facts)]
    cost = facts.result["verdict"]["cost_of_pruning"]
    if cost is not None and not too_few(cost["difference"]):
        margin = facts.result["verdict"]["margin"]
        floor = shortest(-margin) if margin else "zero"
        found.append(
            "Arms were compared by the differences of R² between equal seeds"
            f"{' and folds' if facts.folds > 1 else ''}; pruning counts as no worse where the 95 % "
            f"interval of its difference to {ARMS[LONGER].spoken} lies above {floor}."
        )
    return found


def _told(arm: ArmRow, facts: Facts) -> str:
    """What a control is, in brackets."""
    more, train = _more(facts), facts.spec.train
    text = arm.methods if more else arm.methods_untuned or arm.methods
    return text.format(
        more=more,
        length=_length(arm, facts),
        rate=shortest(max(train.learning_rate, train.fine_tune_learning_rate)),
        solved=SOLVED if RECONSTRUCTIONS[facts.spec.prune.reconstruction].solves else "",
        rows="the exact solution at the training points" if facts.equation else "the inputs",
    )


def _length(arm: ArmRow, facts: Facts) -> str:
    """What an arm from new weights is trained for."""
    if arm.block is None:
        return ""
    if facts.spec.train.until == "validation":
        return counted(facts.arms[arm.name]["updates"], "update")
    return _words_of(facts.spec.block_length(facts.spec.prune.stages, arm.block))


def _more(facts: Facts) -> str:
    """What all stages together train for."""
    if facts.spec.train.until == "validation":
        return counted(facts.updates_later, "update") if facts.updates_later else ""
    epochs, iterations = facts.spec.block_length(1, "pruned")
    return _words_of((facts.spec.prune.stages * epochs, facts.spec.prune.stages * iterations))


def _words_of(length: tuple[int, int]) -> str:
    epochs, iterations = length
    parts = [counted(epochs, "epoch")] if epochs else []
    parts += [counted(iterations, "iteration") + " of L-BFGS"] if iterations else []
    return listed(parts)


def _repetitions(facts: Facts) -> str:
    seeds = facts.result["seeds"]
    if facts.n == 1:
        return f"Everything was done once, with seed {seeds[0]} (n = 1), so there are no intervals."
    named = f" ({', '.join(map(str, seeds))})" if len(seeds) <= SEEDS_NAMED else ""
    over = f"{counted(len(seeds), 'seed')}{named}"
    over += f" in each of {facts.folds} folds" if facts.folds > 1 else ""
    alone = ["dense, which was imported"] if facts.spec.model.dense is not None else []
    how = "is fitted once a fold" if facts.folds > 1 else "draws nothing"
    alone += [f"{ARMS[n].spoken}, which {how}" for n in facts.arms if ARMS[n].block is None]
    but = f" but {', and '.join(alone)}," if alone else ""
    return (
        f"Every arm{but} was repeated with {over}; figures are means with two-sided 95 % "
        f"{facts.kind_of_interval()}."
    )


def measuring_sentences(facts: Facts) -> list[str]:
    """How scores, times and memory were measured, and on which machine."""
    where, dense = facts.result["environment"], facts.arms[REFERENCE]
    targets = len(facts.result["data"]["target_names"])
    rounds = listed([str(dense["latency_us"][batch]["rounds"]) for batch in facts.batches])
    batches = listed([f"{int(batch):,}" for batch in facts.batches])
    seconds = sum(facts.result["wall_seconds"])
    took = duration(seconds)
    return [
        _score(facts, targets),
        f"Inference was timed on {facts.device} with standardised random rows: the median of "
        f"{rounds} rounds for batches of {batches} rows, all arms taking turns in a random "
        f"order.{_ratios(facts)}",
        _memory(dense),
        f"Training, pruning and validation of all arms took {took} on {facts.device}, with SPINN "
        f"Explorer {where['spinn_engine']}, PyTorch {where['torch']}, NumPy {where['numpy']} and "
        f"Python {where['python']}.",
    ]


def _ratios(facts: Facts) -> str:
    """How speed-ups come of that, where the run kept their intervals."""
    if "speed_up_interval" not in facts.arms[REFERENCE]:
        return ""
    told = (
        " A speed-up is the median over the rounds of the dense network's time over the arm's in "
        "the same round, its 95 % interval that of order statistics"
    )
    if facts.result["equal_work"] is None:
        return f"{told}."
    return f"{told}; arms of equal widths were compared so too, to see whether it can be used."


def _memory(dense: Row) -> str:
    if dense["peak_memory_bytes"] is None:
        return f"Peak memory was {dense['peak_memory_how']}."
    return f"Peak memory is that of one pass with the weights ({dense['peak_memory_how']})."


def _score(facts: Facts, targets: int) -> str:
    mean = "" if targets == 1 else f", averaged over the {targets} targets"
    read = "The test rows were read once, after all training"
    if facts.folds > 1:
        read = "The test rows of each fold were read once, after all training"
    if facts.equation:
        return (
            "Errors were measured against the exact solution on the test grid, once, after all "
            "training: the relative L2 error, and R²."
        )
    return f"{read}; R² is that of the targets in their own units{mean}."
