#!/usr/bin/env bash
# Guess:     in a .keras file the weights of the layer named "dense" lie in the group "dense".
# Behaviour: a group is named by the layer's class and by how many of that class came before; names of layers are used
#            nowhere. The group layers/dense holds the first Dense layer, which may be the one named "dense_1".
#            The older .h5 of the same model goes by names.
# Seen:      Keras 3.15.1 (jax 0.10.2, torch 2.13.0).
# Follows:   a reader has to count classes in the order of config.json; one that goes by names takes the numbers of
#            another layer, and where shapes agree nothing complains.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q keras==3.15.1 h5py==3.16.0 numpy==2.4.6 jax==0.10.2
cd "$folder"
KERAS_BACKEND=jax "$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import io
import zipfile

import h5py
import keras

first = keras.layers.Dense(2, name="dense_1", kernel_initializer="ones")
second = keras.layers.Dense(2, name="dense", kernel_initializer="zeros")
model = keras.Sequential([keras.Input((2,)), first, second])
model.save("a.keras")
model.save("a.h5")
weights = io.BytesIO(zipfile.ZipFile("a.keras").read("model.weights.h5"))
print("the layer dense holds", second.get_weights()[0].max())
print("layers/dense of .keras holds", h5py.File(weights)["layers/dense/vars/0"][()].max())
found = []
h5py.File("a.h5")["model_weights/dense"].visititems(
    lambda name, one: found.append(one[()].max()) if name.endswith("kernel") else None
)
print("model_weights/dense of .h5 holds", found[0])
PYTHON
diff - "$folder/seen" <<'SEEN'
the layer dense holds 0.0
layers/dense of .keras holds 1.0
model_weights/dense of .h5 holds 0.0
SEEN
