"""The questions that a verdict answers, the outcomes of an answer, and the verdicts on claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from spinn_engine.vocabulary.arms import LONGER, REFERENCE, RIVALS
from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class OutcomeRow(Row):
    """An outcome.

    Attributes:
        colour: of its badge.
        icon: of its badge.
        acceptable: whether pruning is shown to cost no more than the margin.
        unbeaten: whether the other arm was compared, and is not shown to be worse.
        lost: whether the other arm is shown to be better.
        unsaid: whether there are too few repetitions to say anything.
    """

    colour: Literal["gray", "orange", "green", "red"]
    icon: str
    acceptable: bool = False
    unbeaten: bool = False
    lost: bool = False
    unsaid: bool = False


OUTCOMES = table(
    OutcomeRow(
        name="non_inferior",
        label="no worse",
        help="the whole interval lies above the margin, and no cost is shown",
        colour="green",
        icon=":material/check_circle:",
        acceptable=True,
    ),
    OutcomeRow(
        name="small_cost",
        label="cost within the margin",
        help="a cost is shown, and the whole interval lies above the margin",
        colour="green",
        icon=":material/check_circle:",
        acceptable=True,
    ),
    OutcomeRow(
        name="cost",
        label="cost",
        help="a cost is shown; whether it is more than the margin is undecided",
        colour="orange",
        icon=":material/error:",
    ),
    OutcomeRow(
        name="inferior",
        label="cost above the margin",
        help="the whole interval lies below the margin",
        colour="red",
        icon=":material/cancel:",
    ),
    OutcomeRow(
        name="inconclusive",
        label="undecided",
        help="the interval holds both the margin and no cost at all; more seeds may narrow it",
        colour="orange",
        icon=":material/help:",
    ),
    OutcomeRow(
        name="better",
        label="better",
        help="the whole interval lies above zero",
        colour="green",
        icon=":material/check_circle:",
    ),
    OutcomeRow(
        name="worse",
        label="worse",
        help="the whole interval lies below zero",
        colour="red",
        icon=":material/cancel:",
        unbeaten=True,
        lost=True,
    ),
    OutcomeRow(
        name="no_difference_seen",
        label="no difference shown",
        help="zero lies inside the interval, which is no proof that there is no difference",
        colour="gray",
        icon=":material/drag_handle:",
        unbeaten=True,
    ),
    OutcomeRow(
        name="unknown",
        label="too few repetitions",
        help="fewer than three repetitions that differ, or several folds with fewer than three "
        "seeds",
        colour="gray",
        icon=":material/help:",
        unsaid=True,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ClaimVerdictRow(Row):
    """A verdict on a claim.

    Attributes:
        colour: of its word.
        icon: beside it.
        sign: the same where there are no icons; never colour alone.
    """

    colour: Literal["gray", "orange", "green", "red"]
    icon: str
    sign: str


CLAIM_VERDICTS = table(
    ClaimVerdictRow(
        name="confirmed",
        label="confirmed",
        help="what was counted, or the whole interval of what was measured, lies within the "
        "claim's tolerance",
        colour="green",
        icon=":material/check_circle:",
        sign="\N{CHECK MARK}",
    ),
    ClaimVerdictRow(
        name="contradicted",
        label="contradicted",
        help="what was counted, or the whole interval of what was measured, lies outside the "
        "claim's tolerance",
        colour="red",
        icon=":material/cancel:",
        sign="\N{BALLOT X}",
    ),
    ClaimVerdictRow(
        name="undecided",
        label="undecided",
        help="the interval lies within the claim's tolerance only in part, or a measurement has no "
        "interval: the run cannot tell",
        colour="orange",
        icon=":material/balance:",
        sign="~",
    ),
    ClaimVerdictRow(
        name="not_measured",
        label="not measured",
        help="it takes a run and none was given, the run is not one that the claim is about, or it "
        "does not measure that",
        colour="gray",
        icon=":material/remove_circle:",
        sign="\N{EN DASH}",
    ),
    ClaimVerdictRow(
        name="not_checkable",
        label="not checkable",
        help="the claim does not say what it would follow from",
        colour="gray",
        icon=":material/help:",
        sign="?",
    ),
)


@dataclass(frozen=True, kw_only=True)
class QuestionRow(Row):
    """A question; its name is the key in a result.

    Attributes:
        arm: with which the pruned network is compared.
        other: that arm in a sentence.
        answer: whether it is answered against the margin, by a share of a gain, or by a difference.
        headline: what the headline says of some outcomes; ``{margin}`` is the margin,
            and ``{against}`` the fair control.
        first: whether the answer comes before all others where the outcome is ``unbeaten``.
    """

    arm: str
    other: str
    answer: Literal["margin", "share", "difference"] = "difference"
    headline: Mapping[str, str] = field(default_factory=dict)
    first: bool = False


QUESTIONS = table(
    QuestionRow(
        name="cost_of_pruning",
        label="What pruning cost",
        help="the pruned network against the dense one that was trained just as long",
        arm=LONGER,
        answer="margin",
        headline={
            "non_inferior": " at no more cost than {margin} {against}",
            "small_cost": " at a cost {against} that is less than {margin}",
            "cost": " at a cost {against}; whether it is more than {margin} is undecided",
            "inferior": " at a cost of more than {margin} {against}",
            "inconclusive": "; whether they cost more than {margin} {against} is undecided",
            "unknown": "; there are too few repetitions to say what they cost {against}",
        },
        other="the dense network trained just as long",
    ),
    QuestionRow(
        name="extra_epochs",
        label="The extra training",
        help="how much of the gain over the dense network comes with training on",
        arm=REFERENCE,
        answer="share",
        other="the dense network",
    ),
    *(
        QuestionRow(
            name=arm.verdict_part,
            label=f"Against {arm.opponent}",
            help=arm.help,
            arm=name,
            other=arm.rival,
            headline=arm.headline,
            first=arm.decides_first,
        )
        for name, arm in RIVALS.items()
    ),
)
