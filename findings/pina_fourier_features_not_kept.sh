#!/usr/bin/env bash
# Guess:     a checkpoint of PINA's PirateNet, or of any network behind its FourierFeatureEmbedding, gives the network
#            back; the features are drawn from a normal distribution, as its documentation says.
# Behaviour: the matrix of the features is a plain attribute: no state_dict or checkpoint holds it. A network that is built
#            anew takes all keys of the state_dict, has a matrix of its own, and computes something else without a word.
#            The matrix is uniform between 0 and sigma.
# Seen:      pina-mathlab 0.3.2.post2610, torch 2.13.0, CPU.
# Follows:   such a checkpoint does not say what was learned: refuse it, or ask for the matrix.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 pina-mathlab==0.3.2.post2610
"$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import torch
from pina.model import PirateNet
from pina.model.block import FourierFeatureEmbedding

torch.manual_seed(0)
one, other = (PirateNet(2, 16, 1, n_layers=1) for _ in range(2))
print(other.load_state_dict(one.state_dict()))
print("keys of the features:", [key for key in one.state_dict() if "embedding" in key])
rows = torch.rand(100, 2)
print("the same outputs:", torch.allclose(one(rows), other(rows), atol=1e-2))
matrix = FourierFeatureEmbedding(1000, 2000, sigma=2.0)._matrix
print("between", round(float(matrix.min()), 2), "and", round(float(matrix.max()), 2))
PYTHON
diff - "$folder/seen" <<'SEEN'
<All keys matched successfully>
keys of the features: []
the same outputs: False
between 0.0 and 2.0
SEEN
