"""Approved drafts: published once at their time, by their target, and found again in the data."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest

from pipelines.sending.pieces import piece_lines
from pipelines.sending.ways.discourse import external_id
from pipelines.sending.ways.post import Payload
from tests.support.mailroom import MORNING
from tests.support.platforms import Reply, platform

pytestmark = pytest.mark.slow

HEAD = {"title": "Why we moved to uv", "status": "approved", "target": "site"}
BODY = "# Hello\n\nA **bold** word for @everyone.\n"
APPROVED = "---\ntitle: a\nstatus: approved\npublish_at: 2026-11-20\ntarget: {target}\n---\nb"
USED = "insert into marts.content_performance by name select '{}' as content_id, 41 as n_reads, 7 as n_interactions"
READ = """
insert into marts.activity_hours by name
select through_day - days as day, hour, n_reads, n_anonymous_reads
from marts.publication, (
    values (8, 40, 10, 2), (20, 50, 20, 3), (21, 70, 0, 27), (9, 900, 0, 28)
) as r (hour, n_reads, n_anonymous_reads, days)
"""


def write(room, name="uv", body=BODY, changed=MORNING, **head):
    lines = [f"{key}: {value}" for key, value in (HEAD | head).items() if value is not None]
    path = room.home.drafts / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["---", *lines, "---", "", body]), encoding="utf-8")
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    return path


@pytest.fixture
def site(room):
    """A webhook that says which id a piece got."""
    with platform(lambda _: Reply({"id": "c1"})) as running:
        room.target("site", f"kind: post\nurl: {running.url}/posts\ncontent: [failures]\n")
        yield running


def told(outcomes):
    return [(one.key, one.what, one.said) for one in outcomes]


def test_an_approved_draft_is_posted_at_its_time_and_once(room, site):
    write(room, publish_at="2026-11-20 09:30", channel="blog", tags="[python, tools]")

    assert told(room.send(MORNING)) == [("draft:uv", "waits", "until 2026-11-20 09:30")]
    assert told(room.send(MORNING.replace(hour=9, minute=30))) == [("draft:uv", "sent", "c1")]
    write(room, publish_at="2026-11-20 09:30", body="Changed since.")
    assert room.send(MORNING.replace(hour=10)) == []

    (asked,) = site.asked
    made = Payload.model_validate_json(asked.body)
    assert (made.kind, made.title, made.text) == ("draft", "Why we moved to uv", BODY.strip())
    assert (made.channel, made.tags) == ("blog", ["python", "tools"])
    assert asked.headers["Idempotency-Key"] == "draft:uv"


def test_without_a_time_it_waits_for_the_hour_in_which_most_is_read(room, site):
    room.change(READ)
    write(room)

    assert told(room.send(MORNING)) == [("draft:uv", "waits", "until 2026-11-20 20:00")]
    assert told(room.send(MORNING.replace(hour=20))) == [("draft:uv", "sent", "c1")]


def test_what_is_approved_after_that_hour_waits_for_the_next_day(room, site):
    room.change(READ)
    write(room, changed=MORNING.replace(hour=21))
    assert told(room.send(MORNING.replace(hour=22))) == [("draft:uv", "waits", "until 2026-11-21 20:00")]


def test_where_nothing_is_known_of_reading_a_time_is_asked_for(room, site):
    write(room)
    (failed,) = room.send()
    assert (failed.what, failed.said) == (
        "failed",
        "uv.md: nothing is known of when people read, so give publish_at",
    )


def test_a_draft_that_is_not_approved_stays(room, site):
    write(room, status="draft", publish_at="2026-11-20 01:00")
    assert room.send() == []
    assert site.asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no head", "uv.md: begin with a line ---"),
        ("---\ntitle: a\n", "uv.md: begin with a line ---"),
        ("---\ntitle: a\ntarget: site\nstat: x\n---\nb", "stat (line 4): no such key; did you mean status?"),
        ("---\ntarget: site\n---\nb", "title: is required"),
        ("---\ntitle: a\ntarget: site\npublish_at: soon\n---\nb", "publish_at (line 4): write a time such as"),
        ("---\ntitle: a\ntarget: site\n---\n\n", "uv.md: there is no text"),
        (APPROVED.format(target="nobody"), "there is no target nobody"),
        (APPROVED.format(target="team"), "team publishes nothing"),
    ],
)
def test_a_draft_that_breaks_a_rule_is_told_and_keeps_no_other(room, site, text, said):
    room.target("team", "kind: file\ncontent: [failures]\n")
    write(room, "good", publish_at="2026-11-20 01:00")
    write(room, "uv").write_text(text, encoding="utf-8")

    outcomes = {one.key: one for one in room.send()}

    assert outcomes["draft:good"].what == "sent"
    assert said in outcomes["draft:uv"].said


@pytest.fixture
def forum(room):
    def answer(asked):
        if asked.path == "/site.json":
            return Reply({"categories": [{"id": 3, "name": "Field Notes", "slug": "field-notes"}]})
        if asked.method == "POST":
            return Reply({"id": 900, "topic_id": 70})
        return Reply({"errors": ["no"]}, 404)

    with platform(answer) as running:
        (room.home.root / "settings.env").write_text("FORUM_KEY=k\n")
        room.target("site", f"kind: discourse_topic\nurl: {running.url}/\ncategory: 5\nsecrets: {{key: FORUM_KEY}}\n"
                            "content: [failures]\n")  # fmt: skip
        yield running


@pytest.mark.parametrize(("channel", "category"), [(None, 5), ("Field Notes", 3), ("field-notes", 3), ("12", 12)])
def test_a_forum_gets_the_author_s_own_words_in_the_channel_s_category(room, forum, channel, category):
    write(room, publish_at="2026-11-20 01:00", channel=channel)

    assert told(room.send()) == [("draft:uv", "sent", f"{forum.url}/p/900")]

    body = json.loads(forum.asked[-1].body)
    assert (body["title"], body["raw"]) == ("Why we moved to uv", BODY.strip())
    assert (body["category"], body["external_id"]) == (category, "guildbook-draft-uv")


def test_a_channel_that_the_forum_has_not_is_told(room, forum):
    write(room, publish_at="2026-11-20 01:00", channel="Nowhere")
    (failed,) = room.send()
    assert "the forum has no category Nowhere" in failed.said


def test_names_that_a_forum_would_not_take_are_told_apart():
    long = [external_id(f"draft:{'a' * 60}{end}") for end in ("1", "2")]
    odd = [external_id(f"draft:{name}") for name in ("ä", "ö")]
    assert len({*long, *odd}) == 4
    assert all(len(one) <= 50 and one.replace("-", "").isalnum() and one.isascii() for one in (*long, *odd))


def test_a_published_piece_is_found_again_by_the_id_that_its_source_gives_it(room, forum):
    write(room, publish_at="2026-11-20 01:00")
    write(room, "later", publish_at="2026-11-23 10:00")
    write(room, "idea", status="draft")
    room.send()
    assert "published 20" in piece_lines(room.home, room.settings)[2]
    assert piece_lines(room.home, room.settings)[2].endswith(f"by site, {forum.url}/p/900")

    room.home.sources.mkdir()
    (room.home.sources / "forum.yaml").write_text(f"kind: discourse\nurl: {forum.url}\n")
    idea, later, uv = piece_lines(room.home, room.settings)
    assert idea == "idea: waits for status: approved"
    assert later == "later: goes out 2026-11-23 10:00 by site"
    assert uv.endswith("content forum:p900, not in the data yet")

    room.change(USED.format("forum:p900"))
    assert piece_lines(room.home, room.settings)[2].endswith("content forum:p900, 41 reads, 7 interactions")


def test_a_webhook_may_say_which_id_the_piece_will_have(room, site):
    room.change(USED.format("piece-1"))
    site.answer = lambda _: Reply({"id": "piece-1"})
    write(room, publish_at="2026-11-20 01:00")
    room.send()
    (line,) = piece_lines(room.home, room.settings)
    assert line.endswith("content piece-1, 41 reads, 7 interactions")


def test_a_draft_that_failed_is_tried_again(room, site):
    site.answer = lambda _: Reply("", 503)
    write(room, publish_at="2026-11-20 01:00")
    assert [one.what for one in room.send()] == ["failed"]
    assert "failed after 1 tries: 127.0.0.1 says 503" in piece_lines(room.home, room.settings)[0]
    site.answer = lambda _: Reply({"id": "c1"})
    assert [one.what for one in room.send(MORNING + timedelta(hours=1))] == ["sent"]
