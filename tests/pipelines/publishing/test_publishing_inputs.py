"""What makes a run publish again, and what does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.gates import verdicts
from pipelines.lake import ledger, versions
from pipelines.publishing import inputs
from pipelines.warehouse.plan import BuildPlan
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction

pytestmark = pytest.mark.slow

PLAN = BuildPlan("code", FIRST, FIRST, "", ())


@pytest.fixture
def house(tmp_path):
    """A home whose only publication is of all that is in the lake."""
    house = House(tmp_path / "home", timezone="UTC")
    house.deliver("interactions", FIRST, [interaction(n, FIRST, f"m{n}") for n in range(5)])
    house.accept([FIRST])
    published(house, "run-1")
    return house


def published(house, run_id):
    inputs.begin(house.home, house.settings, PLAN, run_id)
    number = versions.next_number(house.home)
    (versions.draft_folder(house.home, number) / "site").mkdir()
    versions.publish(house.home, number, kept=3)
    ledger.append(house.home, "publications", [{"version": number, "run_id": run_id, "through_day": FIRST}])


def unchanged(house, plan=PLAN, **settings):
    return inputs.unchanged_since(house.home, house.settings.model_copy(update=settings), plan)


def deliver_more(house):
    house.deliver("interactions", FIRST + timedelta(days=1), [interaction(9, FIRST, "m9")])
    house.accept([FIRST + timedelta(days=1)])


def deliver_the_same_again(house):
    house.deliver("interactions", FIRST, [interaction(n, FIRST, f"m{n}") for n in range(5)], "again.jsonl")
    house.accept([FIRST])


CHANGES = {
    "more rows": deliver_more,
    "a delivery that came again": deliver_the_same_again,
    "a waiver": lambda house: verdicts.waive(house.home, "interactions", FIRST, reason="known", waived_by="ann"),
    "a note on a day": lambda house: house.home.annotations.write_text("day,text\n", encoding="utf-8"),
    "a run that built and did not publish": lambda house: inputs.begin(house.home, house.settings, PLAN, "run-2"),
}


def test_the_same_again_is_nothing_new_and_looking_changes_nothing(house):
    assert [unchanged(house), unchanged(house)] == [1, 1]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_publication_is_made_of_asks_for_another(house, change):
    change(house)
    assert unchanged(house) is None


@pytest.mark.parametrize(
    ("plan", "settings", "is_unchanged"),
    [
        (BuildPlan("other", FIRST, FIRST, "", ()), {}, False),
        (BuildPlan("code", FIRST, FIRST + timedelta(days=1), "", ()), {}, False),
        (BuildPlan("code", FIRST, FIRST, "asked for", ()), {}, False),
        (BuildPlan("code", FIRST, FIRST, "", (FIRST,)), {}, False),
        (PLAN, {"community": "学徒"}, False),
        (PLAN, {"retention_capacity": 7}, False),
        (PLAN, {"targets": {"mau": 500.0}}, False),
        (PLAN, {"threads": 8, "memory_limit": "1GB", "alert_command": "cat", "publications_kept": 9}, True),
    ],
    ids=["transformations", "a new day", "asked for", "training is due", "name", "capacity", "a target",
         "what no page shows"],
)  # fmt: skip
def test_plan_and_settings_decide_too(house, plan, settings, is_unchanged):
    assert unchanged(house, plan, **settings) == (1 if is_unchanged else None)


def test_after_going_back_a_run_publishes_again(house):
    published(house, "run-2")
    assert unchanged(house) == 2
    versions.rollback(house.home)
    assert unchanged(house) is None


def test_other_code_asks_for_another(house, monkeypatch):
    monkeypatch.setattr(inputs, "_CODE", ("models",))
    assert unchanged(house) is None


def test_before_the_first_publication_everything_is_new(tmp_path):
    assert unchanged(House(tmp_path / "home")) is None
