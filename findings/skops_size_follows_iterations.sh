#!/usr/bin/env bash
# Guess:     skops writes an MLPRegressor of 433 weights as a file of some kB, however long it was trained.
# Behaviour: loss_curve_ is a list of NumPy scalars, each of which becomes an array file of its own in the archive: a
#            file an iteration, about 500 bytes each, so that 1000 iterations make 1027 files and 550 kB.
# Seen:      skops 0.16.0, scikit-learn 1.9.1.
# Follows:   a limit on the files of an archive has to allow for long trainings; the weights are coefs_ and
#            intercepts_ in schema.json, the rest need not be opened. model.loss_curve_ = None before dump keeps it small.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q scikit-learn==1.9.1 skops==0.16.0
"$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import io
import zipfile

import numpy as np
from sklearn.neural_network import MLPRegressor
from skops.io import dumps

rows = np.random.default_rng(0).normal(size=(200, 4))
for iterations in (10, 1000):
    model = MLPRegressor(
        hidden_layer_sizes=(24, 12),
        max_iter=iterations,
        tol=0,
        n_iter_no_change=10**6,
        random_state=0,
    ).fit(rows, np.sin(rows[:, 0]))
    content = dumps(model)
    weights = sum(one.size for one in (*model.coefs_, *model.intercepts_))
    files = len(zipfile.ZipFile(io.BytesIO(content)).namelist())
    print(iterations, "iterations,", weights, "weights:", files, "files, over 500 kB:", len(content) > 5e5)
PYTHON
diff - "$folder/seen" <<'SEEN'
10 iterations, 433 weights: 37 files, over 500 kB: False
1000 iterations, 433 weights: 1027 files, over 500 kB: True
SEEN
