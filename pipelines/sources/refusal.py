"""Answers that are refusals, and what to do about each; and the text of any other."""

from __future__ import annotations

from typing import Any

from pipelines.sources.definition import Named, SourceError


class NotFoundError(SourceError):
    """The platform has no such address, or does not show it."""


def refusal(named: Named, url: str, response: Any, body: bytes) -> SourceError | None:  # noqa: ANN401
    """Return the error that an answer, a ``requests.Response``, stands for; None of a good one."""
    status = response.status_code
    if status < 300:
        return None
    if status < 400:
        return SourceError(
            f"{named.name}: {url}: has moved to {response.headers.get('Location', 'another address')}: "
            f"write that in {named.path.name}",
        )
    said = " ".join(body[:400].decode("utf-8", errors="replace").split())
    said = f" ({said[:200]})" if said and not said.startswith("<") else ""
    if status in (404, 410):
        return NotFoundError(
            f"{named.name}: {url}: answered {status}, there is nothing{said}: look at the address in {named.path.name}"
        )
    keys = ", ".join(named.source.secrets.values())
    if status in (401, 403):
        cure = f"look whether {keys} is still valid and may read this" if keys else "it wants a key: see secrets"
        what = f"answered {status}, no permission{said}: {cure}"
    elif status == 429:
        what = (
            "answered 429, too many requests, and again after waiting: what came so far is kept, the next pull "
            f"goes on; lower requests_per_minute in {named.path.name}"
        )
    elif status >= 500:
        what = (
            f"answered {status} five times, the platform has a fault{said}: what came so far is kept, the next pull "
            "goes on"
        )
    else:
        what = f"answered {status}{said}"
    return SourceError(f"{named.name}: {url}: {what}")


def decoded(content_type: str, body: bytes) -> str:
    """Return the text of an answer: as its header says, a page also as the page says, else UTF-8."""
    from w3lib.encoding import html_to_unicode  # noqa: PLC0415 - an extra

    if "html" in content_type:
        return str(html_to_unicode(content_type, body, default_encoding="utf-8")[1])
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(' "') or "utf-8"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")
