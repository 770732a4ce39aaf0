"""Benchmarks run with one thread for linear algebra, peers too: idle threads that spin would be counted as CPU time.

It is set here because it must be before NumPy is imported.
"""

import os

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")

for _name, _value in ONE_THREAD.items():
    os.environ.setdefault(_name, _value)
