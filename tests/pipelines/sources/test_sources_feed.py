"""Feeds on loopback: entries, what changed in them, and what is no feed."""

from __future__ import annotations

import pytest

from pipelines.sources.definition import SourceError
from tests.support.platforms import Reply

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Club blog</title>
<entry><id>tag:x,1</id><title>One</title><author><name>Ana</name></author><published>2026-02-03T10:00:00+08:00</published>
<updated>{updated}</updated><category term="duckdb"/><category term="sql"/><content type="html">{text}</content></entry>
</feed>"""
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>博客</title>
<item><guid>1</guid><title>开始</title><pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate>
<description>一二三</description></item>
<item><link>https://x.example/2</link><title>Undated</title></item>
</channel></rss>"""


class Feed:
    def __init__(self, text):
        self.text = text

    def __call__(self, asked):
        etag = f'"{hash(self.text)}"'
        if asked.headers.get("If-None-Match") == etag:
            return Reply("", 304)
        return Reply(self.text, headers={"Content-Type": "application/xml", "ETag": etag})


@pytest.fixture
def follow(connected, serving):
    def follow(text):
        feed = Feed(text)
        connected.source("blog", f"kind: feed\nurl: {serving(feed).url}/feed.xml\nrequests_per_minute: 60000\n")
        return feed

    return follow


def test_entries_of_atom_come_with_author_tags_and_length(follow, connected):
    follow(ATOM.format(updated="2026-02-03T10:00:00+08:00", text="&lt;p&gt;Some &lt;b&gt;words&lt;/b&gt;&lt;/p&gt;"))
    connected.pull("blog")
    (row,) = connected.rows("content", "blog")
    wanted = {
        **{"content_id": "blog:tag:x,1", "published_at": "2026-02-03T02:00:00Z", "author_id": "blog:Ana"},
        **{"title": "One", "n_chars": "10", "tags": "duckdb|sql", "channel": "Club blog"},
    }
    assert row | wanted == row


def test_entries_of_rss_come_and_those_without_a_date_are_counted(follow, connected):
    follow(RSS)
    report = connected.pull("blog")
    assert [(row["title"], row["day"], row["n_chars"]) for row in connected.rows("content", "blog")] == [
        ("开始", "2026-02-03", "3"),
        ("Undated", "2026-03-01", "0"),
    ]
    assert report.remarks == ("blog: 1 entries have no date and count from the pull that saw them first",)


def test_an_unchanged_feed_is_not_kept_again_and_a_changed_entry_is_a_new_version(follow, connected):
    feed = follow(ATOM.format(updated="2026-02-03T10:00:00+08:00", text="short"))
    connected.pull("blog")
    connected.pull("blog")
    assert len(list((connected.home.fetched / "blog" / "feed").iterdir())) == 1
    feed.text = ATOM.format(updated="2026-03-02T10:00:00+08:00", text="rather longer")
    connected.turn("2026-03-03T12:00:00")
    connected.pull("blog")
    assert [(row["day"], row["n_chars"], row["source_seq"]) for row in connected.rows("content", "blog")] == [
        ("2026-02-03", "5", "1"),
        ("2026-03-02", "13", "2"),
    ]


def test_an_entry_that_left_the_feed_stays(follow, connected):
    feed = follow(RSS)
    connected.pull("blog")
    feed.text = RSS.replace("<item><guid>1</guid><title>开始</title>", "<item><guid>3</guid><title>下一篇</title>")
    connected.pull("blog")
    assert {row["title"] for row in connected.rows("content", "blog")} == {"开始", "下一篇", "Undated"}


def test_what_is_no_feed_is_said(follow, connected):
    follow("<html><body>Welcome</body></html>")
    with pytest.raises(SourceError, match=r"blog: .*feed.xml: this is no RSS or Atom feed: look for the feed's own"):
        connected.pull("blog")
