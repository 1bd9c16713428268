"""Which links are proposed where all member ids changed at once."""

import duckdb
import pytest

from pipelines.identity.proposals import PROPOSED


def proposed(spans, breaks=("2026-09-01",)):
    """Pairs of old and new id; ``spans`` gives first and last active day of each id."""
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute("create table marts.data_completeness (day date, is_identity_break boolean)")
        con.execute("create table marts.fct_member_days (member_id varchar, day date, is_active boolean)")
        con.execute("insert into marts.data_completeness values ('2026-09-03', false)")
        for day in breaks:
            con.execute("insert into marts.data_completeness values (?, true)", [day])
        for member, days in spans.items():
            for day in days:
                con.execute("insert into marts.fct_member_days values (?, ?, true)", [member, day])
        return [(old, new) for _, old, new in con.execute(PROPOSED).fetchall()]


BEFORE, AFTER = ("2026-07-01", "2026-08-31"), ("2026-09-01", "2026-10-01")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ana", "ana!a@host.example"),
        ("Ana", "ana"),
        ("ana", "ana@example.org"),
        ("ana@example.org", "ana"),
        ("ana", "irc:Ana"),
        ("王小明", "王小明!x@host"),
        ("chat:ana", "chat:ana!a@host.example"),
        ("chat:ana", "ana"),
    ],
)
def test_a_new_id_that_contains_the_old_one_is_proposed(old, new):
    assert proposed({old: BEFORE, new: AFTER}) == [(old, new)]


@pytest.mark.parametrize(
    "spans",
    [
        {"ana": BEFORE, "anabel!a@host": AFTER},
        {"ana": BEFORE, "bo!ana@host": AFTER},
        {"ana": (*BEFORE, "2026-09-05"), "ana!a@host": AFTER},
        {"ana": BEFORE, "ana!a@host": (*BEFORE, *AFTER)},
        {"ana@a.example": BEFORE, "ana@b.example": BEFORE, "ana": AFTER},
    ],
    ids=["only a part of a name", "the user, not the nick", "the old id goes on", "was there before", "two would fit"],
)
def test_what_is_not_clear_is_not_proposed(spans):
    assert proposed(spans) == []


def test_one_nick_from_two_hosts_is_one_person_and_flagged_days_in_a_row_are_one_change():
    spans = {"ana": BEFORE, "ana!a@home": AFTER, "ana!a@work": ("2026-09-02",), "bo": (*BEFORE, "2026-09-01")}
    spans["bo!b@host"] = ("2026-09-02",)
    assert proposed(spans, ["2026-09-01", "2026-09-02"]) == [
        ("ana", "ana!a@home"), ("ana", "ana!a@work"), ("bo", "bo!b@host"),
    ]  # fmt: skip


def test_without_a_change_of_ids_nothing_is_proposed():
    assert proposed({"ana": BEFORE, "ana!a@host": AFTER}, []) == []
