"""Web pages on loopback: what is a piece, what robots.txt forbids, and what changed since."""

from __future__ import annotations

import re

import pytest

from pipelines.sources.definition import SourceError
from tests.support.platforms import Reply

pytestmark = pytest.mark.slow

HTML = {"Content-Type": "text/html; charset=utf-8"}

PLAIN = """<html><body>
<div class="content"><h2>Why we pool</h2><p>Pools are <b>kept</b>.</p><p>Always.</p></div>
<div class="content"><h2>二分查找</h2><p>一分为二。</p></div>
<div class="side"><h2>Not a piece</h2></div>
</body></html>"""


def item(title, *, at="2026-02-03T10:00:00+08:00", author="Ana", text="Some words here."):
    return (
        f"<html><head><title>{title} - site</title></head><body><article><h1>{title}</h1>"
        f'<span class="by">{author}</span><time datetime="{at}">some day</time><p>{text}</p></article></body></html>'
    )


class Site:
    """A blog of two list pages and three pieces."""

    def __init__(self) -> None:
        self.pages = {
            "/blog/": '<a class="post" href="/blog/one">1</a><a class="post" href="two#top">2</a>'
            '<a rel="next" href="/blog/p2">older</a>',
            "/blog/p2": '<a class="post" href="/blog/three">3</a><a class="post" href="http://elsewhere.example/x">x</a>'
            '<a rel="next" href="/blog/">newest</a>',
            "/blog/one": item("One"),
            "/blog/two": item("Two", at="2026-02-04"),
            "/blog/three": item("Three", author="Bo"),
        }
        self.robots: Reply = Reply("", 404)

    def __call__(self, asked):
        if asked.path == "/robots.txt":
            return self.robots
        if (page := self.pages.get(asked.path)) is None:
            return Reply("", 404)
        etag = f'"{hash(page)}"'
        if asked.headers.get("If-None-Match") == etag:
            return Reply("", 304)
        return Reply(page, headers=HTML | {"ETag": etag})


CONFIG = """kind: html
url: {url}/blog/
requests_per_minute: 60000
links: a.post
next_page: a[rel=next]
item: article
author: .by
time: time
"""


@pytest.fixture
def blog(connected, serving):
    site = Site()
    server = serving(site)
    connected.source("blog", CONFIG.format(url=server.url))
    return site, server


def test_without_configuration_each_div_content_is_a_piece(connected, serving):
    server = serving(lambda asked: Reply("", 404) if asked.path == "/robots.txt" else Reply(PLAIN, headers=HTML))
    connected.source("blog", f"kind: html\nurl: {server.url}/a\n")
    report = connected.pull("blog")
    rows = connected.rows("content", "blog")
    assert {(row["title"], row["n_chars"], row["day"]) for row in rows} == {
        ("Why we pool", "23", "2026-03-01"),
        ("二分查找", "5", "2026-03-01"),
    }
    # Neither has an address of its own: the id is made of the title and does not show it.
    assert all(re.fullmatch("blog:a#[0-9a-f]{16}", row["content_id"]) for row in rows)
    assert len({row["content_id"] for row in rows}) == 2
    assert report.remarks == ("blog: 2 pieces have no time and count from the pull that saw them first: give time",)


def test_pages_of_their_own_are_followed_over_list_pages_each_once(blog, connected):
    _, server = blog
    report = connected.pull("blog")
    rows = {row["content_id"]: row for row in connected.rows("content", "blog")}
    assert {id_: (row["title"], row["author_id"], row["published_at"]) for id_, row in rows.items()} == {
        "blog:blog/one": ("One", "blog:Ana", "2026-02-03T02:00:00Z"),
        "blog:blog/two": ("Two", "blog:Ana", "2026-02-04T00:00:00Z"),
        "blog:blog/three": ("Three", "blog:Bo", "2026-02-03T02:00:00Z"),
    }
    assert [one.path for one in server.asked] == [
        *("/robots.txt", "/blog/", "/blog/one", "/blog/two", "/blog/p2", "/blog/three"),
    ]
    assert report.remarks == ("blog: http://elsewhere.example/x is left out: another site, or robots.txt forbids it",)


