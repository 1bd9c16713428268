"""Changes against the period before: in the metric's unit, good where its direction is, none of what is not known."""

from __future__ import annotations

import pytest

from pipelines.metrics.metric import catalogue
from pipelines.report.parts.changes import change, of_tile
from pipelines.report.parts.few import Count, Share


@pytest.mark.parametrize(
    ("key", "now", "before", "said", "tone"),
    [
        ("payers", 190, 200, "\N{MINUS SIGN}10", "bad"),
        ("payer_churn_rate", 0.12, 0.05, "+7.0 points", "bad"),
        ("payer_churn_rate", 0.0503, 0.05, "no change", "neutral"),
        ("show_up_rate", 0.75, 0.5, "+25.0 points", "good"),
        ("median_response_hours", 3.5, 5.0, "\N{MINUS SIGN}1.5 hours", "good"),
        ("mrr", 1_100_000, 1_000_000, "+1,000", "good"),
        ("mrr", 1_000_020, 1_000_000, "no change", "neutral"),
        ("quick_ratio", 1.52, 1.5, "no change", "neutral"),
        ("terms_due", 30, 20, "+10", "neutral"),
        ("payers", None, 200, "–", "neutral"),
        ("payers", 190, None, "–", "neutral"),
        ("payers", Count(12, 5), Count(10, 5), "<5", "good"),
        ("show_up_rate", Share(0.5, is_hidden=True), 0.4, "–", "neutral"),
    ],
)
def test_a_change_is_in_the_unit_of_its_metric(key, now, before, said, tone):
    found, colour = change(catalogue()[key], now, before, "CNY")
    assert (getattr(found, "en", found), colour) == (said, tone)


def test_a_tile_has_no_change_where_none_is_known():
    assert of_tile("payers", 190, None) == {}
    assert of_tile("payers", 190, 200)["change"].en == "\N{MINUS SIGN}10"
