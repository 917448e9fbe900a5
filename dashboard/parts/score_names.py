"""What the score of every criterion is called in a picture, and what it is."""

from __future__ import annotations

from spinn_engine.spec import Criterion

SCORES: dict[Criterion, tuple[str, str]] = {
    "l1": ("L1", "the sum of its absolute incoming weights and bias"),
    "l1_out": ("outgoing L1", "the sum of its absolute outgoing weights"),
    "l1_in_out": ("L1 in × out", "its incoming L1 norm times its outgoing one"),
    "l2": ("L2", "the Euclidean norm of its incoming weights and bias"),
    "activation": ("activation", "how much its output varies, times its outgoing L1 norm"),
    "taylor": ("Taylor", "the mean of |output × gradient of the loss|"),
    "random": ("random", "a random number"),
}
