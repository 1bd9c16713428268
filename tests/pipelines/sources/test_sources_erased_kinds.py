"""Somebody erased goes from pages, feeds, databases and folders that sources read, and no pull brings them back."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest
from sqlalchemy import create_engine, text

from pipelines.erasure.run import erase
from pipelines.erasure.survey import look
from tests.support.discourse_server import post
from tests.support.every_byte import holders
from tests.support.github_server import Repository, account, actor, discussion, reply
from tests.support.house import House
from tests.support.platforms import Reply

pytestmark = pytest.mark.slow

SECRETS = ("Lovelace", "quince", "wombat", "zephyr")
"""Parts of her name, of a title and of texts of hers; nothing else has them."""
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def erased_for_good(connected):
    """Ingest, erase, replay and pull again; landing and every byte are looked at after each."""

    def check(member, name, *, everything=True):
        days = {date.fromisoformat(path.parent.name) for path in connected.home.landing.glob("*/*/*")}
        House(connected.home.root).accept(sorted(days), logs=("content", "members", "feedback"))
        n_lines = {file: content.count(b"\n") for file, content in connected.files().items()}
        assert holders(connected.home.root, SECRETS)
        outcome = erase(connected.home, connected.settings, [[member]], asked_by="test")
        assert holders(connected.home.root, [*SECRETS, member]) == set()
        files = connected.files(quiet=True)
        assert {file: content.count(b"\n") for file, content in connected.files().items()} == n_lines
        connected.pull(name, replay=True)
        assert connected.files(quiet=True) == files
        connected.turn("2026-03-03T12:00:00")
        connected.pull(name, everything=everything)
        assert {file: content for file, content in files.items() if content.count(b"\n") > 1} == connected.files()
        assert holders(connected.home.root, [*SECRETS, member]) == set()
        return outcome

    return check


def served(serving, pages):
    return serving(lambda asked: Reply(pages[asked.path], headers=HTML) if asked.path in pages else Reply("", 404))


def piece(title, author, words):
    said = f'<h2>{title}</h2><b class="by">{author}</b><time datetime="2026-02-03">then</time><p>{words}</p>'
    return f"<article>{said}</article>"


def test_pieces_on_one_page(connected, serving, erased_for_good):
    bo = piece("Of others", "Bo", "I asked Ada Lovelace &amp; Kim.")
    pages = {"/a": f"<html><body>{piece('My quince', 'Ada Lovelace', 'a wombat &amp; more')}{bo}</body></html>"}
    server = served(serving, pages)
    config = f"kind: html\nurl: {server.url}/a\nitem: article\nauthor: .by\ntime: time\nrequests_per_minute: 60000\n"
    connected.source("blog", config)
    connected.pull("blog")
    before = sorted(row["n_chars"] for row in connected.rows("content", "blog"))
    outcome = erased_for_good("blog:Ada Lovelace", "blog")
    assert outcome.left == []
    rows = {row["author_id"]: (row["title"], row["n_chars"]) for row in connected.rows("content", "blog")}
    assert rows == {outcome.tombstones["blog:Ada Lovelace"]: ("", "15"), "blog:Bo": ("Of others", "27")}
    assert sorted(n_chars for _, n_chars in rows.values()) == before


def test_pages_of_one_piece_and_the_lists_that_show_it(connected, serving, erased_for_good):
    pages = {
        "/": '<html><body><a class="post" href="/one">My quince</a> by <i>Ada Lovelace</i>'
        '<a class="post" href="/2">B</a></body></html>',
        "/one": "<html><head><title>My quince</title></head><body>"
        f"{piece('My quince', 'Ada Lovelace', 'wombat')}</body></html>",
        "/2": f"<html><body>{piece('B', 'Bo', 'short')}<p>Next: <a href='/one'>My quince</a></p></body></html>",
    }
    server = served(serving, pages)
    config = f"kind: html\nurl: {server.url}/\nlinks: a.post\nitem: article\nauthor: .by\ntime: time\n"
    connected.source("blog", f"{config}requests_per_minute: 60000\n")
    connected.pull("blog")
    mark = erased_for_good("blog:Ada Lovelace", "blog").tombstones["blog:Ada Lovelace"]
    rows = {
        row["content_id"]: (row["author_id"], row["title"], row["n_chars"]) for row in connected.rows("content", "blog")
    }
    assert rows == {"blog:one": (mark, "", "6"), "blog:2": ("blog:Bo", "B", "5")}


def test_entries_of_a_feed(connected, serving, erased_for_good):
    feed = """<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title>
        <item><guid>1</guid><title>My quince</title><author>Ada Lovelace</author><category>sql</category>
        <pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate>
        <description>&lt;p&gt;a wombat &amp;amp; more&lt;/p&gt;</description></item>
        <item><guid>2</guid><title>二</title><author>Bo</author><description>一二三</description></item></channel></rss>"""
    server = serving(lambda _: Reply(feed, headers={"Content-Type": "application/xml"}))
    connected.source("blog", f"kind: feed\nurl: {server.url}/feed.xml\nrequests_per_minute: 60000\n")
    connected.pull("blog")
    mark = erased_for_good("blog:Ada Lovelace", "blog").tombstones["blog:Ada Lovelace"]
    rows = [(row["author_id"], row["title"], row["n_chars"], row["tags"]) for row in connected.rows("content", "blog")]
    assert rows == [(mark, "", "15", "sql"), ("blog:Bo", "二", "3", "")]


def test_rows_of_a_database(connected, tmp_path_factory, monkeypatch, erased_for_good):
    address = f"sqlite:///{tmp_path_factory.mktemp('platform') / 'forum.db'}"
    monkeypatch.setenv("FORUM_DATABASE", address)
    engine = create_engine(address)

    def run(*statements):
        with engine.begin() as connection:
            for one in statements:
                connection.execute(text(one))

    run(
        "create table people (id integer, at text, who text, plan text)",
        "create table said (id text, at text, who integer, score integer, words text)",
        "insert into people values (12, '2026-02-01 10:00:00', 'invited by Lovelace', 'pro')",
        *(f"insert into people values ({n}, '2026-02-01 10:00:00', 'github', null)" for n in range(1, 12)),
        "insert into said values ('12-1', '2026-02-02 10:00:00', 12, 4, 'a wombat')",
        "insert into said values ('3-1', '2026-02-02 10:00:00', 3, 4, 'fine')",
    )
    connected.source(
        "forum",
        "kind: database\nsecrets: {url: FORUM_DATABASE}\nqueries:\n"
        "  members: select id as member_id, at as occurred_at, at as joined_at, who as referrer, plan from people\n"
        "  feedback: select id as feedback_id, at as occurred_at, who as member_id, 'event' as about_kind, score,"
        " 'csat5' as scale, words as comment from said\n",
    )
    connected.pull()
    run("update people set who = 'quince', plan = null, at = '2026-02-09 10:00:00' where id = 12")
    connected.turn("2026-03-02T12:00:00")
    connected.pull()
    mark = erased_for_good("forum:12", "forum", everything=False).tombstones["forum:12"]
    states = [
        (row["occurred_at"][:10], row["plan"], row["referrer"])
        for row in connected.rows("members")
        if row["member_id"] == mark
    ]
    assert states == [("2026-02-01", "pro", ""), ("2026-02-09", "", "")]
    assert [(row["feedback_id"], row["comment"]) for row in connected.rows("feedback") if row["member_id"] == mark] == [
        (f"{mark}-1", "")
    ]
    assert '"12"' not in "".join(
        gzip.decompress(path.read_bytes()).decode() for path in connected.home.fetched.rglob("*.gz")
    )
    engine.dispose()


@pytest.fixture
def saved():
    """Saved answers of a forum: Ada asks, Bo names her."""
    named = {"username": "ada_l", "name": "Ada Lovelace"}
    asks = post(10, 5, 1, 12, "2026-02-02T10:00:00Z", **named, topic_title="My quince", raw="wombat & co")
    tells = post(11, 5, 2, 3, "2026-02-03T10:00:00Z", topic_title="My quince", raw="@ada_l: look")
    return [asks, tells]


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_in_the_home_is_rewritten(connected, saved, erased_for_good, packed):
    folder = connected.home.root / "saved"
    folder.mkdir()
    lines = "".join(json.dumps(one) + "\n" for one in saved).encode()
    path = folder / ("posts.jsonl.gz" if packed else "posts.jsonl")
    path.write_bytes(gzip.compress(lines) if packed else lines)
    path.chmod(0o640)
    (folder / "page.json").write_text(json.dumps({"latest_posts": saved}, indent=2), encoding="utf-8")
    connected.source("forum", "kind: discourse\nfolder: ../saved\n")
    connected.pull()
    outcome = erased_for_good("forum:u12", "forum")
    assert outcome.left == []
    assert holders(connected.home.root, ["ada_l"]) == set()
    assert path.stat().st_mode & 0o777 == 0o640
    rows = {row["content_id"]: (row["author_id"], row["title"], row["n_chars"]) for row in connected.rows("content")}
    mark = outcome.tombstones["forum:u12"]
    assert rows == {"forum:p10": (mark, "", "11"), "forum:p11": ("forum:u3", "", "12")}


def test_a_folder_outside_the_home_is_named_and_not_changed(connected, saved, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    path = folder / "posts.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in saved), encoding="utf-8")
    connected.source("forum", f"kind: discourse\nfolder: {folder}\n")
    connected.pull()
    before = path.read_bytes()
    assert f"{path} is outside" in " ".join(look(connected.home, connected.settings, [["forum:u12"]]).left)
    outcome = erase(connected.home, connected.settings, [["forum:u12"]], asked_by="test")
    (said,) = outcome.left
    assert said.startswith(f"{path} is outside {connected.home.root} and was not changed; it holds the person 2 times")
    assert path.read_bytes() == before
    files = connected.files()
    connected.pull()
    assert connected.files() == files
    assert holders(connected.home.root, [*SECRETS, "forum:u12"]) == set()


def test_a_repository_on_github(connected, serving, erased_for_good, monkeypatch):
    monkeypatch.setenv("CLUB_TOKEN", "t0ken")
    ada, bo = account(471147, "ada-Lovelace", avatar_url="https://x.org/u/471147"), account(2, "bo")
    club = Repository(page_size=2)
    club.url = serving(club).url
    first = club.issue(1, ada, "2026-02-02T10:00:00Z", title="My quince", body="a wombat & co", assignees=[ada, bo])
    told = club.comment(
        11, 1, bo, "2026-02-03T10:00:00Z", body="@ada-lovelace: see https://github.com/ada-Lovelace?tab=x"
    )
    club.react(first, ("heart", bo, "2026-02-03T11:00:00Z"))
    club.react(told, ("+1", ada, "2026-02-03T12:00:00Z"))
    answers = [
        reply(601, 5, ada, "2026-02-05T11:00:00Z", body="zephyr", reactions=[("HEART", bo, "2026-02-06T00:00:00Z")])
    ]
    answers.append(reply(602, 5, bo, "2026-02-05T12:00:00Z", reactions=[("HEART", ada, "2026-02-06T00:00:00Z")]))
    chosen = {"answer": {"databaseId": 602}, "answerChosenAt": "2026-02-07T00:00:00Z", "answerChosenBy": actor(ada)}
    club.discussions.append(
        discussion(5, ada, "2026-02-05T10:00:00Z", "Q&A", title="A quince", comments=answers, **chosen)
    )
    config = f"kind: github\nrepository: rust/club\nurl: {club.url}\nrequests_per_minute: 60000\n"
    connected.source("github", config + "secrets: {token: CLUB_TOKEN}\n")
    before = connected.pull("github").tables
    outcome = erased_for_good("github:u471147", "github")
    assert outcome.left == []
    assert holders(connected.home.root, ["471147", "ada-love"]) == set()
    mark = outcome.tombstones["github:u471147"]
    rows = {
        row["content_id"]: (row["author_id"], row["title"], row["n_chars"])
        for row in connected.rows("content", "github")
    }
    assert rows["github:i1"] == (mark, "", "13")
    assert rows["github:c11"] == ("github:u2", "", str(len(told["body"])))
    assert connected.pull("github", replay=True).tables == before
    likes = {(row["kind"], row["member_id"], row["content_id"]) for row in connected.rows("interactions", "github")}
    assert ("like", mark, "github:c11") in likes
    assert ("accept", mark, "github:dc602") in likes


def test_an_export_of_a_chat_is_named_and_lands_the_tombstone(connected, tmp_path_factory):
    export = tmp_path_factory.mktemp("export")
    (export / "help").mkdir()
    (export / "users.json").write_text(json.dumps([{"id": "UADA", "name": "Lovelace"}, {"id": "UBO", "name": "bo"}]))
    (export / "channels.json").write_text(json.dumps([{"id": "CHELP", "name": "help"}]))
    liked = {"name": "+1", "users": ["UADA"], "count": 1}
    said = [
        {"type": "message", "user": "UADA", "text": "wombat", "ts": "1770000000.000100"},
        {"type": "message", "user": "UBO", "text": "<@UADA> hm", "ts": "1770000060.000100", "reactions": [liked]},
    ]
    (export / "help" / "2026-02-02.json").write_text(json.dumps(said))
    connected.source("team", f"kind: slack\nexport: {export}\n")
    connected.pull("team")
    outcome = erase(connected.home, connected.settings, [["team:UADA"]], asked_by="test")
    (left,) = outcome.left
    assert left.startswith(f"{connected.home.sources / 'team.yaml'} reads files of yours, a slack export")
    files = connected.files()
    connected.pull("team")
    assert connected.files() == files
    assert holders(connected.home.root, ["UADA", "Lovelace"]) == set()
    assert erase(connected.home, connected.settings, [["team:UBO"]], asked_by="test").left != []
    assert look(connected.home, connected.settings, [["other:u1"]]).left == []
