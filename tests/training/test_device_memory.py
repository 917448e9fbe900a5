"""What does not fit into memory is refused before anything is made."""

from __future__ import annotations

import pytest
import torch

from spinn_engine.errors import BadInputError
from spinn_engine.training import device
from spinn_engine.training.device import check_memory


def test_weights_gradients_and_moments_have_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "machine_memory", lambda: 48_000)
    check_memory(torch.device("cpu"), 3, 1000)  # 3 networks, 1,000 numbers of 4 bytes, 4 times
    with pytest.raises(BadInputError) as refused:
        check_memory(torch.device("cpu"), 3, 2000)
    assert str(refused.value) == (
        "training 3 networks of 2,000 parameters takes at least 96 kB of memory and 48 kB are "
        "free: use fewer seeds or folds, or a smaller network"
    )
    check_memory(torch.device("meta"), 3, 2000)
