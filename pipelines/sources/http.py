"""Asking a platform over HTTP: politely, within limits, with errors that say what to do.

Retries, back-off and ``Retry-After`` are dlt's. A redirect is an error, so that no secret follows one to another host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pipelines.sources.definition import Named, SourceError
from pipelines.sources.kept import Answer

_ATTEMPTS = 5
_LONGEST_WAIT_S = 300
_BLOCK = 1 << 16
_SHOWN = 80


class NotFoundError(SourceError):
    """The platform has no such address, or does not show it."""


class Http:
    """The way to one platform: base address, headers, and how fast it may be asked.

    Args:
        named: The source that asks; named in every error.
        base: Address that relative ones begin with.
        started_at: Start of the pull, which its answers bear.
        headers: Sent with every request; may hold secrets.
    """

    def __init__(
        self,
        named: Named,
        base: str,
        started_at: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Open no connection yet.

        Raises:
            SourceError: The package that does the asking is not installed, or the address is none.
        """
        try:
            from dlt.sources.helpers.requests import Client  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise SourceError(f"{named.name}: to fetch from the net, pip install 'guildbook[sources]'") from error
        if not base.startswith(("http://", "https://")):
            raise SourceError(f"{named.name}: {base!r} in {named.path.name} is no address; begin it with https://")
        self.named = named
        self._at = started_at.isoformat(timespec="seconds")
        self.base = base.rstrip("/") + "/"
        self.n_requests = 0
        self._between = 60 / named.source.requests_per_minute
        self._last = -float("inf")
        agent = {"User-Agent": "guildbook (community analytics)", "Accept-Encoding": "gzip, deflate"}
        self._client = Client(
            request_timeout=60,
            raise_for_status=False,
            request_max_attempts=_ATTEMPTS,
            request_max_retry_delay=_LONGEST_WAIT_S,
            session_attrs={"headers": agent | dict(headers or {}), "trust_env": True},
        )

    def slow_down(self, seconds: float) -> None:
        """Leave so many seconds between requests from now on, if that is more than it was."""
        self._between = max(self._between, seconds)

    def get(self, path: str, *, earlier: Answer | None = None, accept: str = "*/*") -> Answer | None:
        """Ask for an address; None where nothing changed since the ``earlier`` answer.

        Raises:
            NotFoundError: 404 or 410.
            SourceError: Any other answer than the one wanted; says what to do.
        """
        url = urljoin(self.base, path)
        headers = {"Accept": accept}
        if earlier and earlier.etag:
            headers["If-None-Match"] = earlier.etag
        if earlier and earlier.modified:
            headers["If-Modified-Since"] = earlier.modified
        response, body = self._ask(url, headers)
        if response.status_code == 304 and earlier:
            return None
        self._check(url, response, body)
        return Answer(
            url=url,
            at=self._at,
            text=_decoded(response.headers.get("Content-Type", ""), body),
            etag=response.headers.get("ETag", ""),
            modified=response.headers.get("Last-Modified", ""),
        )

    def get_json(self, path: str) -> tuple[Answer, Any]:
        """Ask for JSON; returns the answer and what it says.

        Raises:
            SourceError: As ``get``; or the answer is no JSON, such as a page to sign in.
        """
        answer = self.get(path, accept="application/json")
        assert answer is not None  # nothing was conditional
        try:
            return answer, json.loads(answer.text)
        except ValueError as error:
            start = " ".join(answer.text.split())[:_SHOWN]
            what = "a web page" if start.lower().startswith(("<!doctype", "<html")) else repr(start)
            raise self.error(
                answer.url,
                f"JSON was expected and {what} came: is the address that of the platform itself, or is "
                "there a page to sign in before it?",
            ) from error

    def error(self, url: str, what: str) -> SourceError:
        """Return the error that says what is wrong with an address of this source."""
        return SourceError(f"{self.named.name}: {url}: {what}")

    def _ask(self, url: str, headers: Mapping[str, str]) -> tuple[Any, bytes]:
        import requests  # noqa: PLC0415 - with dlt

        self.n_requests += 1
        if self.n_requests > self.named.source.max_requests:
            raise self.error(
                url,
                f"{self.named.source.max_requests:,} requests and no end: look whether the platform answers the "
                "same again and again, or raise max_requests; what came so far is kept, the next pull goes on",
            )
        wait = self._last + self._between - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last = time.monotonic()
        try:
            response = self._client.get(url, headers=dict(headers), stream=True, allow_redirects=False)
            with response:
                return response, self._body(url, response)
        except requests.exceptions.Timeout as error:
            raise self.error(url, "no answer within a minute, five times: the next pull tries again") from error
        except requests.exceptions.RequestException as error:
            said = " ".join(str(error).split())
            raise self.error(
                url,
                f"cannot be reached: look at the address in {self.named.path.name} and at this machine's way to "
                f"the net ({said[:200]})",
            ) from error

    def _body(self, url: str, response: Any) -> bytes:  # noqa: ANN401 - a requests.Response
        limit = self.named.source.max_answer_mb << 20
        body = bytearray()
        for block in response.iter_content(_BLOCK):
            body += block
            if len(body) > limit:
                raise self.error(
                    url,
                    f"the answer is larger than {self.named.source.max_answer_mb} MB: look whether it is what "
                    f"you want, or raise max_answer_mb in {self.named.path.name}",
                )
        return bytes(body)

    def _check(self, url: str, response: Any, body: bytes) -> None:  # noqa: ANN401 - a requests.Response
        status = response.status_code
        if status < 300:
            return
        if status < 400:
            raise self.error(
                url,
                f"has moved to {response.headers.get('Location', 'another address')}: "
                f"write that in {self.named.path.name}",
            )
        said = " ".join(body[:400].decode("utf-8", errors="replace").split())
        said = f" ({said[:200]})" if said and not said.startswith("<") else ""
        if status in (401, 403):
            keys = ", ".join(self.named.source.secrets.values())
            cure = f"look whether {keys} is still valid and may read this" if keys else "it wants a key: see secrets"
            raise self.error(url, f"answered {status}, no permission{said}: {cure}")
        if status in (404, 410):
            raise NotFoundError(
                f"{self.named.name}: {url}: answered {status}, there is nothing{said}: look at the address in "
                f"{self.named.path.name}"
            )
        if status == 429:
            raise self.error(
                url,
                "answered 429, too many requests, and again after waiting: what came so far is kept, the next "
                f"pull goes on; lower requests_per_minute in {self.named.path.name}",
            )
        if status >= 500:
            raise self.error(
                url,
                f"answered {status} five times, the platform has a fault{said}: what came so far is kept, the "
                "next pull goes on",
            )
        raise self.error(url, f"answered {status}{said}")


def _decoded(content_type: str, body: bytes) -> str:
    """Return the text of an answer: as its header says, a page also as the page says, else UTF-8."""
    from w3lib.encoding import html_to_unicode  # noqa: PLC0415 - an extra

    if "html" in content_type:
        return str(html_to_unicode(content_type, body, default_encoding="utf-8")[1])
    charset = content_type.partition("charset=")[2].partition(";")[0].strip(' "') or "utf-8"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")
