"""Sends what is due to every target; what goes wrong with one target keeps no other from its messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pipelines import clock
from pipelines.faults import UserError, brief
from pipelines.home import Home
from pipelines.lake import noted
from pipelines.report.parts.text import Text
from pipelines.sending.deliver import Pace
from pipelines.sending.drafts import draft_files, goes_out, read_draft
from pipelines.sending.due import Desk, Due, due
from pipelines.sending.message import Message
from pipelines.sending.one import Outcome, SendingError, Wish, held, letter_to, send_one
from pipelines.sending.record import Record
from pipelines.sending.targets import DiscourseTarget, FileTarget, PostTarget, read_target, target_files
from pipelines.settings import Settings


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
    files, drafts = _files(home, wish.only), draft_files(home)
    if not files and not drafts:
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
        for path in drafts:
            try:
                found += _draft(path, desk, record, wish, pace, now)
            except UserError as error:
                found.append(Outcome("drafts", f"draft:{path.stem}", "failed", str(error)))
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
        return send_one(path, target, message, Desk(home, settings, None), Record.read(home), pace)


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
            return Outcome(name, message.key, "would be sent", letter=letter_to(target, message, desk))
        return send_one(path, target, message, desk, record, pace)


def _to_one(path: Path, desk: Desk, record: Record, wish: Wish, pace: Pace, now: datetime) -> Iterator[Outcome]:
    target, name = read_target(path), path.stem
    for one in due(desk, name, target, record, now):
        try:
            message = one.make()
        except (duckdb.BinderException, duckdb.CatalogException):
            why = "what is published is of another version of Guildbook: the next guildbook run publishes it anew"
            yield Outcome(name, one.key, "failed", why)
            continue
        except (duckdb.Error, OSError, LookupError, ValueError) as error:
            yield Outcome(name, one.key, "failed", f"cannot be made of what is published: {brief(str(error))}")
            continue
        if message is None:
            continue
        if not_now := held(one, message, name, record, wish, pace, now, desk.settings):
            what, why = not_now
            yield Outcome(name, message.key, what, why, letter_to(target, message, desk))
        elif wish.shows_only:
            yield Outcome(name, message.key, "would be sent", "", letter_to(target, message, desk))
        else:
            yield send_one(path, target, message, desk, record, pace)


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


def _draft(path: Path, desk: Desk, record: Record, wish: Wish, pace: Pace, now: datetime) -> Iterator[Outcome]:
    """Publish an approved draft at its time, by its target."""
    draft = read_draft(path)
    name = draft.head.target
    if draft.head.status != "approved" or (wish.only and name not in wish.only):
        return
    past = record.past(name, draft.key)
    if past is not None and past.is_over:
        return
    (file,) = _files(desk.home, [name])
    target = read_target(file)
    if not isinstance(target, PostTarget | DiscourseTarget) or (
        isinstance(target, DiscourseTarget) and target.category is None
    ):
        raise UserError(f"{path.name}: {name} publishes nothing: name a target of the kind post or discourse_topic")
    message, at = draft.message(), goes_out(draft, desk.home, desk.settings)
    if at is None:
        raise UserError(f"{path.name}: nothing is known of when people read, so give publish_at")
    one = Due(draft.key, lambda: message, at)
    if not_now := held(one, message, name, record, wish, pace, now, desk.settings):
        yield Outcome(name, draft.key, *not_now, letter_to(target, message, desk))
    elif wish.shows_only:
        yield Outcome(name, draft.key, "would be sent", "", letter_to(target, message, desk))
    else:
        yield send_one(file, target, message, desk, record, pace)
