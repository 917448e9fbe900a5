#!/usr/bin/env bash
# Guess:     a torch.Generator on the CPU takes 64 bits of a seed: manual_seed documents values up to 2**64 - 1, and
#            initial_seed() gives them back.
# Behaviour: only the lowest 32 bits count. Seeds that are 2**32 apart draw the same numbers, though initial_seed() tells
#            them apart; so "seed + fold * 2**32", or a 64-bit hash of (seed, fold) that differs in its upper half, begins
#            with the same weights.
# Seen:      torch 2.13.0 on the CPU: 5 and 5 + 2**32 draw the same, 5 + 2**31 others.
# Follows:   mix what a draw is for (seed, fold, arm) into 32 bits, as numpy.random.SeedSequence.generate_state(1) does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 numpy==2.4.6
cd "$folder"
env/bin/python - > seen <<'PYTHON'
import torch

base = torch.Generator().manual_seed(5)
drawn = torch.rand(1000, generator=base)
for apart in (2**31, 2**32, 2**33):
    other = torch.Generator().manual_seed(5 + apart)
    same = bool((torch.rand(1000, generator=other) == drawn).all())
    print(apart.bit_length() - 1, other.initial_seed() == base.initial_seed(), same)
PYTHON
diff - seen <<'SEEN'
31 False False
32 False True
33 False True
SEEN
