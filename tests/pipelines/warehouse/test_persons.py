"""Linking two ids, and undoing it: every mart counts them for one person, and then is what it was before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines import lock
from pipelines.warehouse import control, dbt, plan
from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

pytestmark = [pytest.mark.dbt, pytest.mark.long]

DELIVERED = {key: rows for key, rows in tiny_community(2, members=40).items() if key[0] != "identity_links"}
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))
LAST = DAYS[-1]
KEPT, MERGED = "m13", "m23"
"""Two ids that are no bots and share no event; the first is the smaller one."""

UNICODE = ("小明", "سارة", "👩🏽‍💻", "Jose\u0301", "Jos\u00e9")
OF_DELIVERIES = (
    "log_coverage", "data_completeness", "alerts", "alert_days", "alert_rules", "member_ids", "relation_checks",
)  # fmt: skip
"""Marts that say which logs were delivered: a link is a delivery of its own."""

OF_ACCOUNTS = ("link_unknown", "joined_day_changes")
"""Rules that judge links, and what was stated of each account: a person of two ids has two accounts."""


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """The community before anybody was linked; not to be changed."""
    house = House(tmp_path_factory.mktemp("apart") / "home")
    house.deliver_all(DELIVERED)
    interactions = [interaction(f"u{number}", LAST, member) for number, member in enumerate(UNICODE)]
    house.deliver("interactions", LAST, interactions, "unicode.jsonl")
    house.run(DAYS)
    return house


@pytest.fixture
def house(apart, tmp_path):
    return apart.copy_to(tmp_path / "home")


def link(one, other, **more):
    return {"member_a": one, "member_b": other, "occurred_at": f"{LAST}T12:00:00"} | more


def events_of(member):
    rows = [row for (log, _), found in DELIVERED.items() if log == "event_participation" for row in found]
    return {row["event_id"] for row in rows if row["member_id"] == member}


def facts(found):
    return {name: n for name, n in found.items() if name.split()[0] not in OF_DELIVERIES}


def judged(house):
    return house.query(f"select * from marts.relation_checks where rule not in {OF_ACCOUNTS} order by all")


def active_days(house, *members):
    listed = ", ".join(f"'{member}'" for member in members)
    return {row[0] for row in house.query(f"select day from marts.fct_member_days where member_id in ({listed})")}


def renamed(rows):
    """Rows as a community would have delivered them that knew one id for both."""
    names = {MERGED: KEPT}
    return [{key: names.get(value, value) for key, value in row.items()} for row in rows]


def test_a_link_gives_the_marts_of_a_community_that_knew_one_id_and_undoing_it_those_before(house, apart, tmp_path):
    merged_days = active_days(apart, MERGED)
    both = active_days(apart, KEPT, MERGED)
    assert len(both) > len(merged_days) > 3
    assert events_of(KEPT)
    assert events_of(MERGED)
    assert not events_of(KEPT) & events_of(MERGED)
    house.deliver("identity_links", LAST, [link(MERGED, KEPT)])
    house.run([LAST])

    assert set(house.stale_days()) == merged_days
    assert active_days(house, KEPT) == both
    assert active_days(house, MERGED) == set()
    assert house.query("select member_id, person_id, linked_day from marts.member_ids order by 1") == [
        (KEPT, KEPT, LAST),
        (MERGED, KEPT, LAST),
    ]
    one_id = House(tmp_path / "one_id")
    one_id.deliver_all({key: renamed(rows) for key, rows in DELIVERED.items()})
    one_id.deliver(
        "interactions", LAST, [interaction(f"u{n}", LAST, member) for n, member in enumerate(UNICODE)], "u.jsonl"
    )
    one_id.run(DAYS)
    assert facts(differences(house, one_id)) == {}
    assert judged(house) == judged(one_id) != judged(apart)
    assert facts(differences(house, apart)) != {}

    house.deliver("identity_links", LAST, [link(KEPT, MERGED, revoked_at=f"{LAST}T18:00:00", source_seq=2)], "r.jsonl")
    house.run([LAST])
    assert merged_days <= set(house.stale_days()) <= both
    assert facts(differences(house, apart)) == {}
    assert house.query("select count(*) from marts.member_ids") == [(0,)]

    house.withdraw("identity_links", LAST)
    house.run([LAST])
    assert house.stale_days() == {}
    assert differences(house, apart) == {}


def test_links_built_step_by_step_are_those_of_a_full_rebuild(house, apart, tmp_path):
    """A chain that closes, is cut in the middle, and takes in ids that no keyboard writes alike."""
    steps = [
        [link("m20", "m13"), link("m31", "m32")],
        [link("m31", "m20"), link(UNICODE[0], UNICODE[2]), link(UNICODE[1], UNICODE[2])],
        [link("m31", "m20", op="delete", source_seq=1), link(UNICODE[3], "m32")],
    ]
    for number, links in enumerate(steps):
        log_day = LAST - timedelta(days=2 - number)
        house.deliver("identity_links", log_day, [row | {"occurred_at": f"{log_day}T12:00:00"} for row in links])
        house.run([log_day])
    persons = dict(house.query("select member_id, person_id from marts.member_ids"))
    chinese, arabic, emoji, two_characters, one_character = UNICODE
    assert persons == {
        "m13": "m13", "m20": "m13", "m31": two_characters, "m32": two_characters, two_characters: two_characters,
        arabic: arabic, chinese: arabic, emoji: arabic,
    }  # fmt: skip
    assert one_character not in persons
    full = house.copy_to(tmp_path / "full")
    full.run([LAST], full=True)
    assert differences(house, full) == {}


def test_what_an_unfinished_run_has_built_is_built_again_though_its_cause_was_withdrawn(house, apart):
    late = interaction("wrong", DAYS[9], KEPT, "like")
    house.deliver("identity_links", LAST, [link(MERGED, KEPT)])
    house.deliver("interactions", LAST, [late], "wrong.jsonl")
    house.run([LAST], completes=False)
    assert active_days(house, MERGED) == set()

    house.withdraw("identity_links", LAST)
    (house.home.landing_day("interactions", LAST) / "wrong.jsonl").unlink()
    house.run([LAST])
    assert set(house.stale_days().values()) == {"unfinished", "persons, unfinished"}
    assert differences(house, apart) == {}


def test_a_run_that_died_once_interactions_lay_under_the_new_person_is_made_up_for(house, apart, tmp_path):
    undisturbed = apart.copy_to(tmp_path / "undisturbed")
    for one in (house, undisturbed):
        one.deliver("identity_links", LAST, [link(MERGED, KEPT)])
    undisturbed.run([LAST])

    stored = "intermediate.int_interactions__member_days"
    with lock.hold(house.home):
        house.accept([LAST])
        control.write_plan(house.home, plan.make_plan(house.home, house.settings, full=False, schedule=lambda *_: ()))
        dbt.build(house.settings, ["+int_interactions__member_days", "-resource_type:test"])
    assert house.query(f"select count(*) from {stored} where member_id = '{MERGED}'") == [(0,)]
    assert active_days(house, MERGED), "what rests on it is as it was"

    house.run([LAST])
    assert differences(house, undisturbed) == {}
