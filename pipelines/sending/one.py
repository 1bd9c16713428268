"""One message to one target: whether it goes out now, in which words, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pipelines.faults import UserError
from pipelines.report.parts import reasons
from pipelines.report.parts.text import Text
from pipelines.sending.deliver import Pace, deliver, rests, way_to
from pipelines.sending.due import Desk, Due
from pipelines.sending.message import Letter, Message, told
from pipelines.sending.record import Record
from pipelines.sending.targets import AnyTarget
from pipelines.sending.ways import NotSentError
from pipelines.settings import Settings

What = Literal["sent", "failed", "would be sent", "waits", "old", "rests"]


_CHINESE: dict[What, str] = {
    "sent": "已发送",
    "failed": "发送失败",
    "would be sent": "待发送（发送尚未开启）",
    "waits": "等待发送",
    "old": "已过时",
    "rests": "暂不重试",
}


class SendingError(UserError):
    """Nothing can be sent now; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of one message to one target; ``said`` is why, from when, or what the other side calls it."""

    target: str
    key: str
    what: What
    said: str = ""
    letter: Letter | None = None

    @property
    def is_failure(self) -> bool:
        """Whether somebody has to do something."""
        return self.what == "failed"

    def __str__(self) -> str:
        """The outcome in a line."""
        return " ".join(filter(None, [f"{self.target}:", self.key, self.what])) + (
            f", {self.said}" if self.said else ""
        )

    @property
    def line(self) -> Text:
        """The outcome in a line, in both languages."""
        chinese = f"{self.target}：{' '.join(filter(None, [self.key, _CHINESE[self.what]]))}"
        return Text(str(self), f"{chinese}：{reasons.said(self.said).zh}" if self.said else chinese)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for.

    Attributes:
        shows_only: whether nothing is sent.
        old_too: whether messages on days long past go out too.
        only: names of targets; all where empty.
    """

    shows_only: bool = False
    old_too: bool = False
    only: Sequence[str] = ()


def held(
    one: Due,
    message: Message,
    name: str,
    record: Record,
    wish: Wish,
    pace: Pace,
    now: datetime,
    settings: Settings,
) -> tuple[What, str] | None:
    """Why a message does not go out now; None where it does."""
    if one.is_old and not wish.old_too:
        return "old", f"it is of {message.day or 'a stop long ago'}; --old sends it all the same"
    if one.not_before > now:
        return "waits", f"until {one.not_before.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}"
    past = record.past(name, message.key)
    if not pace.by_hand and past is not None and rests(past, now):
        return "rests", f"after {past.attempt} tries: {past.reply}"
    return None


def send_one(path: Path, target: AnyTarget, message: Message, desk: Desk, record: Record, pace: Pace) -> Outcome:
    """Send a message to a target.

    Raises:
        UserError: A secret has no value, or a package is missing.
    """
    letter = letter_to(target, message, desk)
    way = way_to(path, target, desk.home, desk.settings)
    try:
        reply = deliver(way, target, path.stem, message, letter, record, pace)
    except NotSentError as error:
        return Outcome(path.stem, message.key, "failed", str(error), letter)
    return Outcome(path.stem, message.key, "sent", reply, letter)


def letter_to(target: AnyTarget, message: Message, desk: Desk) -> Letter:
    """The message in the target's language, with its link."""
    return told(message, target.language or desk.settings.language or "en", _link(desk, message.page))


def _link(desk: Desk, page: str) -> str:
    """Address of a page, or its file where no address is set."""
    home, stopped = desk.home, page == "last_run.html"
    if desk.settings.site_url and (desk.through is not None or not stopped):
        return f"{desk.settings.site_url}/{page}"
    return str(home.last_run / "index.html" if stopped else home.published / "site" / page)
