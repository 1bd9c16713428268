"""Whether members all got other ids: made-up communities, one true renaming and each kind of false alarm."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from tests.support.compiled_model import CompiledModel

START = date(2025, 1, 1)
JUDGED = ("day", "n_regulars_before", "n_regulars_returned", "is_identity_break")

Days = list[set[str]]
"""Who was active, day by day."""


@pytest.fixture(scope="module")
def models(project):
    newcomers = CompiledModel(project, "int_community__newcomers", ["marts.community_days"])
    tables = ("intermediate.int_community__newcomers", "marts.fct_member_days", "intermediate.int_members__first_days")
    breaks = CompiledModel(project, "int_community__identity_breaks", tables)
    yield newcomers, breaks
    newcomers.close()
    breaks.close()


def breaks_of(models, days: Days):
    """Day by its number -> whether ids changed on it, of those that are asked about."""
    newcomers, breaks = models
    dates = [START + timedelta(days=n) for n in range(len(days))]
    first = {member: day for day, members in reversed(list(zip(dates, days, strict=True))) for member in members}
    new = Counter(first.values())
    counts = [{"day": day, "dau": len(who), "new_members": new[day]} for day, who in zip(dates, days, strict=True)]
    columns = ("day", "n_active_days", "is_jump")
    jumps = [dict(zip(columns, row, strict=True)) for row in newcomers.rows(*columns, community_days=counts)]
    member_days = [
        {"member_id": one, "day": day, "is_active": True} for day, who in zip(dates, days, strict=True) for one in who
    ]
    firsts = [{"member_id": one, "first_active_day": day} for one, day in first.items()]
    rows = breaks.rows(
        *JUDGED, int_community__newcomers=jumps, fct_member_days=member_days, int_members__first_days=firsts
    )
    return {(row[0] - START).days: row[3] for row in rows}


def first_break(models, days: Days) -> int:
    """The first day of a break; a day or two after it may be flagged too, as the last come back under new ids."""
    found = [n for n, is_break in breaks_of(models, days).items() if is_break]
    assert max(found) - min(found) <= 2
    return min(found)


def community(n_members: int, n_days: int, chance: float = 0.5, seed: int = 1) -> Days:
    """Each member is active on a day with this chance, and a new one comes every tenth day."""
    luck = random.Random(seed)
    return [
        {f"nick{m}" for m in range(n_members) if luck.random() < chance} | ({f"late{n}"} if n % 10 == 0 else set())
        for n in range(n_days)
    ]


def renamed(who: set[str]) -> set[str]:
    return {f"{one}!user@host" for one in who}


def test_a_renaming_is_seen_after_an_outage_with_nine_active_days_and_fifteen_active_members(models):
    days = community(30, 90)
    days[40:58] = [set() for _ in range(18)]
    days[67:] = [renamed(who) for who in days[67:]]
    assert first_break(models, days) == 67


def test_a_renaming_across_an_outage_is_seen_on_the_first_day_after_it(models):
    days = community(30, 90)
    days[50:68] = [set() for _ in range(18)]
    days[68:] = [renamed(who) for who in days[68:]]
    assert first_break(models, days) == 68


def test_a_renaming_in_the_middle_of_a_day_is_seen(models):
    days = community(30, 80)
    days[50] = {one for one in days[50] if one < "nick2"} | renamed({one for one in days[50] if one >= "nick2"})
    days[51:] = [renamed(who) for who in days[51:]]
    assert breaks_of(models, days)[50] is True


@pytest.mark.parametrize(("n_members", "is_seen"), [(12, True), (6, False)])
def test_a_small_community_is_judged_where_its_number_is_enough(models, n_members, is_seen):
    days = community(n_members, 80, chance=0.9)
    days[50:] = [renamed(who) for who in days[50:]]
    assert breaks_of(models, days)[50] is is_seen


def test_a_renaming_is_judged_when_seven_active_days_have_come(models):
    days = community(30, 80)
    days[50:] = [renamed(who) for who in days[50:]]
    assert breaks_of(models, days[:57])[50] is None
    assert breaks_of(models, days[:58])[50] is True


def spam_wave(days: Days) -> None:
    """Two hundred ids a day that come once, for twelve days."""
    for n in range(50, 62):
        days[n] |= {f"spam{n}_{m}" for m in range(200)}


def busy_day(days: Days) -> None:
    """A conference: sixty newcomers, of whom every third stays."""
    days[50] |= {f"guest{m}" for m in range(60)}
    for n in range(51, len(days)):
        days[n] |= {f"guest{m}" for m in range(n % 3, 60, 9)}


def holiday(days: Days) -> None:
    """Everyone is away for two weeks; a few newcomers look in."""
    for n in range(50, 64):
        days[n] = {f"visitor{n}"} if n % 2 else set()


def quiet_newcomers(days: Days) -> None:
    """Most of the few who are active on one day are new."""
    days[50] = {"nick1", "new1", "new2"}


@pytest.mark.parametrize("happens", [spam_wave, busy_day, holiday, quiet_newcomers])
@pytest.mark.parametrize("n_members", [8, 30, 150])
def test_newcomers_are_no_break_while_old_ids_go_on(models, happens, n_members):
    days = community(n_members, 100)
    happens(days)
    asked = breaks_of(models, days)
    assert 50 in asked or 51 in asked or n_members == 150
    assert not any(asked.values())
