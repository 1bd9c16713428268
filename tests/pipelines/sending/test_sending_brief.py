"""The brief and the digest: what they say on a full community, on small ones, and what they never say."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipelines.report.parts.text import hours
from pipelines.sending.brief import brief
from pipelines.sending.digest import digest
from pipelines.sending.message import Letter, told
from pipelines.sending.publication import opened
from tests.support.mailroom import Mailroom, database_of, with_publication
from tests.support.report_marts import COMMUNITIES, DAY

pytestmark = pytest.mark.slow

ENGLISH, CHINESE = "en", "zh"
WRONG = re.compile(r"\bNone\b|\bnan\b|\bnull\b|\bNaT\b|\{|\}(?!\})")


def letter(room: Mailroom, kind: str, language: str = ENGLISH, *, names_members: bool = True) -> Letter:
    with opened(room.home, room.settings, DAY) as published:
        made = brief(published, names_members=names_members) if kind == "brief" else digest(published)
    return told(made, language, "link")


def arms(room: Mailroom) -> dict[str, set[str]]:
    with duckdb.connect(str(room.home.published / "analytics.duckdb"), read_only=True) as con:
        rows = con.execute("select arm, member_id from marts.retention_actions where day = ?", [DAY]).fetchall()
    found: dict[str, set[str]] = {"treated": set(), "held_out": set()}
    for arm, member in rows:
        found[arm].add(member)
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", text))


def test_the_brief_says_what_the_pages_say(room):
    made = letter(room, "brief")

    assert made.title == "Gophers: morning brief, Thursday, 19 Nov 2026"
    headings = [title for title, _ in made.sections]
    assert headings[0] == "For today"
    assert "Money" in headings
    assert any(title.startswith("To contact: ") for title in headings)
    text = made.text
    assert "Recurring revenue is 11,050 CNY a month from 103 paying members" in text
    assert "3 paid terms end in the next 7 days (198 CNY + 500 JPY)." in text
    assert "1 term ended in the last 7 days because a payment failed (99 CNY)." in text
    assert text.endswith("\n\nlink")


def test_the_questions_are_those_that_wait_since_the_last_days(room):
    with opened(room.home, room.settings, DAY) as published:
        waits = published.marts.run(
            "w", "select observed_hours from marts.answer_times where is_waiting order by 1"
        ).rows
    sections = letter(room, "brief").sections
    (found,) = [(title, lines) for title, lines in sections if title.startswith("Questions waiting: ")]

    assert found[0] == f"Questions waiting: {len(waits)}, the newest first"
    assert [line.rpartition(", for ")[2] for line in found[1]] == [hours(row["observed_hours"]).en for row in waits[:3]]


def test_three_things_are_numbered_and_the_most_urgent_is_the_first(room):
    things = dict(letter(room, "brief").sections)["For today"]

    assert [thing[:2] for thing in things] == ["1.", "2.", "3."]
    assert things[0].startswith("1. Look at the data before the figures: ")


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_nobody_of_the_control_arm_is_named(room, language):
    made = arms(room)
    assert made["held_out"]

    text = letter(room, "brief", language).text

    assert words(text) & made["treated"]
    assert not words(text) & made["held_out"]


@pytest.mark.parametrize(("language", "shown"), [(ENGLISH, "Ana Li ({})"), (CHINESE, "Ana Li（{}）")])
def test_a_member_is_called_by_name_with_the_id_beside_it(room, language, shown):
    first = "select member_id from marts.retention_actions where arm = 'treated' order by rank limit 1"
    room.change(f"update marts.dim_members set display_name = 'Ana Li' where member_id = ({first})")
    (member,) = [name for name in arms(room)["treated"] if shown.format(name) in letter(room, "brief", language).text]
    assert member


def test_no_member_is_named_where_the_target_or_the_pages_name_none(tmp_path, community):
    listed = set().union(*arms(Mailroom.of(tmp_path / "one", community)).values())
    unnamed = letter(Mailroom.of(tmp_path / "two", community), "brief", names_members=False).text
    few = letter(Mailroom.of(tmp_path / "three", community, least_shown_count=10), "brief").text

    for text in (unnamed, few):
        assert not words(text) & listed
        assert "guildbook retention export" in text


def test_small_counts_are_not_told_where_pages_do_not_tell_them(tmp_path, community):
    text = letter(Mailroom.of(tmp_path / "home", community, least_shown_count=10), "brief").text

    assert "<10 paid terms end" in text
    assert "198 CNY" not in text


@pytest.mark.parametrize("name", COMMUNITIES)
@pytest.mark.parametrize("kind", ["brief", "digest"])
@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_nothing_missing_is_written_as_if_it_were_something(tmp_path, name, kind, language):
    path = with_publication(COMMUNITIES[name](tmp_path / "analytics.duckdb"))

    made = letter(Mailroom.of(tmp_path / "home", path), kind, language)

    hostile = made.text.replace("{{ 7*7 }}", "")
    assert not WRONG.search(hostile), hostile
    assert made.title
    assert all(title and lines and all(lines) for title, lines in made.sections)
    assert "\n\n\n" not in made.text


def test_the_digest_compares_two_weeks(tmp_path):
    parts = ("schema",)
    path = database_of(tmp_path / "analytics.duckdb", *parts)
    with duckdb.connect(str(path)) as con:
        con.execute(
            """
            insert into marts.community_days by name
            select day::date as day, 10 as dau, 20 + i as wau, 30 as mau, i as new_members, 5 as n_interactions,
                0 as resurrected_members, 1 as n_contents
            from range(date '2026-11-06', date '2026-11-20', interval 1 day) as days (day),
                (select 1) as one (x), lateral (select (day::date - date '2026-11-06')::int as i)
            """
        )
    text = letter(Mailroom.of(tmp_path / "home", path), "digest").text

    assert "Active in 7 days · WAU: 33 (+7)" in text  # 20 + 13 against 20 + 6
    assert "Active in 30 days · MAU: 30 (as before)" in text
    assert "Active for the first time: 70 (+49)" in text  # 7 + … + 13 against 0 + … + 6
    assert "Interactions by members: 35 (as before)" in text
    assert "Joined" not in text  # no log says who did
