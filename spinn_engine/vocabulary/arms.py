"""The ways to reach a stage: what each is, how it is trained, and how it is drawn everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class ArmRow(Row):
    """An arm.

    Attributes:
        answers: what it is there for, or what to know of it; goes on after the help and a colon.
        role: what it is to the others: ``reference``, before pruning; ``longer``, that one trained
            on for as long as the subject; ``zeroed``, single weights set to zero, so that files and
            matrices stay as large; ``subject``, what the program is about; else a ``control``.
        block: the stack that it trains in, with the arms of equal widths; None: it is no network
            that is trained.
        when: in which stages it is trained; in the last alone, from new weights and for the epochs
            of all.
        criterion: what scores its neurons, where that is not the run's own criterion.
        unasked: whether it is run, asked for or not, wherever the run's criterion is another.
        rival: what the verdict says that the subject beat, or did not; empty: it judges it not.
        brief_rival: the same in fewer words, for headings.
        headline: what the headline of a run says of some outcomes against this rival; of one that
            is ``unsaid``, what it cannot say.
        decides_first: whether a rival that is not shown to be beaten comes before all else.
        stream: the number of its own random draws; it never changes, or runs could not be repeated.
        methods: what the methods say of a control, in brackets; ``{more}`` is what all stages
            together train for, ``{length}`` and ``{rate}`` what a new network does, ``{rows}`` are
            "the inputs" or the points of an equation, ``{solved}`` is how what is left takes over.
        methods_untuned: the same where stages train no further.
        colour: of Okabe and Ito: told apart with any colour vision, on paper and on a dark page.
        glyph: its sign in text and tables.
        marker: that sign in matplotlib.
        symbol: that sign in Plotly.
        shape: that sign in Vega: a name, or a path in a square from -1 to 1.
        dash: lengths of line and gap, in pixels.
        hollow: whether its sign is drawn as an outline.
    """

    answers: str = ""
    role: Literal["reference", "longer", "zeroed", "subject", "control"] = "control"
    block: Literal["dense", "pruned", "scratch"] | None
    when: Literal["first", "every", "last"] = "every"
    criterion: str | None = None
    unasked: bool = False
    rival: str = ""
    brief_rival: str = ""
    headline: Mapping[str, str] = field(default_factory=dict)
    decides_first: bool = False
    stream: int
    methods: str = ""
    methods_untuned: str = ""
    colour: str
    glyph: str
    marker: str
    symbol: str
    shape: str
    dash: tuple[int, ...]
    hollow: bool = False

    @property
    def control(self) -> bool:
        """Whether it is run only where a spec asks for it, to compare with."""
        return self.role not in ("reference", "subject")

    @property
    def keeps_widths(self) -> bool:
        """Whether it is as wide as the reference in every stage."""
        return self.block == "dense"

    @property
    def opponent(self) -> str:
        """The rival in few words."""
        return self.brief_rival or self.rival

    @property
    def verdict_part(self) -> str:
        """Its key in a verdict, where it is a rival."""
        return f"against_{self.name}"

    @property
    def spoken(self) -> str:
        """The label within a sentence, in quotes where it holds a comma."""
        return f"“{self.label}”" if "," in self.label else self.label

    @property
    def about(self) -> str:
        """Help and answer as a sentence."""
        told = f"{self.help}: {self.answers}." if self.answers else f"{self.help}."
        return told[0].upper() + told[1:]


ARMS = table(
    ArmRow(
        name="dense",
        label="dense",
        help="the unpruned network",
        answers="what everything is held against",
        role="reference",
        block="dense",
        when="first",
        stream=0,
        colour="#0072B2",
        glyph="\N{BLACK SQUARE}",
        marker="s",
        symbol="square",
        shape="square",
        dash=(12, 2, 3, 2),
    ),
    ArmRow(
        name="structured",
        label="structured",
        help="whole neurons removed by their importance, stage by stage, then fine-tuned",
        role="subject",
        block="pruned",
        stream=1,
        colour="#D55E00",
        glyph="\N{BLACK CIRCLE}",
        marker="o",
        symbol="circle",
        shape="circle",
        dash=(1, 0),
    ),
    ArmRow(
        name="magnitude",
        label="magnitude",
        help="as many single weights set to zero",
        answers="the file and the matrices stay as large",
        role="zeroed",
        rival="as many single weights kept by magnitude",
        brief_rival="zeroed weights",
        block="dense",
        stream=4,
        methods=(
            "in every stage the single weights with the smallest absolute values over all layers "
            "were set to zero, and kept so, until no more parameters were left than structured "
            "pruning left, with the same fine-tuning{solved}"
        ),
        methods_untuned=(
            "in every stage the single weights with the smallest absolute values over all layers "
            "were set to zero, and kept so, until no more parameters were left than structured "
            "pruning left{solved}"
        ),
        colour="#009E73",
        glyph="\N{BLACK DIAMOND}",
        marker="D",
        symbol="diamond",
        shape="diamond",
        dash=(2, 2),
    ),
    ArmRow(
        name="dense_longer",
        label="dense, longer",
        help="the dense network with the same extra epochs",
        answers="what training alone gives",
        role="longer",
        block="dense",
        stream=3,
        methods="the dense network unpruned, trained on for the same {more}",
        methods_untuned=(
            "the dense network, unpruned and trained no further, as the stages were not"
        ),
        colour="#56B4E9",
        glyph="\N{WHITE SQUARE}",
        marker="s",
        symbol="square-open",
        shape="M-0.9,-0.9H0.9V0.9H-0.9Z M-0.5,-0.5V0.5H0.5V-0.5Z",
        dash=(7, 3),
        hollow=True,
    ),
    ArmRow(
        name="random",
        label="random neurons",
        help="the same widths, neurons drawn at random",
        answers="whether the criterion matters",
        block="pruned",
        criterion="random",
        rival="the same widths with random neurons",
        brief_rival="random neurons",
        headline={
            "better": "the criterion beat chance",
            "worse": "neurons drawn at random did better",
            "no_difference_seen": "the criterion was not shown to beat chance",
            "unknown": "whether the criterion beat chance",
        },
        stream=2,
        methods="the same widths with neurons drawn at random, all else alike",
        colour="#CC79A7",
        glyph="\N{HEAVY MULTIPLICATION X}",
        marker="X",
        symbol="x",
        shape=(
            "M-0.9,-0.5L-0.5,-0.9L0,-0.4L0.5,-0.9L0.9,-0.5L0.4,0"
            "L0.9,0.5L0.5,0.9L0,0.4L-0.5,0.9L-0.9,0.5L-0.4,0Z"
        ),
        dash=(4, 2, 1, 2),
    ),
    ArmRow(
        name="l1",
        label="L1 neurons",
        help="the same widths, neurons with the highest L1 norm kept",
        answers="whether another criterion keeps better ones",
        block="pruned",
        criterion="l1",
        unasked=True,
        rival="the same widths with the neurons that L1 keeps",
        brief_rival="L1 neurons",
        stream=7,
        methods=(
            "the same widths with the neurons of the highest L1 norm of incoming weights and bias, "
            "all else alike"
        ),
        colour="#B58900",
        glyph="\N{BLACK DOWN-POINTING TRIANGLE}",
        marker="v",
        symbol="triangle-down",
        shape="triangle-down",
        dash=(6, 2, 2, 2),
    ),
    ArmRow(
        name="scratch",
        label="from scratch",
        help="the final widths from new weights, all epochs",
        answers="whether pruning was needed",
        block="scratch",
        when="last",
        rival="the same widths trained from scratch",
        brief_rival="training from scratch",
        stream=5,
        methods=(
            "the final widths trained from new weights for {length} at a peak learning rate of "
            "{rate}"
        ),
        colour="#E69F00",
        glyph="\N{BLACK UP-POINTING TRIANGLE}",
        marker="^",
        symbol="triangle-up",
        shape="triangle-up",
        dash=(10, 3),
    ),
    ArmRow(
        name="linear",
        label="linear",
        help="least squares on the inputs",
        answers="whether a network is needed",
        block=None,
        rival="linear least squares on the inputs",
        brief_rival="a straight line",
        headline={
            "better": "a line does not do as well",
            "worse": "a line does better",
            "no_difference_seen": "no network is shown to be needed, for a line may do as well",
            "unknown": "whether a line does as well",
        },
        decides_first=True,
        stream=6,
        methods="least squares on {rows}",
        colour="#7F8C99",
        glyph="\N{HEAVY GREEK CROSS}",
        marker="P",
        symbol="cross",
        shape="cross",
        dash=(1, 3),
    ),
)
CONTROLS = {name: arm for name, arm in ARMS.items() if arm.control}
RIVALS = {name: arm for name, arm in ARMS.items() if arm.rival}
NEW_WEIGHTS = frozenset(arm.block for arm in ARMS.values() if arm.when == "last")  # blocks


def _of_role(role: str) -> str:
    """The name of the one arm with this role."""
    (name,) = (arm.name for arm in ARMS.values() if arm.role == role)
    return name


REFERENCE, LONGER = _of_role("reference"), _of_role("longer")
ZEROED, SUBJECT = _of_role("zeroed"), _of_role("subject")


def main_arm(stage: int) -> str:
    """The arm whose stages a run delivers."""
    return SUBJECT if stage else REFERENCE
