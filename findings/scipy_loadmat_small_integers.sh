#!/usr/bin/env bash
# Guess:     a double matrix of MATLAB comes from scipy.io.loadmat as float64.
# Behaviour: MATLAB stores doubles that are small whole numbers as bytes, and loadmat gives the type in which they are
#            stored: uint8, in which 24 * 24 is 64. Asked for MATLAB's own types (mat_dtype=True) it gives float64, but of
#            a complex matrix the real parts alone, with a ComplexWarning.
# Seen:      scipy 1.17.1, on files that MATLAB 7.4 wrote and that scipy is tested with, as below.
# Follows:   with scipy, load real and complex matrices apart, or convert what comes before any arithmetic.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q scipy==1.17.1
cd "$folder"
env/bin/python - > seen <<'PYTHON'
import warnings
from pathlib import Path

import scipy
from scipy.io import loadmat, whosmat

folder = Path(scipy.__file__).parent / "io/matlab/tests/data"
cube, wave = folder / "test3dmatrix_7.4_GLNX86.mat", folder / "testcomplex_7.4_GLNX86.mat"
print(whosmat(cube))
found = loadmat(cube)["test3dmatrix"]
print(found.dtype, found[1, 2, 3], (found * found)[1, 2, 3])
print(loadmat(cube, mat_dtype=True)["test3dmatrix"].dtype)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for exact in (False, True):
        found = loadmat(wave, mat_dtype=exact)["testcomplex"]
        print(found.dtype, found[0, 1].round(4))
print([one.category.__name__ for one in said])
PYTHON
diff - seen <<'SEEN'
[('test3dmatrix', (2, 3, 4), 'double')]
uint8 24 64
float64
complex128 (0.7071+0.7071j)
float64 0.7071
['ComplexWarning']
SEEN
