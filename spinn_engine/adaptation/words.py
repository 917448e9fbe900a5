"""What an adaptation shows, in sentences. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spinn_engine.evaluation.outcomes import told_too_few, too_few
from spinn_engine.words import (
    fixed,
    paired_difference,
    percent,
    repeated,
    signed,
    signed_range,
)

DOES = {
    "full": "Training all layers again",
    "frozen": "Training the late layers alone",
    "last_layer": "Solving the last layer in closed form",
}
NONE_FROZEN = (
    "No layer stays frozen: by the share that was asked for, training the late layers alone "
    "trains all layers."
)


def words_of(
    networks: Sequence[Mapping[str, Any]],
    against: Mapping[str, Mapping[str, Any]],
    left_out: Mapping[str, str],
    frozen_layers: int,
) -> list[str]:
    """The drift, what each arm gave and cost, network by network; then pruned against dense.

    Args:
        networks: as a result has them.
        against: by arm, the difference of the pruned networks from the dense ones, on coming rows.
        left_out: by arm that cannot be, why not.
        frozen_layers: how many layers the arm ``frozen`` left as they are.
    """
    found = [sentence for network in networks for sentence in _network(network)]
    tried = {arm["arm"] for network in networks for arm in network["arms"]}
    if "frozen" in tried and not frozen_layers:
        found.append(NONE_FROZEN)
    arm, difference = list(against.items())[-1]
    if not too_few(difference):
        found.append(_against(arm, difference))
    return found + [told_left_out(name, why) for name, why in left_out.items()]


def told_left_out(arm: str, why: str) -> str:
    """That an arm cannot be, and why."""
    return f"{DOES[arm]} is not possible for these networks: {why}."


def _against(arm: str, difference: Mapping[str, Any]) -> str:
    way = "Left as they are" if arm == "none" else f"After {DOES[arm][0].lower()}{DOES[arm][1:]}"
    if difference["low"] > 0:
        found = "the pruned networks do better than the dense ones on coming rows"
    elif difference["high"] < 0:
        found = "the pruned networks do worse than the dense ones on coming rows"
    else:
        found = "the pruned and the dense networks do not visibly differ on coming rows"
    return f"{way}, {found}: {paired_difference(difference)}."


def _network(network: Mapping[str, Any]) -> list[str]:
    name = f"the {network['network']} network"
    before, arms = network["test_r2_before"], {arm["arm"]: arm for arm in network["arms"]}
    stays = arms["none"]["r2"]
    drop = network["drift"]
    if too_few(drop):
        return [told_too_few(name, drop)]
    told = (
        f"R2 {fixed(stays['mean'])} there, {fixed(before['mean'])} on the old test rows, "
        f"95 % interval of the difference {signed_range(drop)}, {repeated(drop)}"
    )
    loss = "loses" if drop["low"] > 0 else "is not shown to lose"
    found = [f"Left as it is, {name} {loss} on new rows: {told}."]
    return found + [_arm(arm, name) for key, arm in arms.items() if key != "none"]


def _arm(arm: Mapping[str, Any], name: str) -> str:
    does, gain = DOES[arm["arm"]], arm["gain"]
    if too_few(gain):
        effect = told_too_few(f"what {does[0].lower()}{does[1:]} gave {name}", gain).rstrip(".")
    elif gain["low"] > 0:
        effect = f"{does} helped {name}: {paired_difference(gain)} on coming rows"
    elif gain["high"] < 0:
        effect = f"{does} hurt {name}: {paired_difference(gain)} on coming rows"
    else:
        effect = f"{does} made no visible difference to {name}: {paired_difference(gain)}"
    parts = [effect, _forgetting(arm["forgetting"])]
    share = arm["share_of_full"]
    if share is not None and arm["arm"] != "full":
        time, macs = percent(share["seconds"]), percent(share["macs"])
        parts.append(f"it took {time} of the time and {macs} of the MACs of training all layers")
    return "; ".join(parts) + "."


def _forgetting(lost: Mapping[str, Any]) -> str:
    if too_few(lost):
        return told_too_few("what the old test rows lost", lost).rstrip(".")
    if lost["low"] > 0:
        return f"the old test rows lost {fixed(lost['mean'])} R2 ({signed_range(lost)})"
    if lost["high"] < 0:
        return f"the old test rows gained {fixed(-lost['mean'])} R2"
    return f"no loss on the old test rows is shown ({signed(-lost['mean'])} R2)"
