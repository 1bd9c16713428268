"""Requests to other programs, with what went wrong in a line: no secret in it, and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from pipelines.sending.ways import NotSentError

SECONDS = (5, 20)
"""Longest waits for a connection and for an answer."""

_MOST = 64 * 1024
_UNSURE = (502, 504)
"""What a proxy answers in place of a program that may have got the request."""
_NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
_LATER = (408, 425, 429, 500, 503)


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    missing_ok: bool = False,
    hops: int = 3,
) -> Any:  # noqa: ANN401 - JSON
    """Send a request and return the JSON of its answer; None where it has none, or for a missing page that may be.

    What is read follows the other side to another path of its own, and nowhere else: the headers hold a key.

    Raises:
        NotSentError: There was no answer, or not one that says that the request was taken.
    """
    try:
        with closing(
            requests.request(
                method, url, data=body, headers=dict(headers), timeout=SECONDS, allow_redirects=False, stream=True
            )
        ) as response:
            text = response.raw.read(_MOST, decode_content=True).decode("utf-8", "replace")
    except requests.RequestException as error:
        raise no_answer(url, error) from None
    except (HTTPError, OSError) as error:
        raise no_answer(url, requests.ConnectionError(error)) from None
    if missing_ok and response.status_code == requests.codes.not_found:
        return None
    to = urljoin(url, response.headers.get("Location", ""))
    if response.is_redirect and method == "GET" and hops and urlsplit(to).netloc == urlsplit(url).netloc:
        return ask(method, to, headers=headers, missing_ok=missing_ok, hops=hops - 1)
    if problem := refused(response.status_code, response.headers, text, url):
        raise problem
    return _json(response, text, url)


def no_answer(url: str, error: requests.RequestException) -> NotSentError:
    """Say why there was no answer, and whether the request may have come all the same."""
    place = _place(url)
    if isinstance(error, _NO_ADDRESS):
        return NotSentError("the address is none: write it whole, with https:// and a host")
    if isinstance(error, requests.exceptions.SSLError):
        return NotSentError(f"{place} has no certificate that this machine trusts: mend it there", again=True)
    cause = error.args[0] if error.args else None
    never_left = isinstance(error, requests.ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )
    if isinstance(error, requests.Timeout) and not never_left:
        return NotSentError(f"{place} did not answer in time", again=True, may_have_come=True)
    if never_left:
        return NotSentError(f"{place} cannot be reached: check the address and this machine's network", again=True)
    return NotSentError(f"{place} broke off without an answer", again=True, may_have_come=True)


def refused(status: int, headers: Mapping[str, str], text: str, url: str) -> NotSentError | None:
    """Say what a status that is no success means, and what to do; None for a success."""
    place = _place(url)
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        to = urlsplit(headers.get("Location", "")).hostname or "elsewhere"
        return NotSentError(f"{place} says {status}, it moved ({to}): write the new address into the file")
    said = {
        401: "the key or token is wrong or has expired: check the target's secrets",
        403: "this key may not do that: give it the right, or check the target's secrets",
        404: "there is nothing at this address: check the target's url, topic and category",
        410: "this address is no more: make a new one and write it into the target's secrets",
        413: "the message is too long for it",
        429: "too many messages: it is tried again later",
    }.get(status)
    words = said or _words(text) or "look at its log"
    detail = _words(text) if said and status in (403, 404, 422) else ""
    return NotSentError(
        f"{place} says {status}: {words}" + (f" ({detail})" if detail and detail != words else ""),
        again=status in (*_LATER, *_UNSURE),
        may_have_come=status in _UNSURE,
        wait=_seconds(headers.get("Retry-After")),
    )


def _place(url: str) -> str:
    """What an address is called where nobody may see its secret parts."""
    return urlsplit(url).hostname or "…"


def _words(text: str) -> str:
    """What an answer says of an error, if it is JSON that says it as programs do."""
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    said = found.get("errors") or found.get("error") or found.get("message") or found.get("errmsg") or found.get("msg")
    if isinstance(said, list):
        said = "; ".join(map(str, said))
    return " ".join(str(said or "").split())[:200]


def _seconds(value: str | None) -> float | None:
    try:
        return max(float(value or ""), 0)
    except ValueError:
        return None  # a date: it is tried later anyway


def _json(response: requests.Response, text: str, url: str) -> Any:  # noqa: ANN401 - JSON
    if response.headers.get("Content-Type", "").startswith("text/html"):
        place = _place(url)
        raise NotSentError(f"{place} answered with a page, not as a program: check that the address is that of its API")
    try:
        return json.loads(text)
    except ValueError:
        return None
