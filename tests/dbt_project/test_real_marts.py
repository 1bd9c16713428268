"""The marts of real communities say what plain Python counts in the exports themselves.

Reads ../shared/data and skips where it is absent. The two ways share no code:
``plain_figures`` reads the XML and the CSV.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pipelines.connectors import import_stackexchange, import_table
from pipelines.connectors import landing as landing_module
from pipelines.connectors.mapping import read_mapping
from pipelines.settings import PROJECT_DIR
from tests.support.house import House
from tests.support.plain_figures import (
    active_by_rsvp,
    contributions_of,
    dependence_on_few,
    hours_until,
    joined_by_day,
    questions_of,
    rsvps_of,
)
from tests.support.tiny_logs import days_between

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.connectors import ImportReport
    from tests.support.plain_figures import Question

DATA = PROJECT_DIR.parent / "shared" / "data"
A_SECOND = 1 / 3600
"""The marts count whole seconds."""

pytestmark = [
    pytest.mark.dbt,
    pytest.mark.long,
    pytest.mark.skipif(not DATA.is_dir(), reason="real exports are not at ../shared/data"),
]


@dataclass(frozen=True)
class Site:
    """A Stack Exchange site: the archive, the house built from it, and its questions counted from the XML."""

    archive: Path
    house: House
    questions: list[Question]


def built(folder: Path, bring_in: Callable[[House], ImportReport], **more: bool) -> tuple[House, ImportReport]:
    """Import an export and run every day of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing_module, "sync", lambda path: None)
        house = House(folder, timezone="UTC", **more)
        report = bring_in(house)
    house.run(days_between(report.first_day, report.last_day))
    return house, report


@pytest.fixture(scope="module", params=["cardano", "quantum"])
def site(request, tmp_path_factory):
    archive = DATA / "stackexchange" / f"{request.param}.tar.xz"
    folder = tmp_path_factory.mktemp(request.param)
    house, report = built(folder, lambda house: import_stackexchange(archive, house.home.landing, "UTC"))
    return Site(archive, house, questions_of(archive, report.last_day))


@pytest.fixture(scope="module")
def meetup(tmp_path_factory):
    mapping = PROJECT_DIR / "docs" / "mappings" / "meetup.yaml"
    folder = tmp_path_factory.mktemp("meetup")
    settings = read_mapping(mapping).settings.model_dump(exclude_none=True)
    return built(folder, lambda house: import_table(mapping, house.home.landing, "UTC", DATA / "meetup"), **settings)[0]


def test_questions_are_answered_and_accepted_as_often_as_the_dump_says(site):
    found = site.house.query(
        "select coalesce(month, '0001-01-01'), n_questions, n_responded, n_judged, "
        "n_answered_within_7_days, n_resolved from marts.answer_months"
    )
    months = defaultdict(list, {"0001-01-01": site.questions})
    for question in site.questions:
        months[f"{question.asked:%Y-%m}-01"].append(question)
    assert {str(row[0]): row[1:] for row in found} == {
        month: (
            len(questions),
            sum(one.waited is not None for one in questions),
            sum(one.is_judged for one in questions),
            sum(one.is_judged and one.waited is not None and one.waited <= 7 * 24 for one in questions),
            sum(one.is_judged and one.is_accepted for one in questions),
        )
        for month, questions in months.items()
    }
    assert len(site.questions) > 600


def test_every_accepted_answer_of_these_dumps_has_its_vote(site):
    """An accept without one would be left out of the marts, as nothing tells its day."""
    assert [one for one in site.questions if one.is_accepted != one.has_accept_vote] == []


def test_the_wait_for_an_answer_is_kaplan_and_meiers(site):
    ((median, p90),) = site.house.query("select median_hours, p90_hours from marts.answer_months where period = 'all'")
    assert median == pytest.approx(hours_until(0.5, site.questions), abs=A_SECOND)
    assert p90 == pytest.approx(hours_until(0.9, site.questions), abs=A_SECOND)
    answered = sorted(one.waited for one in site.questions if one.waited is not None)
    assert median > answered[len(answered) // 2 - 1] + A_SECOND, "leaving out the unanswered would make it shorter"


def test_the_community_depends_on_as_few_as_the_dump_says(site):
    found = site.house.query(
        "select coalesce(month, '0001-01-01'), n_contributions, n_contributors, n_members_for_half, top_10_share "
        "from marts.contributor_concentration"
    )
    months = defaultdict(list)
    for who, day in contributions_of(site.archive):
        months["0001-01-01"].append(who)
        months[f"{day:%Y-%m}-01"].append(who)
    expected = {month: dependence_on_few(contributors) for month, contributors in months.items()}
    assert {str(row[0]): row[1:4] for row in found} == {month: few[:3] for month, few in expected.items()}
    assert {str(row[0]): row[4] for row in found} == pytest.approx({month: few[3] for month, few in expected.items()})


def test_meetups_are_answered_as_the_export_says(meetup):
    found = meetup.query("select event_id, n_registered, n_cancelled, funnel_registered from marts.event_performance")
    assert {event_id: counts for event_id, *counts in found} == {
        f"meetup:e{event_id}": [
            len(answers.registered),
            len(answers.registered & answers.cancelled),
            len(answers.registered),
        ]
        for event_id, answers in rsvps_of(DATA / "meetup").items()
    }
    assert sum(row[1] for row in found) > 7000


def test_who_registered_for_a_meetup_was_active_that_day(meetup):
    found = dict(meetup.query("select day, dau from marts.community_days where dau > 0"))
    expected = {day: len(members) for day, members in active_by_rsvp(DATA / "meetup").items()}
    assert found == expected
    assert sum(found.values()) > 6000


def test_nothing_is_said_about_who_came_where_nobody_wrote_it_down(meetup):
    """The export holds answers only: no show-up, no repeat rate, no influence, and no zero in their place."""
    columns = (
        "n_attended", "n_no_show", "funnel_attended", "n_participants", "show_up_rate", "show_up_high", "repeat_rate",
        "influence", "response_rate", "csat",
    )  # fmt: skip
    counts = ", ".join(f"count({column})" for column in columns)
    assert meetup.query(f"select {counts} from marts.event_performance") == [(0,) * len(columns)]


def test_members_who_joined_without_an_interaction_are_counted_on_their_day(meetup):
    found = dict(meetup.query("select day, joined_members from marts.community_days where joined_members > 0"))
    assert found == joined_by_day(DATA / "meetup")
    assert sum(found.values()) == 1757
