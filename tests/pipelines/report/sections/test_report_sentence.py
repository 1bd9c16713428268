"""The sentence of the morning brief: it leads with what is outside its usual range."""

import pytest

from pipelines.report.sections.brief_sentence import sentence
from tests.support.report_marts import CONTEXT

WITHIN = {"dau": (25, 20, 30), "wau": (90, 80, 99), "mau": (200, 190, 210), "stickiness": (0.16, 0.15, 0.17)}


@pytest.mark.parametrize(
    ("other", "lead"),
    [
        ({}, "Every figure is within its usual range. On Thursday"),
        (
            {"wau": (79, 80, 99), "mau": (189, 190, 210)},
            "Below the usual range: WAU 79 (80–99), MAU 189 (190–210). On Thursday",
        ),
        (
            {"mau": (189, 190, 210), "dau": (31, 20, 30)},
            "Below the usual range: MAU 189 (190–210). Above the usual range: DAU 31 (20–30). On Thursday",
        ),
        ({"stickiness": (0.21, 0.2, 0.2)}, "Above the usual range: Stickiness 21% (20%). On Thursday"),
        (
            dict.fromkeys(("dau", "wau", "mau", "joined_members"), (9, 1, 8)),
            "Above the usual range: DAU 9 (1–8), WAU 9 (1–8), MAU 9 (1–8), and 1 more. On Thursday",
        ),
    ],
)
def test_the_sentence_leads_with_what_is_unusual(other: dict[str, tuple[float, float, float]], lead: str) -> None:
    rows = {
        name: {
            "measure": name,
            "amount": amount,
            "lowest": low,
            "highest": high,
            "n_weeks": 8,
            "n_missing": 0,
            "week_before": 13,
        }
        for name, (amount, low, high) in (WITHIN | other).items()
    }
    text = sentence(rows, CONTEXT)
    assert text.en.startswith(lead), text.en
    for without_range in ({"n_weeks": 3}, {"n_missing": 1}):
        unknown = {name: row | without_range for name, row in rows.items()}
        assert sentence(unknown, CONTEXT).en.startswith("On Thursday")
