"""Sends what is due to every target; what goes wrong with one target keeps no other from its messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import duckdb
from filelock import FileLock, Timeout

from pipelines import clock
from pipelines.faults import UserError, brief
from pipelines.home import Home
from pipelines.lake import noted
from pipelines.report.parts.text import Text
from pipelines.sending.deliver import Pace, deliver, rests, way_to
from pipelines.sending.due import Desk, Due, due
from pipelines.sending.message import Letter, Message, told
from pipelines.sending.record import Record
from pipelines.sending.targets import AnyTarget, FileTarget, PostTarget, read_target, target_files
from pipelines.sending.ways import NotSentError
from pipelines.settings import Settings

What = Literal["sent", "failed", "would be sent", "waits", "old", "rests"]


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


def send_due(
    home: Home,
    settings: Settings,
    wish: Wish,
    pace: Pace,
    *,
    now: datetime | None = None,
    stop: noted.Stop | None = None,
) -> list[Outcome]:
    """Send what is due, or show it; nothing is due twice.

    Args:
        home: Home folder of the community.
        settings: Its settings.
        wish: What is asked for.
        pace: How hard to try.
        now: The moment that decides what is due.
        stop: The stop of a run, where it may not be noted in the home.

    Raises:
        SendingError: A target that is named is not there, or another process is sending.
    """
    files = _files(home, wish.only)
    if not files:
        return []
    now, desk = now or clock.now(), Desk(home, settings, stop or noted.last(home))
    found: list[Outcome] = []
    with _alone(home):
        record = Record.read(home)
        for path in files:
            try:
                found += _to_one(path, desk, record, wish, pace, now)
            except UserError as error:
                found.append(Outcome(path.stem, "", "failed", str(error)))
    return found


def send_test(home: Home, settings: Settings, name: str, pace: Pace) -> Outcome:
    """Send a target a message that says nothing but that it came; whether sending is on does not matter.

    Raises:
        SendingError: There is no such target.
        UserError: Its file is wrong.
    """
    (path,) = _files(home, [name])
    target = read_target(path)
    message = Message(
        kind="test",
        key=f"test:{clock.now():%Y-%m-%dT%H:%M:%S}",
        title=Text(f"{settings.title}: a test", f"{settings.title}：测试消息"),
        lead=Text(
            "Who reads this gets what Guildbook sends to this place.", "能看到这条消息，说明 Guildbook 可以发送到这里。"
        ),
    )
    with _alone(home):
        return _send(path, target, message, Desk(home, settings, None), Record.read(home), pace)


def send_list(home: Home, settings: Settings, name: str, message: Message, pace: Pace) -> Outcome:
    """Send a list to a target, once.

    Raises:
        SendingError: There is no such target, it takes no lists, or another process is sending.
        UserError: Its file is wrong.
    """
    (path,) = _files(home, [name])
    target = read_target(path)
    if not isinstance(target, PostTarget | FileTarget):
        raise SendingError(f"{path.name}: lists of members go to targets of the kinds post and file alone")
    with _alone(home):
        desk, record = Desk(home, settings, None), Record.read(home)
        past = record.past(name, message.key)
        if past is not None and past.is_over:
            return Outcome(name, message.key, "sent", f"on {past.noted_at:%Y-%m-%d %H:%M} UTC already")
        if not settings.send_enabled:
            return Outcome(name, message.key, "would be sent", letter=_letter(target, message, desk))
        return _send(path, target, message, desk, record, pace)


def _to_one(path: Path, desk: Desk, record: Record, wish: Wish, pace: Pace, now: datetime) -> Iterator[Outcome]:
    target, name = read_target(path), path.stem
    for one in due(desk, name, target, record, now):
        try:
            message = one.make()
        except (duckdb.Error, OSError, LookupError, ValueError) as error:
            yield Outcome(name, one.key, "failed", f"cannot be made of what is published: {brief(str(error))}")
            continue
        if message is None:
            continue
        if held := _held(one, message, name, record, wish, pace, now, desk.settings):
            what, why = held
            yield Outcome(name, message.key, what, why, _letter(target, message, desk))
        elif wish.shows_only:
            yield Outcome(name, message.key, "would be sent", "", _letter(target, message, desk))
        else:
            yield _send(path, target, message, desk, record, pace)


def _held(
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


def _send(path: Path, target: AnyTarget, message: Message, desk: Desk, record: Record, pace: Pace) -> Outcome:
    letter = _letter(target, message, desk)
    way = way_to(path, target, desk.home, desk.settings)
    try:
        reply = deliver(way, target, path.stem, message, letter, record, pace)
    except NotSentError as error:
        return Outcome(path.stem, message.key, "failed", str(error), letter)
    return Outcome(path.stem, message.key, "sent", reply, letter)


def _letter(target: AnyTarget, message: Message, desk: Desk) -> Letter:
    return told(message, target.language or desk.settings.language or "en", _link(desk, message.page))


def _link(desk: Desk, page: str) -> str:
    """Address of a page, or its file where no address is set."""
    home, stopped = desk.home, page == "last_run.html"
    if desk.settings.site_url and (desk.through is not None or not stopped):
        return f"{desk.settings.site_url}/{page}"
    return str(home.last_run / "index.html" if stopped else home.published / "site" / page)


def _files(home: Home, only: Sequence[str]) -> list[Path]:
    files = target_files(home)
    known = {path.stem for path in files}
    if unknown := [name for name in only if name not in known]:
        raise UserError(f"there is no target {unknown[0]}: {home.targets} has {', '.join(sorted(known)) or 'no file'}")
    return [path for path in files if not only or path.stem in only]


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Be the only process that sends, or another could send the same at the same time."""
    home.ledger.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home.ledger / ".messages.sending.lock", timeout=0):
            yield
    except Timeout as error:
        raise SendingError("another process is sending: what is due goes out with it, or the next time") from error
