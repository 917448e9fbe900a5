"""What an adaptation shows, in sentences. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spinn_engine.evaluation.verdict import LEAST_PAIRS, TOO_FEW

DOES = {
    "full": "Training all layers again",
    "frozen": "Training the late layers alone",
    "last_layer": "Solving the last layer in closed form",
}


def words_of(
    networks: Sequence[Mapping[str, Any]], against: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """The drift, what each arm gave and cost, network by network; then pruned against dense.

    Args:
        networks: as a result has them.
        against: by arm, the difference of the pruned networks from the dense ones, on coming rows.
    """
    found = [sentence for network in networks for sentence in _network(network)]
    arm, difference = list(against.items())[-1]
    if difference["n"] >= LEAST_PAIRS:
        found.append(_against(arm, difference))
    return found


def _against(arm: str, difference: Mapping[str, Any]) -> str:
    way = "Left as they are" if arm == "none" else f"After {DOES[arm][0].lower()}{DOES[arm][1:]}"
    if difference["low"] > 0:
        found = "the pruned networks do better than the dense ones on coming rows"
    elif difference["high"] < 0:
        found = "the pruned networks do worse than the dense ones on coming rows"
    else:
        found = "no difference between the pruned and the dense networks can be seen on coming rows"
    return f"{way}, {found}: {_numbers(difference)}."


def _network(network: Mapping[str, Any]) -> list[str]:
    name = f"the {network['network']} network"
    before, arms = network["test_r2_before"], {arm["arm"]: arm for arm in network["arms"]}
    stays = arms["none"]["r2"]
    drop = network["drift"]
    if drop["n"] < LEAST_PAIRS:
        return [f"{_capital(name)}: {TOO_FEW} ({drop['n']} of at least {LEAST_PAIRS} repetitions)."]
    told = (
        f"R2 {stays['mean']:.4f} there, {before['mean']:.4f} on the old test rows, "
        f"95 % interval of the difference {_range(drop)}, n = {drop['n']}"
    )
    if drop["low"] > 0:
        found = [f"Left as it is, {name} loses on new rows: {told}."]
    else:
        found = [f"Left as it is, {name} shows no loss on new rows: {told}."]
    return found + [_arm(arm, name) for key, arm in arms.items() if key != "none"]


def _arm(arm: Mapping[str, Any], name: str) -> str:
    does, gain = DOES[arm["arm"]], arm["gain"]
    if gain["low"] > 0:
        effect = f"{does} helped {name}: {_numbers(gain)} on coming rows"
    elif gain["high"] < 0:
        effect = f"{does} hurt {name}: {_numbers(gain)} on coming rows"
    else:
        effect = f"{does} made no difference that can be seen to {name}: {_numbers(gain)}"
    parts = [effect, _forgetting(arm["forgetting"])]
    share = arm["share_of_full"]
    if share is not None and arm["arm"] != "full":
        time, macs = _percent(share["seconds"]), _percent(share["macs"])
        parts.append(f"it took {time} of the time and {macs} of the MACs of training all layers")
    return "; ".join(parts) + "."


def _forgetting(lost: Mapping[str, Any]) -> str:
    if lost["low"] > 0:
        return f"the old test rows lost {lost['mean']:.4f} R2 ({_range(lost)})"
    if lost["high"] < 0:
        return f"the old test rows gained {-lost['mean']:.4f} R2"
    return f"no loss can be seen on the old test rows ({-lost['mean']:+.4f} R2)"


def _numbers(value: Mapping[str, Any]) -> str:
    return f"{value['mean']:+.4f} R2, 95 % interval {_range(value)}, n = {value['n']}"


def _range(value: Mapping[str, Any]) -> str:
    return f"{value['low']:+.4f} to {value['high']:+.4f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{100 * share:.2g} %"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
