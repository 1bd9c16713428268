"""The formulas of effects once more, in NumPy on arrays of counts: a reference for the SQL, and for simulations.

Counts are arrays ``(s1, n1, s2, n2)``: reached and known of the treated, reached and known of the withheld.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Counts = tuple[Numbers, Numbers, Numbers, Numbers]

ALPHA, MIXTURE_SD, RATIO_CONCENTRATION = 0.05, 0.1, 50.0
"""As in the dbt project's variable ``action_effects``; a test compares them."""


def wilson(hits: Numbers, n: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Ends of Wilson's interval, as roots of the quadratic that defines it."""
    a, b, c = 1 + z**2 / n, -2 * hits / n - z**2 / n, (hits / n) ** 2
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def newcombe(counts: Counts, alpha: float = ALPHA) -> tuple[Numbers, Numbers]:
    """Ends of Newcombe's interval, method 10."""
    s1, n1, s2, n2 = counts
    z = NormalDist().inv_cdf(1 - alpha / 2)
    (low1, high1), (low2, high2) = wilson(s1, n1, z), wilson(s2, n2, z)
    p1, p2 = s1 / n1, s2 / n2
    return p1 - p2 - np.hypot(p1 - low1, high2 - p2), p1 - p2 + np.hypot(high1 - p1, p2 - low2)


def variance(counts: Counts) -> Numbers:
    """Of the difference: the larger of the one with two shares and the one with a common share, plus one and one."""
    s1, n1, s2, n2 = counts

    def spread(s: Numbers, n: Numbers) -> Numbers:
        p = (s + 1) / (n + 2)
        return p * (1 - p)

    common = spread(s1 + s2, n1 + n2)
    return np.maximum(spread(s1, n1) / n1 + spread(s2, n2) / n2, common / n1 + common / n2)


def any_day(counts: Counts, alpha: float | Numbers = ALPHA) -> tuple[Numbers, Numbers]:
    """Ends of the interval that holds on all days at once."""
    s1, n1, s2, n2 = counts
    v, tau2, effect = variance(counts), MIXTURE_SD**2, s1 / n1 - s2 / n2
    half = np.sqrt(v * (v + tau2) / tau2 * np.log((v + tau2) / (v * alpha**2)))
    return np.maximum(effect - half, -1), np.minimum(effect + half, 1)


def evidence(counts: Counts) -> Numbers:
    """Log of the e-value against no effect: the likelihood ratio of N(effect; 0, v + tau2) and N(effect; 0, v)."""
    s1, n1, s2, n2 = counts
    v, effect = variance(counts), s1 / n1 - s2 / n2
    return -np.log((v + MIXTURE_SD**2) / v) / 2 - effect**2 / (2 * (v + MIXTURE_SD**2)) + effect**2 / (2 * v)


def corrected_alpha(log_evidence: Numbers) -> Numbers:
    """What each interval leaves out by e-BH, from the evidence of the campaigns along the last axis."""
    n = log_evidence.shape[-1]
    ordered, rank = -np.sort(-log_evidence, axis=-1), np.arange(1, n + 1)
    found = np.where(ordered > np.log(n / (ALPHA * rank)), rank, 1).max(axis=-1)
    alpha: Numbers = ALPHA * found / n
    return alpha


def ratio_p(treated: Numbers, n: Numbers, planned: float) -> Numbers:
    """1 / e that so many of ``n`` are treated under the planned share; e is against a Beta mixture around it."""
    a, b = RATIO_CONCENTRATION * planned, RATIO_CONCENTRATION * (1 - planned)
    log_e = betaln(a + treated, b + n - treated) - betaln(a, b)
    log_e = log_e - treated * np.log(planned) - (n - treated) * np.log(1 - planned)
    return np.exp(-np.maximum(log_e, 0))
