"""Web pages: pieces on list pages or on pages of their own, found by CSS selectors; robots.txt is obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urldefrag, urljoin, urlsplit

from parsel import Selector
from pydantic import Field, field_validator

from pipelines.sources.definition import Source
from pipelines.sources.http import Http
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Forgetting, Kind, Pull, Tables, texts
from pipelines.sources.kinds import html_forget
from pipelines.sources.kinds.html_pieces import COLUMNS, piece_rows, pieces
from pipelines.sources.refusal import NotFoundError
from pipelines.sources.robots import Robots

_HTML = "text/html,application/xhtml+xml"


class HtmlSource(Source):
    """A site: its list page, and what on it is a piece."""

    url: str = Field(description="Address of the list page, or of the one page there is.")
    links: str | None = Field(None, description="CSS of the links to pages of one piece each; none: pieces are here.")
    next_page: str | None = Field(None, description="CSS of the link to the next list page.")
    item: str = Field("div.content", description="CSS of one piece; on a page of its own the whole page where absent.")
    title: str = Field("h1, h2", description="CSS of its title, inside the piece.")
    text: str = Field("p", description="CSS of its text.")
    author: str | None = Field(None, description="CSS of its author.")
    time: str | None = Field(None, description="CSS of its time; the attribute datetime goes before the text.")
    content_kind: str = Field("article", description="Kind of the pieces in the log content.")
    channel: str = Field("", description="Channel of the pieces.")

    @field_validator("links", "next_page", "item", "title", "text", "author", "time")
    @classmethod
    def _is_css(cls, value: str | None) -> str | None:
        if value:
            try:
                Selector("<p></p>").css(value)
            except Exception as error:
                raise ValueError(f"{value!r} is no CSS selector: {error}") from error
        return value


def _source(pull: Pull) -> HtmlSource:
    assert isinstance(pull.named.source, HtmlSource)
    return pull.named.source


def fetch(pull: Pull) -> None:
    """Walk over the list pages, and over the pages that they link to; pages that did not change are not kept again."""
    source = _source(pull)
    http = Http(pull.named, source.url, pull.started_at)
    robots = Robots(http)
    earlier = _newest(pull, "lists")
    known = _newest(pull, "pages")
    first_seen = _first_seen(pull)
    old = pull.started_at - timedelta(days=source.look_back_days)
    asked: set[str] = set()
    n_found = 0
    for list_page in _list_pages(pull, http, robots, earlier):
        n_found += len(_links(source, list_page) if source.links else pieces(source, list_page))
        for url in _links(source, list_page) if source.links else []:
            is_old = url in first_seen and first_seen[url] < old and not pull.everything
            if url in asked or is_old:
                continue
            asked.add(url)
            if not _is_of_site(source, url) or not robots.allows(url):
                pull.remarks.append(f"{pull.named.name}: {url} is left out: another site, or robots.txt forbids it")
                continue
            try:
                answer = http.get(url, earlier=known.get(url), accept=_HTML)
            except NotFoundError as error:
                pull.remarks.append(str(error))
                continue
            if answer is not None:
                pull.kept.add("pages", answer)
    if not n_found and earlier:
        before = sum(len(_links(source, one) if source.links else pieces(source, one)) for one in earlier.values())
        key = "links" if source.links else "item"
        pull.remarks.append(
            f"{pull.named.name}: no piece is on the list pages, and {before:,} were before: look whether the site "
            f"looks otherwise now, and at {key} in {pull.named.path.name}"
        )


def _list_pages(pull: Pull, http: Http, robots: Robots, earlier: dict[str, Answer]) -> Iterator[Answer]:
    """Ask for one list page after the other, each once; an unchanged one is the answer that is kept already."""
    source = _source(pull)
    url: str | None = source.url
    seen: set[str] = set()
    while url is not None and url not in seen:
        seen.add(url)
        robots.demand(url)
        answer = http.get(url, earlier=earlier.get(url), accept=_HTML)
        if answer is not None:
            pull.kept.add("lists", answer)
        page = answer or earlier[url]
        yield page
        following = [urljoin(url, one) for one in _hrefs(page, source.next_page)] if source.next_page else []
        url = next((urldefrag(one).url for one in following if _is_of_site(source, one)), None)


def check(pull: Pull) -> str:
    """Ask for the list page; returns what was found on it."""
    source = _source(pull)
    http = Http(pull.named, source.url, pull.started_at)
    Robots(http).demand(source.url)
    answer = http.get(source.url, accept=_HTML)
    assert answer is not None
    if source.links:
        return f"{source.url}: {len(_links(source, answer)):,} links to pieces on the first page"
    return f"{source.url}: {len(pieces(source, answer)):,} pieces on the first page"


def tables(pull: Pull) -> Tables:
    """Return the table ``pieces`` of what is kept."""
    source = _source(pull)
    found = piece_rows(pull.named, source, pull.kept.answers("pages" if source.links else "lists"))
    remarks = [
        f"{pull.named.name}: {text}"
        for text in (
            found.n_undated
            and f"{found.n_undated:,} pieces have no time and count from the pull that saw them first: give time",
            found.n_untitled and f"{found.n_untitled:,} pieces have no title and are left out: look at item and title",
        )
        if text
    ]
    if not found.rows:
        remarks.append(f"{pull.named.name}: no piece was found: look at item in {pull.named.path.name}")
    return Tables({"pieces": texts(COLUMNS, found.rows)}, tuple(remarks))


def _newest(pull: Pull, stream: str) -> dict[str, Answer]:
    return {answer.url: answer for answer in pull.kept.answers(stream)}


def _first_seen(pull: Pull) -> dict[str, datetime]:
    seen: dict[str, datetime] = {}
    for answer in pull.kept.answers("pages"):
        seen.setdefault(answer.url, answer.moment)
    return seen


def _links(source: HtmlSource, page: Answer) -> list[str]:
    found = [urldefrag(urljoin(page.url, href)).url for href in _hrefs(page, source.links or "")]
    return list(dict.fromkeys(url for url in found if url.startswith("http")))


def _hrefs(page: Answer, css: str) -> list[str]:
    return [href for one in Selector(page.text).css(css) if (href := one.attrib.get("href"))]


def _is_of_site(source: HtmlSource, url: str) -> bool:
    return urlsplit(url).netloc == urlsplit(source.url).netloc


HTML = Kind(HtmlSource, fetch, check, tables, "html.mapping.yaml", Forgetting(html_forget.learn, html_forget.forget))
