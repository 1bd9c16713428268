"""Chats and mailboxes by Apprise: one address each, cut to what the place takes, its answer read.

Apprise says whether a message went out, not what was answered, and some chats answer a refusal with status 200 and a
number in their JSON. So the answers are listened to.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import SecretStr

from pipelines.faults import UserError
from pipelines.sending.message import Letter, cut, uncalling
from pipelines.sending.ways import NotSentError
from pipelines.sending.ways.http import no_answer, refused

_IN_BYTES: dict[str, tuple[int, Callable[[str], int]]] = {
    "wecombot": (2048, lambda text: len(text.encode())),
    "feishu": (19_500, lambda text: len(json.dumps(text))),
    "lark": (19_500, lambda text: len(json.dumps(text))),
    "dingtalk": (19_500, lambda text: len(json.dumps(text))),
}
"""Chats that count bytes: those of the text, or those of the whole request, in which other letters are escaped."""

_PASTED = (
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), r"feishu://\1"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), r"dingtalk://\1"),
)
"""Addresses as the chats show them, where Apprise has only one of its own."""

_CODES = ("errcode", "code", "StatusCode")
_BUSY = {9499, 11232, 45009, 130101}
"""Numbers by which Feishu, WeCom and DingTalk say that too many messages came."""


@dataclass(frozen=True)
class ChatWay:
    """One address."""

    address: SecretStr
    variable: str
    knows_again: bool = False

    def send(self, letter: Letter) -> str:
        """Send the letter as plain text under its title."""
        apprise = _apprise()
        with _said_by(apprise):
            plugin = apprise.Apprise.instantiate(self._written, suppress_exceptions=True)
        if plugin is None:
            raise NotSentError(f"the value of {self.variable} is no address that Apprise knows: see docs/send.md")
        title, body = uncalling(letter.title), self._fitted(plugin, letter)
        with _answers() as heard, _said_by(apprise) as said:
            is_sent = plugin.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
        for answer in heard:
            if problem := _problem(answer):
                raise problem
        if not is_sent:
            words = self._without_secret(said[-1]) if said else "Apprise does not say why"
            # An answer that is no clear refusal, such as a code that is no number: it may have come all the same.
            raise NotSentError(f"not sent: {words}", again=True, may_have_come=bool(heard))
        return ""

    def _fitted(self, plugin: Any, letter: Letter) -> str:  # noqa: ANN401 - Apprise has no types
        most, size = _IN_BYTES.get(str(plugin.secure_protocol), (int(plugin.body_maxlen), len))
        return cut(letter.for_chat, most - size(letter.title) - 16, letter.language, size)

    @property
    def _written(self) -> str:
        """The address as Apprise writes it."""
        address = self.address.get_secret_value().strip()
        for pattern, own in _PASTED:
            if found := pattern.fullmatch(address):
                return found.expand(own)
        return address

    def _without_secret(self, words: str) -> str:
        """Take all parts of the address out of what is said of it."""
        for part in sorted(re.split(r"[/:@?&=,]+", self.address.get_secret_value()), key=len, reverse=True):
            if len(part) > 3:
                words = words.replace(part, "…")
        return words


def _apprise() -> Any:  # noqa: ANN401 - Apprise has no types
    try:
        import apprise  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UserError("targets of the kind apprise need a package: pip install 'guildbook[send]'") from error
    return apprise


def _problem(answer: requests.Response | requests.RequestException) -> NotSentError | None:
    """What an answer says that went wrong; None where it took the message."""
    if isinstance(answer, requests.RequestException):
        return no_answer(str(answer.request.url) if answer.request else "", answer)
    url = answer.request.url or ""
    if problem := refused(answer.status_code, answer.headers, answer.text, url):
        return problem
    try:
        found = json.loads(answer.text)
    except ValueError:
        return None
    code = next((found[name] for name in _CODES if found.get(name)), 0) if isinstance(found, dict) else 0
    if not isinstance(code, int) or not code or 200 <= code < 300:
        return None
    words = " ".join(str(found.get("errmsg") or found.get("msg") or found.get("message") or "").split())[:200]
    return NotSentError(
        f"the chat refused it with number {code}: {words or 'no reason given'}; look at the rules of its robot",
        again=code in _BUSY,
    )


@contextmanager
def _answers() -> Iterator[list[requests.Response | requests.RequestException]]:
    """Listen to what is answered to this thread's requests."""
    heard: list[requests.Response | requests.RequestException] = []
    mine, send = threading.get_ident(), requests.Session.send

    def listening(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # noqa: ANN401
        try:
            response = send(session, request, **options)
        except requests.RequestException as error:
            if threading.get_ident() == mine:
                heard.append(error)
            raise
        if threading.get_ident() == mine and not response.is_redirect:
            heard.append(response)
        return response

    requests.Session.send = listening  # type: ignore[method-assign, assignment]
    try:
        yield heard
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


@contextmanager
def _said_by(apprise: Any) -> Iterator[list[str]]:  # noqa: ANN401 - Apprise has no types
    """Collect what Apprise says, which may hold parts of the address, so that it is said nowhere else."""
    said: list[str] = []

    class _Collects(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                said.append(record.getMessage())

    logger: logging.Logger = apprise.logger
    handler, propagates, level = _Collects(), logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
        logger.setLevel(level)
