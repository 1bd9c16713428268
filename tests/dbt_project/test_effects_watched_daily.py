"""What becomes of verdicts that are looked at every morning: simulated campaigns, and that the SQL judges as they do.

A campaign gets 20 members a day for 90 days. Its verdict is read each morning from 10 known members per arm on.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.effect_formulas import ALPHA, any_day, corrected_alpha, evidence, newcombe, ratio_p

DAYS, A_DAY, N = 90, 20, 1000


def campaigns(seed, base, effect=0.0, planned=0.5, n=N):
    """Known counts by campaign and day, and the members assigned."""
    rng = np.random.default_rng(seed)
    treated = rng.binomial(A_DAY, planned, (n, DAYS))
    counts = rng.binomial(treated, base + effect), treated, rng.binomial(A_DAY - treated, base), A_DAY - treated
    return tuple(np.cumsum(part, axis=1).astype(float) for part in counts)


def read(counts, interval, **options):
    """Whether each morning says ``works`` and whether it says ``harms``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = interval(counts, **options)
    enough = (counts[1] >= 10) & (counts[3] >= 10)
    return enough & (low > 0), enough & (high < 0)


def ever_wrong(counts, interval):
    works, harms = read(counts, interval)
    return (works | harms).any(axis=1).mean()


NULLS = [(base, planned) for base in (0.1, 0.3, 0.5, 0.8) for planned in (0.5, 0.7)] + [(0.05, 0.9), (0.95, 0.9)]


@pytest.mark.parametrize(("base", "planned"), NULLS)
def test_a_campaign_without_effect_is_hardly_ever_said_to_have_one(base, planned):
    """Of 1,000 at most 5 % in 90 mornings; the interval for one day says it of a fifth to a third."""
    counts = campaigns(1, base, planned=planned)
    assert ever_wrong(counts, any_day) <= 0.05
    assert ever_wrong(counts, newcombe) > 0.2


def test_an_interval_for_one_day_is_right_on_that_day():
    works, harms = read(campaigns(2, 0.5, n=20_000), newcombe)
    assert (works | harms)[:, -1].mean() == pytest.approx(ALPHA, abs=0.006)


@pytest.mark.parametrize("planned", [0.5, 0.7])
@pytest.mark.parametrize("base", [0.1, 0.3, 0.5, 0.8])
def test_ten_points_more_are_still_found(base, planned):
    """With at least 80 % of the chance that one look on day 90 has."""
    counts = campaigns(3, base, 0.1, planned)
    found = read(counts, any_day)[0].any(axis=1).mean()
    assert found >= 0.8 * read(counts, newcombe)[0][:, -1].mean()


@pytest.mark.parametrize(("base", "effect"), [(0.1, 0.1), (0.5, 0.1), (0.8, -0.1)])
def test_the_interval_holds_the_true_effect_on_all_mornings(base, effect):
    counts = campaigns(4, base, effect, 0.7)
    low, high = any_day(counts)
    assert ((low > effect) | (high < effect))[:, 1:].any(axis=1).mean() <= 0.05


@pytest.mark.parametrize(("n_compared", "n_true"), [(5, 0), (5, 1), (20, 4)])
def test_of_many_campaigns_hardly_one_without_effect_is_said_to_have_one(n_compared, n_true):
    """Uncorrected, one of twenty would be so in every fourth house."""
    effects = [0.1] * n_true + [0.0] * (n_compared - n_true)
    parts = [campaigns(5 + place, 0.5, effect, 0.7, n=400) for place, effect in enumerate(effects)]
    counts = tuple(np.stack(part, axis=-1)[:, 1:] for part in zip(*parts, strict=True))
    log_e = evidence(counts)
    found = log_e > -np.log(corrected_alpha(log_e))[..., None]
    assert found[..., n_true:].any(axis=(1, 2)).mean() <= 0.05
    assert not n_true or found[..., :n_true].any(axis=1).mean() > 0.5
    if n_compared == 20:
        assert (log_e > -np.log(ALPHA))[..., n_true:].any(axis=(1, 2)).mean() > 0.15


@pytest.mark.parametrize("planned", [0.5, 0.7, 0.9])
def test_a_fair_draw_is_hardly_ever_called_unbalanced(planned):
    """Below 0.001 at most once in a thousand campaigns, in all 90 mornings; the chi-square test is there 15 times."""
    rng = np.random.default_rng(6)
    n = A_DAY * np.arange(1.0, DAYS + 1)
    treated = rng.binomial(A_DAY, planned, (20_000, DAYS)).cumsum(axis=1)
    assert (ratio_p(treated, n, planned) < 0.001).any(axis=1).mean() <= 0.001
    z = abs(treated - n * planned) / np.sqrt(n * planned * (1 - planned))
    assert (z > 3.2905).any(axis=1).mean() > 0.01


def test_a_draw_that_is_off_by_ten_points_is_found_within_a_month():
    treated = np.random.default_rng(7).binomial(A_DAY, 0.6, (N, 30)).cumsum(axis=1)
    assert (ratio_p(treated, A_DAY * np.arange(1.0, 31), 0.7) < 0.001).any(axis=1).mean() > 0.6
