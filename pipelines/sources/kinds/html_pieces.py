"""Pieces on web pages: title, length, author and time of each, and a row for each state that was seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import dateparser
from parsel import Selector
from trafilatura.metadata import extract_metadata

from pipelines.sources.definition import Named
from pipelines.sources.gone import prefixed
from pipelines.sources.kept import Answer
from pipelines.sources.kind import id_of_title

COLUMNS = (
    *("content_id", "source_seq", "occurred_at", "published_at", "kind", "author_id", "title", "n_chars", "channel"),
)
STAND_IN = "data-erased-piece"
"""Attribute of an element that stands for a piece whose author was erased, and says what its rows need."""
_LONGEST_ID = 500


@dataclass(frozen=True)
class Piece:
    """One piece as a page shows it; ``published_at`` and ``author`` are empty where it does not say."""

    key: str
    title: str
    n_chars: int
    author: str
    published_at: str


@dataclass
class Found:
    """Rows of pieces, and how many say too little."""

    rows: list[dict[str, str]] = field(default_factory=list)
    n_undated: int = 0
    n_untitled: int = 0


def items(source: Any, root: Selector) -> list[Selector]:  # noqa: ANN401 - an HtmlSource, which needs this module
    """Return the elements of a page that are pieces: each ``item``; a page of one piece has it or is it."""
    found = root.css(f"{source.item}, [{STAND_IN}]")
    return [found[0] if found else root] if source.links else list(found)


def pieces(source: Any, page: Answer) -> list[Piece]:  # noqa: ANN401
    """Return the pieces of a page."""
    return [piece_of(source, page, one) for one in items(source, Selector(page.text))]


def piece_rows(named: Named, source: Any, pages: Iterable[Answer]) -> Found:  # noqa: ANN401 - an HtmlSource
    """Return a row for each state of each piece, in the order of the pulls that saw them.

    The first state counts from the time that the page gives, else from the pull; a changed one from the pull.
    """
    found = Found()
    last: dict[str, Piece] = {}
    first: dict[str, str] = {}
    n_rows: dict[str, int] = {}
    untitled: set[str] = set()
    for page in pages:
        for piece in pieces(source, page):
            if not piece.title:
                untitled.add(piece.key)
                continue
            if piece == last.get(piece.key):
                continue
            is_new = piece.key not in last
            if is_new:
                found.n_undated += not piece.published_at
                first[piece.key] = piece.published_at or page.at
            last[piece.key] = piece
            n_rows[piece.key] = n_rows.get(piece.key, 0) + 1
            found.rows.append(
                {
                    "content_id": named.prefix + piece.key,
                    "source_seq": str(n_rows[piece.key]),
                    "occurred_at": first[piece.key] if is_new else page.at,
                    "published_at": piece.published_at or first[piece.key],
                    "kind": source.content_kind,
                    "author_id": prefixed(named.prefix, piece.author),
                    "title": piece.title,
                    "n_chars": str(piece.n_chars),
                    "channel": source.channel,
                }
            )
    found.n_untitled = len(untitled - {*last})
    return found


def piece_of(source: Any, page: Answer, one: Selector) -> Piece:  # noqa: ANN401
    """Return the piece that an element of a page is."""
    if STAND_IN in one.attrib:
        return Piece(**json.loads(one.attrib[STAND_IN]))
    is_page = bool(source.links)
    title = _text(one, source.title)
    text = " ".join(_all_text(part) for part in one.css(source.text))
    author = _text(one, source.author) if source.author else ""
    at = _time(one, source.time) if source.time else ""
    if is_page and not (title and author and at):
        said = extract_metadata(page.text, default_url=page.url)
        title = title or (said and said.title) or ""
        author = author or (said and said.author) or ""
        at = at or _iso((said and said.date) or "")
    own = one.css("a::attr(href)").get() or ""
    place = page.url if is_page else f"{page.url}#{own or id_of_title(_squeezed(title))}"
    return Piece(_key(place), _squeezed(title), len(_squeezed(text)), _squeezed(author), at)


def _key(place: str) -> str:
    """Return what names a piece: the path of its page, hashed where that is long."""
    parts = urlsplit(place)
    query, fragment = parts.query and f"?{parts.query}", parts.fragment and f"#{parts.fragment}"
    key = f"{parts.path.strip('/')}{query}{fragment}" or "/"
    return key if len(key) <= _LONGEST_ID else hashlib.sha256(key.encode()).hexdigest()


def _text(one: Selector, css: str) -> str:
    found = one.css(css)
    return _squeezed(_all_text(found[0])) if found else ""


def _time(one: Selector, css: str) -> str:
    found = one.css(css)
    if not found:
        return ""
    return _iso(found[0].attrib.get("datetime") or _squeezed(_all_text(found[0])))


def _iso(text: str) -> str:
    """Return a time in the way that the contract reads it; empty where it cannot be understood."""
    try:
        at: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        at = dateparser.parse(text) if text else None
    if at is None:
        return ""
    return (at.astimezone(UTC) if at.tzinfo else at).isoformat()


def _all_text(one: Selector) -> str:
    return str(one.xpath("string()").get() or "")


def _squeezed(text: str) -> str:
    return " ".join(text.split())
