"""A Discourse forum on loopback: everything at first, then what is new, changed and gone; and nothing half-done."""

from __future__ import annotations

import pytest

from pipelines.sources.definition import SourceError
from tests.support.discourse_server import MANY, Forum, post, user
from tests.support.platforms import Reply

pytestmark = pytest.mark.slow


def day(number: int) -> str:
    """Noon of a day of January or February 2026."""
    return f"2026-{1 + number // 31:02d}-{1 + number % 31:02d}T12:00:00.000Z"


@pytest.fixture
def forum():
    """130 posts of ten members in 26 topics, two a day; the first of each topic is a question."""
    made = [
        post(10 + 2 * n, 1 + n // 5, 1 + n % 5, 1 + n % 10, day(n // 3), category_id=5 if n < 100 else 6)
        for n in range(130)
    ]
    users = {id_: user(id_, "2025-12-01T00:00:00.000Z") for id_ in range(1, 12)}
    return Forum(made, users=users, categories={5: "Help", 6: "Staff room"})


@pytest.fixture
def pulled(connected, serving, forum):
    """The forum pulled once."""
    server = serving(forum)
    text = f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\nlook_back_days: 20\n"
    connected.source("forum", text)
    report = connected.pull()
    return server, report


def asked(server, path):
    return [str(one) for one in server.asked if one.path.startswith(path)]


def test_the_first_pull_brings_every_post_once_with_its_thread(pulled, connected, forum):
    content = connected.rows("content")
    assert sorted(row["content_id"] for row in content) == sorted(f"forum:p{one['id']}" for one in forum.posts)
    by_id = {row["content_id"]: row for row in content}
    assert by_id["forum:p10"] | {"day": ""} == {
        "day": "",
        **{"content_id": "forum:p10", "occurred_at": "2026-01-01T12:00:00Z", "kind": "question"},
        **{"published_at": "2026-01-01T12:00:00Z", "author_id": "forum:u1", "parent_id": "", "root_id": ""},
        **{"channel": "Help", "title": "Topic 1", "n_chars": "20", "tags": "", "accepted_answer_id": ""},
        **{"deleted_at": "", "source": "forum", "source_seq": "1"},
    }
    answer = by_id["forum:p12"]
    assert (answer["kind"], answer["parent_id"], answer["root_id"]) == ("answer", "forum:p10", "forum:p10")
    assert {row["day"] for row in content} == {one["created_at"][:10] for one in forum.posts}


def test_members_come_with_the_day_they_joined(pulled, connected):
    members = connected.rows("members")
    assert sorted(row["member_id"] for row in members) == sorted(f"forum:u{id_}" for id_ in range(1, 11))
    assert {row["joined_at"] for row in members} == {"2025-12-01T00:00:00Z"}
    server, _ = pulled
    (ana,) = [row for row in members if row["member_id"] == "forum:u1"]
    assert (ana["display_name"], ana["profile_url"]) == ("User 1", f"{server.url}/u/user1")


def test_the_next_pull_asks_for_the_last_days_alone_and_changes_nothing(pulled, connected):
    server, _ = pulled
    files = connected.files()
    server.asked.clear()
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    assert asked(server, "/posts") == ["/posts.json", "/posts.json?before=169"]
    assert asked(server, "/u/") == []
    assert connected.files() == files


def test_new_and_changed_posts_come_and_old_rows_stay_as_they_were(pulled, connected, forum):
    before = connected.files()
    newest = forum.posts[-1]
    newest |= {"raw": "longer" * 100, "version": 2, "updated_at": "2026-03-01T20:00:00.000Z"}
    forum.posts.append(post(900, 1, 6, 11, "2026-03-01T21:00:00.000Z", reply_to_post_number=3))
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    new = [row for row in connected.rows("content") if row["day"] == "2026-03-01"]
    assert [(row["content_id"], row["kind"], row["parent_id"], row["source_seq"]) for row in new] == [
        (f"forum:p{newest['id']}", "answer", f"forum:p{forum.posts[-6]['id']}", "2"),
        ("forum:p900", "comment", "forum:p14", "1"),
    ]
    assert new[0]["n_chars"] == "600"
    now = connected.files()
    assert {name: now[name] for name in before if name.startswith("content")} == {
        name: content for name, content in before.items() if name.startswith("content")
    }


def test_a_post_that_is_gone_is_taken_down_and_one_that_comes_back_is_not(pulled, connected, forum):
    gone = forum.posts.pop(-2)
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    state = [row for row in connected.rows("content") if row["content_id"] == f"forum:p{gone['id']}"][-1]
    assert (state["day"], state["deleted_at"], state["source_seq"]) == ("2026-03-02", "2026-03-02T12:00:00Z", "2")
    forum.posts.append(gone)
    connected.turn("2026-03-03T12:00:00")
    connected.pull()
    state = [row for row in connected.rows("content") if row["content_id"] == f"forum:p{gone['id']}"][-1]
    assert (state["day"], state["deleted_at"], state["source_seq"]) == ("2026-03-03", "", "3")


def test_days_on_which_nothing_happened_are_quiet_and_not_missing(pulled, connected):
    connected.turn("2026-03-03T12:00:00")
    connected.pull()
    quiet = [name for name, text in connected.files(quiet=True).items() if text.count(b"\n") == 1]
    assert quiet == [
        f"{log}/2026-{day}/forum.csv"
        for log in ("content", "interactions", "members")
        for day in ("02-28", "03-01", "03-02")
    ]
    files = connected.files(quiet=True)
    connected.pull(replay=True)
    assert connected.files(quiet=True) == files


def test_many_posts_gone_at_once_are_a_warning_and_not_removed(pulled, connected, forum):
    before = connected.files()
    forum.posts = [one for one in forum.posts if one["category_id"] != 6]
    connected.turn("2026-03-02T12:00:00")
    report = connected.pull(everything=True)
    assert [text for text in report.remarks if "came on" in text] == [
        "forum: of 130 posts that earlier pulls saw, 100 came on 2026-03-02: look whether the key may still read every "
        "category; the other 30 are not taken as removed"
    ]
    assert connected.files() == before


def test_tags_and_the_accepted_answer_come_with_the_question(connected, serving, forum):
    forum.tags = {1: ["duckdb", {"name": "python"}]}
    forum.solved = {1: 14}
    server = serving(forum)
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n")
    connected.pull()
    states = [row for row in connected.rows("content") if row["content_id"] == "forum:p10"]
    assert [(row["tags"], row["accepted_answer_id"], row["source_seq"]) for row in states] == [
        ("duckdb|python", "", "1"),
        ("duckdb|python", "forum:p14", "2"),
    ]
    forum.solved = {1: 12}
    forum.posts.append(post(900, 1, 6, 3, "2026-03-01T21:00:00.000Z"))  # a topic without activity is not asked for
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    newest = [row for row in connected.rows("content") if row["content_id"] == "forum:p10"][-1]
    assert (newest["day"], newest["accepted_answer_id"], newest["source_seq"]) == ("2026-03-02", "forum:p12", "3")


def test_likes_come_with_who_and_when_and_the_others_are_counted(connected, serving, forum):
    forum.likes = [(2, 10, "2026-01-05T10:00:00.000Z"), (3, 10, "2026-01-06T10:00:00.000Z")]
    forum.posts[0]["actions_summary"] = [{"id": 2, "count": 3}]
    server = serving(forum)
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n")
    report = connected.pull()
    assert [(row["day"], row["member_id"], row["content_id"]) for row in connected.rows("interactions")] == [
        ("2026-01-05", "forum:u2", "forum:p10"),
        ("2026-01-06", "forum:u3", "forum:p10"),
    ]
    assert [text for text in report.remarks if "likes" in text] == [
        "forum: posts have 3 likes, of which 2 say who and when and are taken; the others are left out"
    ]


def test_a_key_shows_all_members_their_roles_and_their_plans(connected, serving, forum, monkeypatch):
    monkeypatch.setenv("FORUM_KEY", "k")
    forum.groups = {"supporters": [11, 2]}
    forum.users[1]["admin"] = True
    forum.users[3]["moderator"] = True
    forum.users[4]["suspended_till"] = "2026-12-01T00:00:00.000Z"
    server = serving(forum)
    connected.source(
        "forum",
        f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n"
        "secrets: {api_key: FORUM_KEY}\nplans: {supporters: Supporter}\n",
    )
    connected.pull()
    last = {row["member_id"]: row for row in connected.rows("members")}
    assert len(last) == 11
    assert {id_: last[f"forum:u{id_}"]["role"] for id_ in (1, 2, 3)} == {1: "staff", 2: "member", 3: "moderator"}
    assert last["forum:u4"]["status"] == "banned"
    assert (last["forum:u11"]["day"], last["forum:u11"]["plan"]) == ("2026-03-01", "Supporter")
    forum.groups = {"supporters": [2]}
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    last = {row["member_id"]: row for row in connected.rows("members")}
    assert (last["forum:u11"]["day"], last["forum:u11"]["plan"]) == ("2026-03-02", "")
    assert last["forum:u2"]["plan"] == "Supporter"


def test_a_pull_that_broke_off_leaves_landing_alone_and_the_next_goes_on_where_it_stopped(connected, serving, forum):
    def breaks(one):
        return Reply({"errors": ["fault"]}, 500) if one.query.get("before") else forum(one)

    server = serving(breaks)
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n")
    with pytest.raises(SourceError, match=r"forum: .*answered 500 five times.* what came so far is kept"):
        connected.pull()
    assert connected.files() == {}
    server.answer, server.asked = forum, []
    connected.turn("2026-03-01T13:00:00")
    connected.pull()
    assert len(connected.rows("content")) == len(forum.posts)


def test_what_was_fetched_is_replayed_without_asking_through_a_mapping_of_ones_own(pulled, connected, forum):
    server, _ = pulled
    server.asked.clear()
    own = connected.home.sources / "own.mapping.yaml"
    own.write_text(
        "source: x\noutputs:\n  - log: content\n    table: posts.parquet\n    columns:\n"
        "      content_id: content_id\n      occurred_at: occurred_at\n      published_at: published_at\n"
        "      kind: {constant: article}\n",
        encoding="utf-8",
    )
    file = connected.home.sources / "forum.yaml"
    file.write_text(file.read_text() + "mapping: own.mapping.yaml\n")
    connected.pull(replay=True)
    assert server.asked == []
    assert {row["kind"] for row in connected.rows("content")} == {"article"}
    assert len(connected.rows("content")) == len(forum.posts)


def test_a_clock_that_was_put_back_does_not_turn_the_order_of_pulls(pulled, connected, forum):
    gone = forum.posts.pop(-2)
    connected.turn("2026-02-01T12:00:00")
    connected.pull()
    state = [row for row in connected.rows("content") if row["content_id"] == f"forum:p{gone['id']}"][-1]
    assert state["deleted_at"] == "2026-03-01T12:00:01Z"


def test_too_many_requests_are_waited_for_as_the_forum_says(connected, serving, forum, monkeypatch):
    waits = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    refusals = [MANY, MANY]
    server = serving(lambda one: refusals.pop() if refusals else forum(one))
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n")
    connected.pull()
    assert waits == [7, 7]
    assert len(connected.rows("content")) == len(forum.posts)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Reply("<!DOCTYPE html><title>Sign in</title>"), "JSON was expected and a web page came: is the address that"),
        (Reply({"errors": ["x"]}, 403), r"answered 403, no permission .*: it wants a key: see secrets"),
        (Reply("", 404), r"answered 404, there is nothing: look at the address in forum.yaml"),
        (MANY, r"answered 429, too many requests, and again after waiting: .*lower requests_per_minute"),
        (Reply("", 502), "answered 502 five times, the platform has a fault"),
        (Reply("", 301, {"Location": "https://new.example.org/"}), "has moved to https://new.example.org/: write that"),
        (Reply({"posts": []}), "the answer has no list"),
        (Reply("x" * (2 << 20)), "the answer is larger than 1 MB: look whether it is what you want"),
        (Reply([1]), "the answer has no list"),
    ],
)
def test_what_a_forum_should_not_answer_is_one_line_with_what_to_do(answer, message, connected, serving):
    server = serving(lambda _: answer)
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\nmax_answer_mb: 1\n")
    with pytest.raises(SourceError, match=message) as error:
        connected.pull()
    assert str(error.value).startswith("forum: ")
    assert "\n" not in str(error.value)
    assert connected.files() == {}


