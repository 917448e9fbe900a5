"""What a process that reads files of strangers finds in its environment: no secret.

A list of what is let through, as nobody can list what people call their secrets. The process has
the rights of who started it all the same: files of that user, too, it could read.
"""

from __future__ import annotations

import os

NAMES = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
    "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "LD_PRELOAD", "CPATH", "CC", "CXX",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "TERM", "COLUMNS", "NO_COLOR",
    "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA",
    "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
})  # fmt: skip
FAMILIES = (
    "LC_", "PYTHON", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "BLIS_", "VECLIB_", "NUMEXPR_",
    "MALLOC_", "DYLD_", "TORCH", "PYTORCH_", "ATEN_", "TRITON_", "KINETO_", "CUDA_", "CUDNN_",
    "CUBLAS_", "NVIDIA_", "HIP_", "ROCR_", "HSA_", "MIOPEN_", "ZE_", "ONEAPI_", "SYCL_",
)  # fmt: skip
DATABASE = ("SPINN_DATABASE_URL", "PG")


def without_secrets() -> dict[str, str]:
    """This process's environment, without all that is not known to be harmless."""
    return {k: v for k, v in os.environ.items() if k in NAMES or k.startswith(FAMILIES)}


def without_database() -> dict[str, str]:
    """This process's environment, without what leads to the job database."""
    return {k: v for k, v in os.environ.items() if not k.startswith(DATABASE)}
