"""Days of judgement: recorded when first named, and never again."""

from datetime import date

import pytest

from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.retention.judgement import record_judgement_days
from pipelines.settings import Settings

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)


@pytest.fixture
def name(tmp_path):
    """Names days when the data reach a day, in a run; returns what is ignored."""

    def _name(through_day, **days):
        settings = Settings(home=tmp_path, judgement_days=days)
        return record_judgement_days(Home(tmp_path), settings, through_day, f"run of {through_day}")

    return _name


def recorded(tmp_path):
    rows = ledger.read(Home(tmp_path), "judgement_days").to_pylist()
    return [(row["campaign_id"], row["judgement_day"], row["named_day"], row["run_id"]) for row in rows]


def test_a_day_is_recorded_with_the_last_day_of_the_data_once(name, tmp_path):
    assert name(MARCH, june=APRIL) == []
    assert name(date(2025, 3, 2), june=APRIL, july=APRIL) == []
    assert recorded(tmp_path) == [
        ("june", APRIL, MARCH, "run of 2025-03-01"),
        ("july", APRIL, date(2025, 3, 2), "run of 2025-03-02"),
    ]


def test_a_day_changed_later_changes_nothing_and_is_said(name, tmp_path):
    name(MARCH, june=APRIL)
    assert name(MARCH, june=date(2025, 5, 1)) == [
        "june keeps 2025-04-01 as its day of judgement: it was named first, 2025-05-01 later"
    ]
    assert name(MARCH) == []
    assert [row[1] for row in recorded(tmp_path)] == [APRIL]


def test_a_day_named_on_it_or_after_it_is_said(name):
    late = "june is judged every morning: its day 2025-04-01 was named when the data reached 2025-04-01"
    assert name(APRIL, june=APRIL) == [late]
