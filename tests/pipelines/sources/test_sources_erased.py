"""Somebody erased goes from what sources keep, stays away at every further pull, and no row of landing changes."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
from datetime import date

import pytest

from pipelines.erasure.error import ErasureError
from pipelines.erasure.run import erase, resume
from pipelines.lake import ledger
from pipelines.privacy.needles import Needles
from pipelines.sources.alone import alone
from pipelines.sources.configured import read
from pipelines.sources.definition import SourceError
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Answer
from pipelines.sources.kinds import discourse_forget
from tests.support.discourse_server import Forum, post, user
from tests.support.every_byte import holders
from tests.support.house import House
from tests.support.platforms import Reply

pytestmark = pytest.mark.slow

ADA = "forum:u12"
SECRETS = ("ada_l", "Lovelace", "quince", "wombat", "zephyr", "yonder")
"""Parts of her user name, her names, her titles and what she wrote and others quote; nothing else has them."""


def day(number: int) -> str:
    return f"2026-01-{number:02d}T12:00:00.000Z"


def by_ada(id_, topic, number, at, text, **more):
    named = {"username": "ada_l", "name": "Ada Lovelace", "avatar_template": "/user_avatar/f/ada_l/{size}/1.png"}
    return post(id_, topic, number, 12, at, **named, raw=text, cooked=f"<p>{text}</p>", **more)


@pytest.fixture
def forum():
    """Ada asks, answers, edits, likes and pays; Bo quotes and names her."""
    quote = '[quote="ada_l, post:1, topic:5"]\na wombat asks & wins\n[/quote]\nAsk @ada_l.'
    cooked = (
        '<aside class="quote no-group" data-username="ada_l" data-post="1"><blockquote><p>a wombat asks &amp; wins</p>'
        '</blockquote></aside><p>Ask <a class="mention" href="/u/ada_l">@ada_l</a>.</p>'
    )
    reply = {
        "reply_to_user": {"username": "ada_l", "name": "Ada Lovelace", "avatar_template": "/ada_l.png"},
        "topic_slug": "my-quince",
    }
    posts = [
        by_ada(10, 5, 1, day(2), "a wombat asks & wins", topic_title="My quince question"),
        post(
            11,
            5,
            2,
            3,
            day(3),
            topic_title="My quince question",
            raw=quote,
            cooked=cooked,
            **reply,
        ),
        post(12, 6, 1, 1, day(4), topic_title="Of others", raw="Who knows?"),
        by_ada(13, 6, 2, day(5), "zephyr", topic_title="Of others"),
        post(14, 6, 3, 3, day(6), topic_title="Of others", raw=None, cooked="<p>Hi @ada_l &amp; all</p>"),
    ]
    ada = {"username": "ada_l", "name": "Ada Lovelace", "bio_raw": "I am yonder", "email": "ada_l@example.org"}
    users = {id_: user(id_, "2025-12-01T00:00:00.000Z") for id_ in (1, 3)} | {
        12: user(12, "2025-12-01T00:00:00.000Z") | ada
    }
    likes = [(12, 11, day(7)), (3, 10, day(8)), (12, 12, day(8))]
    return Forum(posts, users=users, likes=likes, solved={6: 13}, groups={"payers": [12, 3]}, tags={5: ["sql"]})


def source(url, **more):
    lines = [f"{name}: {value}" for name, value in more.items()]
    return "\n".join(["kind: discourse", url, "requests_per_minute: 60000", "look_back_days: 90", *lines, ""])


@pytest.fixture
def pulled(connected, serving, forum):
    """The forum pulled twice, renamed in between, and ingested."""
    served = serving(lambda asked: _with_names(forum, asked))
    connected.source("forum", source(f"url: {served.url}", plans="{payers: Pro}"))
    connected.pull()
    forum.posts[0] |= {"version": 2, "raw": "a wombat asks & loses", "updated_at": "2026-03-01T20:00:00.000Z"}
    for one in forum.posts[:2]:
        one["topic_title"] = "My other quince"
    forum.users[12]["name"] = "Countess Lovelace"
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    ingest(connected)
    return served


def _with_names(forum, asked):
    """Answer as a real forum does where likes are asked for: by the name that the account has."""
    if asked.path == "/user_actions.json" and asked.query["username"] == "ada_l":
        asked.query["username"] = "user12"
        reply = forum(asked)
        for one in reply.body["user_actions"]:
            one |= {"acting_username": "ada_l", "acting_name": "Ada Lovelace", "username": "user3", "user_id": 3}
        return reply
    return forum(asked)


def ingest(connected):
    days = {date.fromisoformat(path.parent.name) for path in connected.home.landing.glob("*/*/*")}
    House(connected.home.root).accept(sorted(days), logs=("content", "members", "interactions"))


def landed(connected, ids):
    """Every landed row by its file, ids replaced by tombstones, titles of theirs emptied."""
    found = {}
    words = re.compile("|".join(rf"{re.escape(one)}(?!\d)" for one in ids) or "(?!)")
    for path in sorted(connected.home.landing.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for row in rows:
            if row.get("author_id") in ids or row.get("member_id") in ids:
                row |= {name: "" for name in ("title", "display_name", "profile_url") if name in row}
        changed = [{name: words.sub(lambda one: ids[one[0]], value) for name, value in row.items()} for row in rows]
        found[str(path.relative_to(connected.home.landing))] = sorted(map(repr, changed))
    return found


def answers(connected, name="forum"):
    """The text of everything that is kept of a source."""
    paths = sorted((connected.home.fetched / name).rglob("*.jsonl.gz"))
    return "".join(gzip.decompress(path.read_bytes()).decode() for path in paths)


def is_nowhere(connected):
    assert holders(connected.home.root, SECRETS) == set()
    assert not re.search(r'user_id\\?": 12\b', answers(connected))
    assert holders(connected.home.root, [ADA]) == set()


def test_an_erased_member_goes_from_the_answers_and_no_replay_or_pull_brings_them_back(pulled, connected, forum):
    before = landed(connected, {})
    assert {path.partition("/")[0] for path, _ in holders(connected.home.root, SECRETS)} >= {"fetched", "landing"}

    outcome = erase(connected.home, connected.settings, [[ADA]], asked_by="test")

    assert outcome.left == []
    is_nowhere(connected)
    expected = landed(connected, {})
    files = connected.files(quiet=True)
    assert sum(map(len, expected.values())) == sum(map(len, before.values()))

    connected.pull(replay=True)
    is_nowhere(connected)
    assert connected.files(quiet=True) == files

    connected.turn("2026-03-03T12:00:00")
    pulled.asked.clear()
    connected.pull(everything=True)
    is_nowhere(connected)
    assert connected.files() == {name: content for name, content in files.items() if content.count(b"\n") > 1}
    assert [str(one) for one in pulled.asked if "ada" in str(one)] == []


def test_landing_holds_the_tombstone_where_the_id_was_and_nothing_else_changes(pulled, connected):
    before = connected.files()
    rows = {log: connected.rows(log) for log in ("content", "members", "interactions")}
    outcome = erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    mark = outcome.tombstones[ADA]
    assert connected.files().keys() == before.keys()
    content = connected.rows("content")
    assert [row | {"title": "", "author_id": ""} for row in content] == [
        row | {"title": "", "author_id": ""} for row in rows["content"]
    ]
    assert [row["author_id"] for row in content] == [
        mark if row["author_id"] == ADA else row["author_id"] for row in rows["content"]
    ]
    assert {row["title"] for row in content} == {"", "Of others"}
    assert sorted(row["interaction_id"] for row in connected.rows("interactions")) == sorted(
        row["interaction_id"].replace(ADA, mark) for row in rows["interactions"]
    )
    plans = [(row["plan"], row["occurred_at"]) for row in connected.rows("members") if row["member_id"] == mark]
    assert plans == [(row["plan"], row["occurred_at"]) for row in rows["members"] if row["member_id"] == ADA]


def test_an_erasure_that_is_broken_off_is_made_up_for_and_a_pull_meanwhile_brings_nobody_back(pulled, connected):
    seen = []

    def break_off(step):
        seen.append(step)
        if step.startswith("fetched: "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase(connected.home, connected.settings, [[ADA]], asked_by="test", on_step=break_off)
    assert connected.home.erasure_journal.exists()
    files = connected.files()
    connected.turn("2026-03-03T12:00:00")
    connected.pull(everything=True)
    assert connected.files() == files
    assert not re.search(r'user_id\\?": 12\b', newest(connected))

    outcome = resume(connected.home, connected.settings)
    assert outcome.left == []
    is_nowhere(connected)
    assert connected.files() == files


def newest(connected):
    paths = [path for path in connected.home.fetched.rglob("*.jsonl.gz") if path.name > "00000002"]
    return "".join(gzip.decompress(path.read_bytes()).decode() for path in paths)


def test_a_pull_that_fails_keeps_nothing_of_the_erased_and_its_reason_does_not_name_them(pulled, connected, forum):
    erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    files = connected.files()
    pulled.answer = lambda asked: Reply("down", 404) if asked.path == "/latest.json" else _with_names(forum, asked)
    connected.turn("2026-03-03T12:00:00")
    with pytest.raises(SourceError):
        connected.pull(everything=True)
    is_nowhere(connected)
    assert connected.files() == files


def test_the_reason_of_a_failed_pull_loses_the_address_of_the_person(pulled, connected, forum):
    def answer(asked):
        is_hers = asked.query.get("username") == "ada_l"
        return Reply("ada_l is broken", 400) if is_hers else _with_names(forum, asked)

    pulled.answer = answer
    connected.turn("2026-03-03T12:00:00")
    with pytest.raises(SourceError, match="ada_l"):
        connected.pull()
    outcome = erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    is_nowhere(connected)
    (reason,) = [row["reason"] for row in ledger.read(connected.home, "pulls").to_pylist() if row["reason"]]
    assert f"username={outcome.tombstones[ADA]}" in reason


def test_a_pull_under_way_and_an_erasure_exclude_each_other_and_what_a_killed_pull_left_goes(pulled, connected):
    left = connected.home.fetched / ".tables-forum-x1"
    left.mkdir()
    (left / "posts.parquet").write_bytes(b"ada_l")
    with alone(connected.home, "forum"), pytest.raises(ErasureError, match="forum: another pull"):
        erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    assert not connected.home.erasure_journal.exists()
    assert left.exists()
    connected.pull(replay=True)
    assert not left.exists()
    left.mkdir()
    erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    assert not left.exists()


def test_a_topic_that_was_given_to_somebody_else_keeps_its_title_in_their_rows(connected, serving):
    first = by_ada(10, 5, 1, day(2), "a wombat", topic_title="Of both")
    forum = Forum([first])
    connected.source("forum", source(f"url: {serving(forum).url}", likes="false"))
    connected.pull()
    forum.posts[0] = post(10, 5, 1, 3, day(2), topic_title="Of both", version=2, updated_at="2026-03-01T20:00:00.000Z")
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    ingest(connected)
    mark = erase(connected.home, connected.settings, [[ADA]], asked_by="test").tombstones[ADA]
    files = connected.files()
    connected.pull(replay=True)
    assert connected.files() == files
    assert [(row["author_id"], row["title"]) for row in connected.rows("content")] == [
        (mark, ""),
        ("forum:u3", "Of both"),
    ]


def test_answers_of_a_source_whose_file_is_gone_are_named(pulled, connected):
    (connected.home.sources / "forum.yaml").unlink()
    outcome = erase(connected.home, connected.settings, [[ADA]], asked_by="test")
    (said,) = [one for one in outcome.left if "was not gone through" in one]
    assert said.startswith(f"{connected.home.fetched / 'forum'} was not gone through")


def test_what_a_backup_holds_of_the_answers_goes_too(pulled, connected, tmp_path_factory):
    backups = tmp_path_factory.mktemp("backups")
    shutil.copytree(connected.home.root, backups / "monday" / "home")
    settings = connected.settings.model_copy(update={"backups": (backups,)})
    outcome = erase(connected.home, settings, [[ADA]], asked_by="test")
    assert outcome.left == []
    assert holders(backups, [*SECRETS, ADA]) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ask @ada_l, @ada_lx or ada_l@x.org", "Ask @xxxxx, @ada_lx or ada_l@x.org"),
        ("see https://f.example/u/Ada_L/summary.", "see https://f.example/u/xxxxx/summary."),
        (
            '[quote="ada_l, post:1"]\nher own &amp; words\n[/quote] mine',
            '[quote="xxxxx, post:1"]\nxxx xxx xxxxx xxxxx\n[/quote] mine',
        ),
    ],
)
def test_in_what_others_wrote_the_name_goes_letter_for_letter(connected, before, after):
    connected.source("forum", source("url: https://f.example"))
    named = read(connected.home, "forum", connected.settings)
    gone = Gone(connected.home, Needles({ADA: "erased-00aa11bb22cc"}, learned={"forum:@ada_l": "erased-00aa11bb22cc"}))
    answer = Answer("https://f.example/posts.json", "", json.dumps([post(1, 1, 1, 3, day(1), raw=before)]))
    new = discourse_forget.forget(named, "posts", answer, gone)
    assert new.json()[0]["raw"] == after
    assert discourse_forget.forget(named, "posts", new, gone) is new
