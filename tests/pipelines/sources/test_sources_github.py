"""A repository on GitHub that pages by Link, limits requests, and is asked for discussions by GraphQL."""

from __future__ import annotations

import calendar
import json
import re
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipelines import clock
from pipelines.sources.definition import SourceError
from pipelines.sources.http import _wait_of
from pipelines.sources.pull import check
from tests.support.github_server import Repository, account, actor, discussion, reply
from tests.support.platforms import Reply

pytestmark = pytest.mark.slow

ANN, BO, CY = account(1, "ann"), account(2, "bo"), account(3, "cy")
APP = account(4, "renovate[bot]", type="Bot")
GHOST = account(10137, "ghost")


def fill(repository: Repository) -> None:
    repository.issue(1, ANN, "2026-02-01T10:00:00Z", body=None, labels=[{"name": "bug"}, {"name": "good first issue"}])
    repository.issue(2, BO, "2026-02-02T10:00:00Z", pull_request={"url": "x"})
    third = repository.issue(3, GHOST, "2026-02-03T10:00:00Z")
    repository.issue(4, None, "2026-02-04T10:00:00Z")
    first = repository.comment(11, 1, BO, "2026-02-01T12:00:00Z", author_association="MEMBER")
    repository.comment(12, 1, APP, "2026-02-01T12:01:00Z")
    repository.comment(
        13, 2, ANN, "2026-02-02T12:00:00Z", html_url="https://github.com/rust/club/pull/2#issuecomment-13"
    )
    repository.react(
        first,
        ("+1", ANN, "2026-02-05T00:00:00Z"),
        ("heart", ANN, "2026-02-04T00:00:00Z"),
        ("-1", CY, "2026-02-05T01:00:00Z"),
        ("rocket", None, "2026-02-05T02:00:00Z"),
    )
    repository.react(third, ("eyes", CY, "2026-02-05T03:00:00Z"))
    repository.discussions += [
        discussion(
            5, CY, "2026-02-05T10:00:00Z", "Q&A", labels={"nodes": [{"name": "help"}]},
            answer={"databaseId": 602}, answerChosenAt="2026-02-07T00:00:00Z", answerChosenBy=actor(CY),
            comments=[
                reply(601, 5, ANN, "2026-02-05T11:00:00Z", replies=[
                    reply(610, 5, CY, "2026-02-05T11:01:00Z", 601), reply(611, 5, ANN, "2026-02-05T11:02:00Z", 601),
                    reply(612, 5, CY, "2026-02-05T11:03:00Z", 601)]),
                reply(602, 5, BO, "2026-02-05T12:00:00Z", reactions=[("THUMBS_UP", CY, "2026-02-06T00:00:00Z")]),
                reply(603, 5, ANN, "2026-02-05T13:00:00Z", deletedAt="2026-02-06T00:00:00Z", body=""),
            ],
        ),
        discussion(6, ANN, "2026-02-06T10:00:00Z", "Announcements", reactions=[("HOORAY", BO, "2026-02-06T11:00:00Z")]),
        discussion(7, None, "2026-02-07T10:00:00Z", "Ideas", comments=[reply(701, 7, BO, "2026-02-07T11:00:00Z")]),
    ]  # fmt: skip


@pytest.fixture
def repository():
    return Repository(page_size=2)


@pytest.fixture
def server(connected, serving, repository, monkeypatch):
    """The repository with something in it, a source of it, and a token."""
    monkeypatch.setenv("CLUB_TOKEN", "t0ken")
    started = serving(repository)
    repository.url = started.url
    fill(repository)
    source(connected, started.url)
    return started


def source(connected, url: str, more: str = "secrets: {token: CLUB_TOKEN}\n") -> None:
    connected.source("github", f"kind: github\nrepository: rust/club\nurl: {url}\nrequests_per_minute: 60000\n{more}")


def content(connected) -> dict[str, list[tuple[str, ...]]]:
    """Piece -> kind, author, parent, root, channel, title, length of each state."""
    keys = ("kind", "author_id", "parent_id", "root_id", "channel", "title", "n_chars")
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in connected.rows("content", "github"):
        state = tuple(row[key].removeprefix("github:") for key in keys)
        found.setdefault(row["content_id"].removeprefix("github:"), []).append(state)
    return found


