"""A claim: a sentence of a paper in a form that can be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError

from spinn_engine.errors import BadInputError, one_sentence
from spinn_engine.spec import Arm, OneOf
from spinn_engine.spec.reading import Part
from spinn_engine.vocabulary import QUANTITIES, REFERENCE, SUBJECT

MOST_DIGITS: Final = 20  # before the point, and after it
NAN: Final = Decimal("nan")
WIDEST: Final = 65_536
MOST_NUMBERS: Final = 1_000


def _number(given: Any) -> Decimal:
    """A number, with the digits that it was printed with."""
    try:
        number = Decimal(str(given)) if type(given) in (int, float, str, Decimal) else NAN
    except InvalidOperation:
        number = NAN
    fits = number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS
    if not fits or _exponent(number) < -MOST_DIGITS:
        raise ValueError(f"must be a number as it is printed, such as 0.9030, but got {_as(given)}")
    return number


def _tolerance(given: Any) -> Decimal:
    number = _number(given)
    if number < 0:
        raise ValueError(f"must be zero or more but got {_as(given)}")
    return number


def _share(given: Any) -> Decimal:
    number = _number(given)
    if not 0 < number < 1:
        raise ValueError(f"must be a share between 0 and 1 but got {_as(given)}")
    return number


def _widths(given: Any) -> tuple[int, ...]:
    fits = isinstance(given, list | tuple) and 1 <= len(given) <= 64
    if not fits or not all(type(width) is int and 1 <= width <= WIDEST for width in given):
        raise ValueError(
            f"must be a list of 1 to 64 widths from 1 to {WIDEST:,}, such as [512, 256], but got "
            f"{_as(given)}"
        )
    return tuple(given)


def _as(given: Any) -> str:
    """What was given, as the file has it."""
    text = str(given) if isinstance(given, Decimal) else repr(given)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


Number = Annotated[Decimal, BeforeValidator(_number)]
Widths = Annotated[tuple[int, ...], BeforeValidator(_widths)]
Ends = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Needs(Part):
    """What a run has to be like, so that it can confirm or contradict a claim.

    Attributes:
        data: a word that the run's source of data, or the name of its file, has in it.
        device: the kind of device that it was timed on.
        dense: hidden widths of its dense network.
        param_reduction: of its last stage, to within a hundredth.
    """

    data: Annotated[str, Field(min_length=1)] | None = None
    device: Literal["cpu", "cuda", "mps", "xpu"] | None = None
    dense: Widths | None = None
    param_reduction: Annotated[Decimal, BeforeValidator(_share)] | None = None


class Claim(Part):
    """One sentence, and what it states in numbers.

    Which of the fields after ``needs`` a claim names depends on its quantity.

    Attributes:
        claim: the sentence.
        quantity: what the number is of.
        value: the number, as it is printed.
        unit: what it is counted in; by default in ones.
        tolerance: by default half a unit of the last digit that is printed.
        source: where it stands, if not where all the file's claims do.
        needs: what a run has to be like.
        inputs: of the network.
        hidden: hidden widths of the network.
        outputs: of the network.
        before: hidden widths, or the two widths of a layer, before pruning.
        after: the same after it.
        pruning_ratio: share of a layer's neurons that one stage removes.
        stages: how many times it does.
        arm: whose networks.
        against: the arm that it is compared with.
        target: one target; without it, the mean over all.
        stage: a stage of the run; without it, the arm at the end.
        batch: rows of one forward pass; without it, every batch size that was timed.
        numbers: that it is made of.
        note: a sentence that belongs beside the verdict.
    """

    claim: Annotated[str, Field(min_length=1)]
    quantity: Annotated[str, OneOf("quantity", QUANTITIES)]
    value: Number
    unit: str = ""
    tolerance: Annotated[Decimal, BeforeValidator(_tolerance)] | None = None
    source: str | None = None
    needs: Needs = Needs()
    inputs: Ends = 0
    hidden: Widths = ()
    outputs: Ends = 0
    before: Widths = ()
    after: Widths = ()
    pruning_ratio: Annotated[Decimal, BeforeValidator(_share)] = Decimal(0)
    stages: Annotated[int, Field(strict=True, ge=1, le=64)] = 0
    arm: Arm = SUBJECT
    against: Arm = REFERENCE
    target: str | None = None
    stage: Annotated[int, Field(strict=True, ge=0, le=64)] | None = None
    batch: Annotated[int, Field(strict=True, ge=1)] | None = None
    numbers: Annotated[tuple[Number, ...], Field(min_length=1, max_length=MOST_NUMBERS)] = ()
    note: str = ""

    @property
    def decimals(self) -> int:
        """Digits printed after the point; below zero for 5e3, which states thousands."""
        return -_exponent(self.value)

    @property
    def allowed(self) -> Decimal:
        """The tolerance: the given one, else half a unit of the last digit that is printed."""
        if self.tolerance is not None:
            return self.tolerance
        return Decimal((0, (5,), _exponent(self.value) - 1))


def parse_claims(claims: Sequence[Claim | Mapping[str, Any]], where: str) -> list[Claim]:
    """Claims from plain data.

    Raises:
        BadInputError: one of them is no claim; it is named by its number.
    """
    found = []
    for number, claim in enumerate(claims, start=1):
        try:
            found.append(Claim.model_validate(claim))
        except ValidationError as error:
            sentence = one_sentence(error)
            raise BadInputError(f"{where}: claim {number}: {sentence}") from None
    return found
