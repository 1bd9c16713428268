"""How many threads the model's sums may take: never so many that a digit could change."""

from __future__ import annotations

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

FEW_ROWS = 20_000
"""Rows below which threads cost more in waiting for each other than they gain."""


def deterministic_threads(n_rows: int) -> threadpool_limits:
    """Return a context in which two runs agree to the last bit.

    Sums of linear algebra (BLAS) depend on how they are shared out, so they stay in one thread. Boosting adds each
    feature's histogram in one thread (OpenMP), however many there are.
    """
    return threadpool_limits({"blas": 1} | ({"openmp": 1} if n_rows < FEW_ROWS else {}))
