"""Asking a platform over HTTP: politely, within limits, with errors that say what to do.

Retries, back-off and ``Retry-After`` are dlt's. A redirect is an error, so that no secret follows one to another host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from pipelines import clock
from pipelines.sources.definition import Named, SourceError
from pipelines.sources.kept import Answer
from pipelines.sources.refusal import decoded, refusal

_ATTEMPTS = 5
_LONGEST_WAIT_S = 300
_LONGEST_LIMIT_S = 3700
"""How long is waited for a platform that allows so many requests an hour."""
_BLOCK = 1 << 16
_SHOWN = 80


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
        headers = {"Accept": accept}
        if earlier and earlier.etag:
            headers["If-None-Match"] = earlier.etag
        if earlier and earlier.modified:
            headers["If-Modified-Since"] = earlier.modified
        return self._answer("GET", path, headers, unchanged_is_none=earlier is not None)

    def get_json(self, path: str) -> tuple[Answer, Any]:
        """Ask for JSON; returns the answer and what it says.

        Raises:
            SourceError: As ``get``; or the answer is no JSON, such as a page to sign in.
        """
        answer = self.get(path, accept="application/json")
        assert answer is not None  # nothing was conditional
        return answer, self._said(answer)

    def post_json(self, path: str, asked: Any) -> tuple[Answer, Any]:  # noqa: ANN401 - JSON
        """Ask by sending JSON; returns the answer, which is JSON too, and what it says.

        Raises:
            SourceError: As ``get_json``.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        answer = self._answer("POST", path, headers, body=json.dumps(asked))
        assert answer is not None
        return answer, self._said(answer)

    def error(self, url: str, what: str) -> SourceError:
        """Return the error that says what is wrong with an address of this source."""
        return SourceError(f"{self.named.name}: {url}: {what}")

    def _said(self, answer: Answer) -> Any:  # noqa: ANN401 - JSON
        try:
            return json.loads(answer.text)
        except ValueError as error:
            start = " ".join(answer.text.split())[:_SHOWN]
            what = "a web page" if start.lower().startswith(("<!doctype", "<html")) else repr(start)
            raise self.error(
                answer.url,
                f"JSON was expected and {what} came: is the address that of the platform itself, or is "
                "there a page to sign in before it?",
            ) from error

    def _answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        *,
        body: str | None = None,
        unchanged_is_none: bool = False,
    ) -> Answer | None:
        url = urljoin(self.base, path)
        response, content = self._ask(method, url, headers, body)
        waited = 0.0
        while (wait := _wait_of(response)) is not None:
            waited += wait + 1
            if waited > _LONGEST_LIMIT_S:
                again = clock.now() + timedelta(seconds=wait)
                raise self.error(
                    url,
                    f"has been asked as often as it allows, and allows more at {again:%H:%M} UTC: what came so far is "
                    "kept, the next pull goes on",
                )
            time.sleep(wait + 1)
            response, content = self._ask(method, url, headers, body)
        if response.status_code == 304 and unchanged_is_none:
            return None
        if (refused := refusal(self.named, url, response, content)) is not None:
            raise refused
        return Answer(
            url=url,
            at=self._at,
            text=decoded(response.headers.get("Content-Type", ""), content),
            etag=response.headers.get("ETag", ""),
            modified=response.headers.get("Last-Modified", ""),
            following=response.links.get("next", {}).get("url", ""),
        )

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[Any, bytes]:
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
            response = self._client.request(
                method, url, headers=dict(headers), data=body, stream=True, allow_redirects=False
            )
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


def _wait_of(response: Any) -> float | None:  # noqa: ANN401 - a requests.Response
    """Return for how many seconds a limit of the platform still holds, which an answer says; None of any other."""
    headers = response.headers
    if response.status_code not in (403, 429):
        return None
    if headers.get("X-RateLimit-Remaining") == "0" and headers.get("X-RateLimit-Reset", "").isdecimal():
        return max(0.0, int(headers["X-RateLimit-Reset"]) - _their_now(headers).timestamp())
    after = headers.get("Retry-After", "")
    return float(after) if response.status_code == 403 and after.isdecimal() else None


def _their_now(headers: Mapping[str, str]) -> datetime:
    """Return what the platform's clock says, which tells when its limit ends; ours, where an answer has no time."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).replace(tzinfo=UTC)
    except ValueError:
        return clock.now()
