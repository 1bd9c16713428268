"""RSS and Atom feeds: entries as pieces of content."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

import feedparser
from pydantic import Field

from pipelines.sources.definition import Source
from pipelines.sources.gone import prefixed
from pipelines.sources.http import Http
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Forgetting, Kind, Pull, Tables, id_of_title, texts
from pipelines.sources.kinds import feed_forget

COLUMNS = (
    *("content_id", "source_seq", "occurred_at", "published_at", "kind", "author_id", "title", "n_chars", "tags"),
    "channel",
)


class FeedSource(Source):
    """A feed by its address."""

    url: str = Field(description="Address of the feed.")
    content_kind: str = Field("article", description="Kind of the entries in the log content.")
    channel: str = Field("", description="Channel of the entries; the feed's title where empty.")


def fetch(pull: Pull) -> None:
    """Ask for the feed, and keep it where it changed."""
    http = Http(pull.named, _source(pull).url, pull.started_at)
    earlier = None if pull.everything else next(iter(reversed(list(pull.kept.answers("feed")))), None)
    answer = http.get(_source(pull).url, earlier=earlier)
    if answer is not None:
        _parsed(http, answer)
        pull.kept.add("feed", answer)


def check(pull: Pull) -> str:
    """Ask for the feed; returns what is in it."""
    http = Http(pull.named, _source(pull).url, pull.started_at)
    answer = http.get(_source(pull).url)
    assert answer is not None
    said = _parsed(http, answer)
    return f"{_source(pull).url}: {said.feed.get('title', 'a feed')}, {len(said.entries):,} entries"


def tables(pull: Pull) -> Tables:
    """Return the table ``entries``: a row for each state of each entry, in the order of the pulls."""
    rows: list[dict[str, str]] = []
    last: dict[str, dict[str, str]] = {}
    first: dict[str, str] = {}
    n_rows: dict[str, int] = {}
    n_undated = 0
    for answer in pull.kept.answers("feed"):
        said = feedparser.parse(answer.text)
        for entry in said.entries:
            id_ = entry.get("id") or entry.get("link") or (id_of_title(entry.title) if entry.get("title") else "")
            if not id_:
                continue
            state = _state(pull, said, entry)
            if state == last.get(id_):
                continue
            if id_ not in last:
                at = _time(entry, "published") or _time(entry, "updated")
                n_undated += not at
                first[id_] = occurred_at = at or answer.at
            else:
                changed_at = _time(entry, "updated")
                occurred_at = changed_at if changed_at > first[id_] else answer.at
            last[id_] = state
            n_rows[id_] = n_rows.get(id_, 0) + 1
            named = {"content_id": pull.named.prefix + id_, "source_seq": str(n_rows[id_])}
            rows.append(named | state | {"occurred_at": occurred_at, "published_at": first[id_]})
    said_of = (f"{pull.named.name}: {n_undated:,} entries have no date and count from the pull that saw them first",)
    return Tables({"entries": texts(COLUMNS, rows)}, said_of if n_undated else ())


def _source(pull: Pull) -> FeedSource:
    assert isinstance(pull.named.source, FeedSource)
    return pull.named.source


def _parsed(http: Http, answer: Answer) -> Any:  # noqa: ANN401 - feedparser's own
    """Return the feed that an answer holds; what is none is an error."""
    said = feedparser.parse(answer.text)
    if not said.version:
        raise http.error(answer.url, "this is no RSS or Atom feed: look for the feed's own address on the page")
    return said


def _state(pull: Pull, said: Any, entry: Any) -> dict[str, str]:  # noqa: ANN401 - feedparser's own
    return {
        "kind": _source(pull).content_kind,
        "author_id": prefixed(pull.named.prefix, entry.get("author", "")),
        "title": " ".join(entry.get("title", "").split()),
        "n_chars": str(len(feed_forget.text_of(entry))),
        "tags": "|".join(tag.term for tag in entry.get("tags", []) if tag.get("term")),
        "channel": _source(pull).channel or said.feed.get("title", ""),
    }


def _time(entry: Any, name: str) -> str:  # noqa: ANN401 - feedparser's own
    """Return a time of an entry in UTC; feedparser has turned it to UTC already."""
    at = entry.get(f"{name}_parsed")
    return datetime.fromtimestamp(calendar.timegm(at), UTC).isoformat() if at else ""


FEED = Kind(FeedSource, fetch, check, tables, "feed.mapping.yaml", Forgetting(feed_forget.learn, feed_forget.forget))