def test_a_forum_that_pages_for_ever_is_stopped(connected, serving, forum):
    server = serving(lambda one: forum(one) if "before" not in one.query else forum(type(one)(one.path, {}, {})))
    connected.source("forum", f"kind: discourse\nurl: {server.url}\nrequests_per_minute: 60000\n")
    with pytest.raises(SourceError, match=r"post 268 came where posts up to 169 were asked for: no end"):
        connected.pull()


def test_nobody_listening_is_said_with_the_address(connected):
    connected.source("forum", "kind: discourse\nurl: http://127.0.0.1:9\n")
    with pytest.raises(SourceError, match=r"forum: http://127.0.0.1:9/site.json: cannot be reached: look at the"):
        connected.pull()


def test_a_secret_never_reaches_files_or_errors(connected, serving, monkeypatch):
    monkeypatch.setenv("FORUM_KEY", "hush-hush")
    server = serving(lambda _: Reply({"errors": ["x"]}, 403))
    connected.source(
        "forum", f"kind: discourse\nurl: {server.url}\nsecrets: {{api_key: FORUM_KEY}}\nrequests_per_minute: 60000\n"
    )
    with pytest.raises(SourceError, match="look whether FORUM_KEY is still valid") as error:
        connected.pull()
    assert server.asked[0].headers["Api-Key"] == "hush-hush"
    assert "hush-hush" not in str(error.value)
    for path in connected.home.root.rglob("*"):
        assert not path.is_file() or b"hush-hush" not in path.read_bytes()
