"""How long a stack trains, and at what rate in each epoch: by hand, by validation, or as another.

By validation, the rate stays at its peak until the validation loss has stopped improving; every
member then goes back to its best state, and the rate falls from there. A control repeats the course
that the pruned network took, so that none is trained less than another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

WARM_UP_SHARE = 0.05  # of the epochs, or of the most epochs
FINAL_RATE_SHARE = 0.01
LEAST_GAIN = 0.005  # relative; a smaller improvement of the validation loss is none
PATIENCE_SHARE = 0.15  # of the most epochs, without improvement
FALL_SHARE = 0.5  # epochs in which the rate falls, of those before


@dataclass(frozen=True)
class Taken:
    """The course that was taken.

    Attributes:
        epochs: in all.
        fall: the last of them, in which the rate fell; by hand all.
        stalled: whether validation had stopped improving before the budget ended; None by hand.
    """

    epochs: int
    fall: int
    stalled: bool | None = None


class Course(Protocol):
    """What ``fit`` asks of a course."""

    @property
    def epochs(self) -> int:
        """How many there are, as far as is known now."""

    def rate(self, epoch: int, part: float) -> float:
        """The share of the peak rate in an epoch (from 1), ``part`` of which (0 to 1) is done."""

    def ended(self, epoch: int, best: list[float]) -> bool:
        """Tell the best validation loss of each member after an epoch; whether to go back to it."""

    def taken(self) -> Taken:
        """What was taken in the end."""


def cosine(progress: float) -> float:
    """From 1 to a hundredth; Loshchilov & Hutter 2017, *SGDR*, eq. 5, without restarts."""
    return FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * 0.5 * (1 + math.cos(math.pi * progress))


def warm_up(progress: float) -> float:
    """A linear rise over the first part of the course; 1 after it."""
    return min(max(progress / WARM_UP_SHARE, FINAL_RATE_SHARE), 1.0)


def learning_rate_at(progress: float, peak: float) -> float:
    """Linear warm-up, then a cosine to a hundredth of the peak; ``progress`` runs from 0 to 1."""
    if progress < WARM_UP_SHARE:
        return peak * warm_up(progress)
    return peak * cosine((progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE))


class Fixed:
    """So many epochs by hand: a linear warm-up, then a cosine to a hundredth of the peak."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def rate(self, epoch: int, part: float) -> float:
        """See ``Course``."""
        return learning_rate_at((epoch - 1 + part) / self.epochs, 1.0)

    def ended(self, epoch: int, best: list[float]) -> bool:
        """See ``Course``."""
        return False

    def taken(self) -> Taken:
        """See ``Course``."""
        return Taken(self.epochs, self.epochs)


class Repeated:
    """A course that another took: peak, then fall, in as many epochs."""

    def __init__(self, course: Taken, most: int | None = None) -> None:
        self.course = course
        self.epochs = course.epochs
        self.warm_up_epochs = WARM_UP_SHARE * (most or course.epochs)

    def rate(self, epoch: int, part: float) -> float:
        """See ``Course``."""
        done, peak = epoch - 1 + part, self.epochs - self.course.fall
        if done >= peak:
            return cosine((done - peak) / self.course.fall)
        return warm_up(WARM_UP_SHARE * done / self.warm_up_epochs)

    def ended(self, epoch: int, best: list[float]) -> bool:
        """See ``Course``."""
        return epoch == self.epochs - self.course.fall

    def taken(self) -> Taken:
        """See ``Course``."""
        return self.course


class ByValidation:
    """On at the peak rate while any member improves, then a fall half as long; ``most`` in all."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.epochs = most
        self.peak: int | None = None  # epochs at the peak rate, once that is known
        self.best: list[float] = []
        self.improved = 0  # the last epoch in which a member improved
        self.stalled = False

    @property
    def _longest_peak(self) -> int:
        """So that the fall ends within the budget."""
        return max(int(self.most / (1 + FALL_SHARE)), 1)

    def rate(self, epoch: int, part: float) -> float:
        """See ``Course``."""
        done = epoch - 1 + part
        if self.peak is not None:
            return cosine((done - self.peak) / max(self.epochs - self.peak, 1))
        return warm_up(done / self.most)

    def ended(self, epoch: int, best: list[float]) -> bool:
        """See ``Course``."""
        if self.peak is not None:
            return False
        if self._is_gain(best):
            self.improved = epoch
        self.stalled = epoch - self.improved >= patience(self.most)
        if epoch == 0 or not (self.stalled or epoch >= self._longest_peak):
            return False
        self.peak = epoch
        self.epochs = min(epoch + max(math.ceil(FALL_SHARE * epoch), 1), max(self.most, epoch))
        return True

    def _is_gain(self, best: list[float]) -> bool:
        """Whether a member's best is clearly below what it was at the last gain."""
        if not self.best:
            self.best = list(best)
            return True
        gains = [
            now < (1 - LEAST_GAIN) * before for now, before in zip(best, self.best, strict=True)
        ]
        self.best = [
            now if gain else before
            for now, before, gain in zip(best, self.best, gains, strict=True)
        ]
        return any(gains)

    def taken(self) -> Taken:
        """See ``Course``."""
        peak = self.epochs if self.peak is None else self.peak
        return Taken(self.epochs, self.epochs - peak, self.stalled)


def patience(most: int) -> int:
    """Epochs without improvement after which validation has stopped improving."""
    return max(math.ceil(PATIENCE_SHARE * most), 1)


def altogether(parts: list[Taken]) -> Taken:
    """One course from new weights that is as long as several."""
    epochs = sum(part.epochs for part in parts)
    return Taken(epochs, math.ceil(epochs * FALL_SHARE / (1 + FALL_SHARE)))