def test_what_did_not_change_is_asked_for_conditionally_and_what_is_old_not_again(blog, connected):
    site, server = blog
    connected.pull("blog")
    files = connected.files()
    site.pages["/blog/one"] = item("One, corrected")
    connected.turn("2026-03-03T12:00:00")
    connected.pull("blog")
    new = [row for row in connected.rows("content", "blog") if row["day"] == "2026-03-03"]
    assert [(row["content_id"], row["title"], row["source_seq"]) for row in new] == [
        ("blog:blog/one", "One, corrected", "2"),
    ]
    assert {name: connected.files()[name] for name in files} == files
    server.asked.clear()
    connected.turn("2026-04-03T12:00:00")
    connected.pull("blog")
    assert [one.path for one in server.asked] == ["/robots.txt", "/blog/", "/blog/p2"]


def test_robots_are_obeyed(blog, connected):
    site, server = blog
    site.robots = Reply("User-agent: *\nDisallow: /blog/two\n", headers={"Content-Type": "text/plain"})
    report = connected.pull("blog")
    assert "/blog/two" not in [one.path for one in server.asked]
    assert any("/blog/two is left out" in text for text in report.remarks)
    site.robots = Reply("User-agent: guildbook\nDisallow: /\n", headers={"Content-Type": "text/plain"})
    with pytest.raises(SourceError, match=r"blog: .*/blog/: robots.txt of the site forbids it"):
        connected.pull("blog")


def test_a_site_that_wants_time_between_requests_gets_it(blog, connected, monkeypatch):
    site, server = blog
    pauses = []
    monkeypatch.setattr("pipelines.sources.http.time.sleep", pauses.append)
    site.robots = Reply("User-agent: *\nCrawl-delay: 9\n", headers={"Content-Type": "text/plain"})
    connected.pull("blog")
    assert len(pauses) == len(server.asked) - 1
    assert min(pauses) > 8


def test_a_page_of_another_encoding_is_read_as_it_says(connected, serving):
    page = f'<html><head><meta charset="gbk"></head><body>{PLAIN}</body></html>'.encode("gbk")
    server = serving(
        lambda asked: (
            Reply("", 404) if asked.path == "/robots.txt" else Reply(page, headers={"Content-Type": "text/html"})
        )
    )
    connected.source("blog", f"kind: html\nurl: {server.url}/a\n")
    connected.pull("blog")
    assert {row["title"] for row in connected.rows("content", "blog")} == {"Why we pool", "二分查找"}


def test_a_page_that_vanished_is_said_and_the_others_come(blog, connected):
    site, _ = blog
    del site.pages["/blog/two"]
    report = connected.pull("blog")
    assert any("/blog/two: answered 404" in text for text in report.remarks)
    assert len(connected.rows("content", "blog")) == 2


def test_a_site_that_looks_otherwise_now_is_said_with_both_numbers(blog, connected):
    site, _ = blog
    connected.pull("blog")
    site.pages["/blog/"] = '<a class="entry" href="/blog/one">1</a>'
    report = connected.pull("blog")
    assert report.remarks == (
        "blog: no piece is on the list pages, and 4 were before: look whether the site looks otherwise now, "
        "and at links in blog.yaml",
    )
    assert len(connected.rows("content", "blog")) == 3


def test_nothing_found_is_said_with_the_key_to_look_at(connected, serving):
    server = serving(lambda asked: Reply("<p>under construction</p>", headers=HTML))
    connected.source("blog", f"kind: html\nurl: {server.url}/a\n")
    assert connected.pull("blog").remarks == ("blog: no piece was found: look at item in blog.yaml",)


@pytest.mark.parametrize("key", ["links", "item", "time"])
def test_a_selector_that_is_none_is_said_when_the_file_is_read(key, connected):
    connected.source("blog", f"kind: html\nurl: https://x.example\n{key}: 'a[['\n")
    with pytest.raises(SourceError, match=rf"{key} \(line 3\): 'a\[\[' is no CSS selector"):
        connected.pull("blog")