def test_issues_and_discussions_become_content_with_their_comments(server, connected):
    connected.pull("github")
    found = content(connected)
    assert {id_: states[0] for id_, states in found.items()} == {
        "i1": ("question", "u1", "", "", "issues", "Issue 1", "0"),
        "i3": ("question", "", "", "", "issues", "Issue 3", "3"),
        "i4": ("question", "", "", "", "issues", "Issue 4", "4"),
        "c11": ("answer", "u2", "i1", "i1", "issues", "", "11"),
        "c12": ("answer", "u4", "i1", "i1", "issues", "", "12"),
        "d5": ("question", "u3", "", "", "Q&A", "Discussion 5", "505"),
        "dc601": ("answer", "u1", "d5", "d5", "Q&A", "", "601"),
        "dc610": ("comment", "u3", "dc601", "d5", "Q&A", "", "610"),
        "dc611": ("comment", "u1", "dc601", "d5", "Q&A", "", "611"),
        "dc612": ("comment", "u3", "dc601", "d5", "Q&A", "", "612"),
        "dc602": ("answer", "u2", "d5", "d5", "Q&A", "", "602"),
        "dc603": ("answer", "u1", "d5", "d5", "Q&A", "", "0"),
        "d6": ("announcement", "u1", "", "", "Announcements", "Discussion 6", "506"),
        "d7": ("article", "", "", "", "Ideas", "Discussion 7", "507"),
        "dc701": ("comment", "u2", "d7", "d7", "Ideas", "", "701"),
    }
    tags = {row["content_id"]: row["tags"] for row in connected.rows("content", "github") if row["tags"]}
    assert tags == {"github:i1": "bug|good first issue", "github:d5": "help"}


def test_an_answer_counts_from_when_it_was_chosen_and_a_removal_from_when_it_was_done(server, connected):
    connected.pull("github")
    rows = connected.rows("content", "github")
    states = [(row["occurred_at"], row["accepted_answer_id"]) for row in rows if row["content_id"] == "github:d5"]
    assert states == [("2026-02-05T10:00:00Z", ""), ("2026-02-07T00:00:00Z", "github:dc602")]
    states = [(row["occurred_at"], row["deleted_at"]) for row in rows if row["content_id"] == "github:dc603"]
    assert states == [("2026-02-05T13:00:00Z", ""), ("2026-02-06T00:00:00Z", "2026-02-06T00:00:00Z")]


def test_reactions_are_likes_of_their_time_once_each_and_none_where_they_are_against(server, connected):
    report = connected.pull("github")
    rows = connected.rows("interactions", "github")
    keys = ("kind", "member_id", "target_member_id", "content_id", "occurred_at")
    assert sorted(tuple(row[key].removeprefix("github:") for key in keys) for row in rows) == [
        ("accept", "u3", "u2", "dc602", "2026-02-07T00:00:00Z"),
        ("like", "u1", "u2", "c11", "2026-02-04T00:00:00Z"),
        ("like", "u2", "u1", "d6", "2026-02-06T11:00:00Z"),
        ("like", "u3", "", "i3", "2026-02-05T03:00:00Z"),
        ("like", "u3", "u2", "dc602", "2026-02-06T00:00:00Z"),
    ]
    assert report.remarks == (
        "github: 2 pull requests and comments on them are left out",
        "github: 1 reactions are counted without saying whose; they are left out",
    )
    assert report.tables == {"posts": 17, "interactions": 5, "members": 4}


def test_members_come_with_names_from_their_first_piece(server, connected):
    connected.pull("github")
    keys = ("member_id", "joined_at", "role", "display_name", "profile_url")
    assert [tuple(row[key] for key in keys) for row in connected.rows("members", "github")] == [
        ("github:u1", "2026-02-01T10:00:00Z", "member", "ann", "https://github.com/ann"),
        ("github:u2", "2026-02-01T12:00:00Z", "moderator", "bo", "https://github.com/bo"),
        ("github:u4", "2026-02-01T12:01:00Z", "bot", "renovate[bot]", "https://github.com/renovate[bot]"),
        ("github:u3", "2026-02-05T10:00:00Z", "member", "cy", "https://github.com/cy"),
    ]


def test_the_next_pull_asks_for_what_changed_and_adds_new_states_alone(server, connected, repository):
    connected.pull("github")
    before, n_asked = connected.files(), len(server.asked)
    connected.turn("2026-03-02T12:00:00")
    connected.pull("github")
    assert connected.files() == before
    assert server.asked[n_asked].query["since"] == "2026-01-28T10:00:00Z"
    repository.issues[0] |= {"title": "Renamed", "updated_at": "2026-03-02T13:00:00Z"}
    repository.discussions[1] |= {"answer": None, "updatedAt": "2026-03-02T13:00:00Z", "title": "We did it"}
    renamed = ANN | {"login": "ann-lee"}
    repository.rename(renamed)
    repository.comment(14, 4, renamed, "2026-03-02T14:00:00Z", author_association="COLLABORATOR")
    connected.turn("2026-03-03T12:00:00")
    connected.pull("github")
    after = connected.files()
    assert {name: after[name] for name in before} == before
    found = content(connected)
    assert [state[5] for state in found["i1"]] == ["Issue 1", "Renamed"]
    assert [state[5] for state in found["d6"]] == ["Discussion 6", "We did it"]
    assert found["c14"] == [("answer", "u1", "i4", "i4", "issues", "", "14")]
    states = [row for row in connected.rows("members", "github") if row["member_id"] == "github:u1"]
    assert [(row["display_name"], row["role"], row["occurred_at"]) for row in states] == [
        ("ann", "member", "2026-02-01T10:00:00Z"),
        ("ann-lee", "moderator", "2026-03-03T12:00:00Z"),
    ]


