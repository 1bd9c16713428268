"""Shapley values of features by sampling: what each one adds to a prediction, averaged over orders of adding them.

A member is reached from a background row by giving it the member's own values one after the other. Each step's change
of the prediction belongs to the feature that was set. Every background row goes with one random order and its reverse
(Castro, Gomez and Tejada 2009; antithetic orders, Mitchell and others 2022). Steps telescope, so the values of a member
add up exactly to the prediction less the mean prediction of the background, whatever the orders.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROWS_AT_ONCE = 1000
"""Members per batch: a batch is predicted once per step, in one call per order."""


def shapley_values(predict: Callable[[Array], Array], x: Array, background: Array, seed: int) -> Array:
    """Return the contribution of every feature for every row, shape (n, m).

    Args:
        predict: Prediction for rows of features, shape (k, m) to (k,).
        x: Rows to explain, shape (n, m).
        background: Rows to compare with, shape (b, m).
        seed: Seed of the orders; they are the same for all rows, so a row's values do not depend on the others.
    """
    draw = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for base in background:
        order = draw.permutation(x.shape[1])
        for path in (order, order[::-1]):
            for start in range(0, len(x), ROWS_AT_ONCE):
                part = slice(start, start + ROWS_AT_ONCE)
                total[part] += _walk(predict, x[part], base, path)
    return total / (2 * len(background))


def _walk(predict: Callable[[Array], Array], x: Array, base: Array, path: NDArray[np.int64]) -> Array:
    """Return what each step from ``base`` to each row of ``x`` adds, shape (n, m)."""
    # A feature whose value is that of the base for every row, such as one never collected, moves nothing.
    same = (x == base) | (np.isnan(x) & np.isnan(base))
    steps = [place for place in path if not same[:, place].all()]
    states = np.empty((len(steps) + 1, *x.shape))
    states[0] = base
    for number, place in enumerate(steps, start=1):
        states[number] = states[number - 1]
        states[number, :, place] = x[:, place]
    values = predict(states.reshape(-1, x.shape[1])).reshape(len(steps) + 1, len(x))
    added = np.zeros_like(x)
    added[:, steps] = np.diff(values, axis=0).T
    return added
