"""The environment that a worker is started in: nothing of the grader's own, which may hold secrets."""

from __future__ import annotations

import os

#: The whole of it. One BLAS thread is a correctness need, not a preference: threads that may not be created leave a
#: matrix product waiting. A fixed hash seed makes the order of a student's sets repeatable, and what is in fresh memory
#: (of ``np.empty``) is the same in every run: 0x7f in every byte, about 1e306. Elsewhere than with the GNU C library
#: that setting is not read. Half a character, as names of files may hold, can be printed. A worker's user has no name.
ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "USER": "student",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    "MPLBACKEND": "Agg",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=128:glibc.malloc.tcache_count=0",
}