def test_a_pull_that_breaks_off_goes_on_where_it_stopped(server, connected, repository):
    repository.meanwhile = lambda asked: (
        repository.refusals.append(Reply({"message": "no"}, 404)) if "page" in asked.query else None
    )
    with pytest.raises(SourceError, match=r"answered 404"):
        connected.pull("github")
    assert connected.files() == {}
    repository.meanwhile, repository.refusals = lambda _: None, []
    n_asked = len(server.asked)
    connected.turn("2026-03-02T12:00:00")
    connected.pull("github")
    assert server.asked[n_asked].query["since"] == "2026-01-26T10:00:00Z"
    assert len(content(connected)) == 15


def test_without_a_token_there_are_issues_alone_and_that_is_said(server, connected):
    source(connected, server.url, "issues_are: article\n")
    report = connected.pull("github")
    assert {states[0][0] for states in content(connected).values()} == {"article", "comment"}
    assert "github: discussions are left out, GitHub shows them to a token alone" in report.remarks
    assert not [one for one in server.asked if one.path == "/graphql" or "Authorization" in one.headers]


def test_parts_are_left_out_and_categories_are_questions_as_the_file_says(server, connected):
    more = "issues: false\nquestions_in: [Ideas, Nothing]\nleave_out: [Q&A]\nsecrets: {token: CLUB_TOKEN}\n"
    source(connected, server.url, more)
    report = connected.pull("github")
    kinds = {id_: states[0][0] for id_, states in content(connected).items()}
    assert kinds == {"d6": "announcement", "d7": "question", "dc701": "answer"}
    assert {one.path for one in server.asked} == {"/graphql"}
    assert "github: no discussion is in Nothing, which the source's file names" in report.remarks


def test_reactions_are_not_asked_for_where_the_file_says_so(server, connected):
    source(connected, server.url, "reactions: false\n")
    report = connected.pull("github")
    assert report.tables["interactions"] == 0
    assert not [one for one in server.asked if "reactions" in one.path]


@pytest.mark.parametrize(
    "refusal",
    [
        lambda: Reply({"message": "API rate limit exceeded"}, 403, limit(30)),
        lambda: Reply({"message": "You have exceeded a secondary rate limit"}, 403, {"Retry-After": "20"}),
        lambda: Reply({"message": "slow down"}, 429, {"Retry-After": "20"}),
    ],
)
def test_a_limit_is_waited_for_as_long_as_it_says(server, connected, repository, monkeypatch, refusal):
    slept: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    repository.refusals.append(refusal())
    assert connected.pull("github").tables["posts"] == 17
    assert 19 <= max(slept) <= 32


def test_a_limit_that_holds_longer_than_an_hour_ends_the_pull_and_the_next_goes_on(server, connected, repository):
    repository.meanwhile = lambda asked: (
        repository.refusals.append(Reply("{}", 403, limit(7200))) if "page" in asked.query else None
    )
    with pytest.raises(
        SourceError, match=r"^github: .* asked as often as it allows, and allows more at \d\d:\d\d UTC: what"
    ):
        connected.pull("github")
    repository.meanwhile, repository.refusals = lambda _: None, []
    assert connected.pull("github").tables["posts"] == 17


def limit(seconds: int) -> dict[str, str]:
    return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + seconds)}


@pytest.mark.parametrize("odd", ["<b>", None, "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"])
def test_a_time_that_no_change_of_a_pull_request_can_have_hinders_no_later_pull(server, connected, repository, odd):
    connected.pull("github")
    repository.refusals.append(Reply([repository.issues[1] | {"updated_at": odd}]))
    connected.pull("github")
    server.asked.clear()
    connected.pull("github")
    assert {one.query["since"] for one in server.asked if one.path == "/repos/rust/club/issues"} == {
        "2026-01-28T10:00:00Z"
    }


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ({"Date": "Thu, 01 Jan 2026 12:00:00 GMT"}, 30),
        ({"Date": "Thu, 01 Jan 2026 12:00:45 GMT"}, 0),
        ({}, 3630),
        ({"Date": "soon"}, 3630),
    ],
)
def test_a_limit_ends_by_the_platforms_clock_whatever_ours_was_set_back_to(monkeypatch, said, wait):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 1, 11, tzinfo=UTC))
    ends = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(calendar.timegm((2026, 1, 1, 12, 0, 30)))}
    assert _wait_of(SimpleNamespace(status_code=403, headers=ends | said)) == wait


def test_a_page_on_another_host_is_not_asked_for(server, connected, repository):
    page = [dict(repository.issues[0])]
    repository.refusals.append(Reply(page, 200, {"Link": '<https://example.org/steal?page=2>; rel="next"'}))
    with pytest.raises(
        SourceError, match=r"names https://example\.org/steal\?page=2 as the page after it, which is no"
    ):
        connected.pull("github")


def test_a_list_that_names_itself_as_the_next_page_ends(server, connected, repository):
    address = f"{server.url}/repos/rust/club/issues?page=2"
    again = Reply([dict(repository.issues[0])], 200, {"Link": f'<{address}>; rel="next"'})
    repository.refusals += [again] * 3
    with pytest.raises(SourceError, match=r"as the page after it, which is no other page"):
        connected.pull("github")
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (Reply({"message": "Bad credentials"}, 401), r"answered 401, no permission .*: look whether CLUB_TOKEN is"),
        (Reply({"message": "Resource not accessible"}, 403), r"answered 403, no permission .*CLUB_TOKEN"),
        (Reply("", 301, {"Location": "https://api.github.com/repositories/1"}), r"has moved to https://api.github.com/repos"),
        (Reply({"message": "Not Found"}, 404), r"answered 404, there is nothing .*: look at the address"),
        (Reply("<html>sign in</html>"), r"JSON was expected and a web page came"),
        (Reply({"message": "odd"}), r"the answer is no list: is this the API of GitHub\?"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_and_landing_stays_as_it_was(server, connected, repository, refusal, message):
    connected.pull("github")
    before = connected.files()
    repository.refusals.append(refusal)
    connected.turn("2026-03-02T12:00:00")
    with pytest.raises(SourceError, match=rf"^github: .*{message}"):
        connected.pull("github")
    assert connected.files() == before


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"errors": [{"message": "Your token lacks scopes"}]}, r"Your token lacks scopes: look whether the"),
        ({"data": {"repository": None}}, r"there is no repository rust/club, or the token does not show it"),
        ([], r"the answer has no data"),
    ],
)  # fmt: skip
def test_a_refusal_of_discussions_is_one_line(server, connected, repository, answer, message):
    source(connected, server.url, "issues: false\nsecrets: {token: CLUB_TOKEN}\n")
    repository.refusals.append(Reply(answer))
    with pytest.raises(SourceError, match=rf"^github: .*graphql: .*{message}"):
        connected.pull("github")


def test_a_replay_gives_the_same_without_asking(server, connected):
    connected.pull("github")
    before, n_asked = connected.files(), len(server.asked)
    connected.pull("github", replay=True)
    assert (connected.files(), len(server.asked)) == (before, n_asked)


def test_a_check_says_what_is_there(server, connected):
    found = check(connected.home, connected.settings, "github")
    assert found == "rust/club answers with a token; it has issues and discussions"


def test_the_token_is_kept_nowhere(server, connected):
    connected.pull("github")
    kept = b"".join(path.read_bytes() for path in connected.home.fetched.rglob("*") if path.is_file())
    assert b"t0ken" not in kept
    assert all(json.dumps(dict(one.headers)).count("t0ken") == 1 for one in server.asked)


@pytest.mark.parametrize("then", [(), (Reply("{}", 500),) * 9], ids=["to its end", "broken off after it"])
def test_nonsense_is_refused_in_one_line_and_the_next_pull_does_not_meet_it_again(server, connected, repository, then):
    connected.pull("github")
    before = connected.files()
    connected.turn("2026-03-02T12:00:00")
    nonsense = dict(repository.issues[0]) | {"created_at": True, "user": "ann", "updated_at": "2026-03-02T10:00:00Z"}
    repository.refusals += [Reply([nonsense]), *then]
    with pytest.raises(SourceError, match=r"^github: .*") as refused:
        connected.pull("github")
    assert "\n" not in str(refused.value)
    if not then:
        assert re.search(
            r"is not what github gives \(\w+ at github_\w+\.py:\d+\): landing is as it was", str(refused.value)
        )
    assert connected.files() == before
    repository.refusals = []

    connected.pull("github")

    assert connected.files() == before
