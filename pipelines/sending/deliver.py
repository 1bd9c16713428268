"""One letter to one target: noted before and after, tried again with pauses, never twice where the place knows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.faults import NONSENSE, UserError, raised_at
from pipelines.home import Home
from pipelines.sending.message import Letter, Message
from pipelines.sending.record import Past, Record, State
from pipelines.sending.targets import AnyTarget, AppriseTarget, DiscourseTarget, FileTarget, PostTarget, secrets_of
from pipelines.sending.ways import NotSentError, Way
from pipelines.settings import Settings

_LONGEST_PAUSE = 30
_FIRST_REST, _LONGEST_REST = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True)
class Pace:
    """How hard one go tries.

    Attributes:
        tries: how often in one go.
        by_hand: whether somebody asks for it, so that no rest is kept between goes.
        sleep: how a pause is made.
    """

    tries: int = 3
    by_hand: bool = False
    sleep: Callable[[float], None] = time.sleep


def way_to(path: Path, target: AnyTarget, home: Home, settings: Settings) -> Way:
    """Return what sends to a target.

    Raises:
        UserError: A secret has no value.
    """
    values = secrets_of(path, target, settings)
    match target:
        case AppriseTarget():
            from pipelines.sending.ways.chat import ChatWay  # noqa: PLC0415 - each way has packages of its own

            return ChatWay(values["url"], target.secrets.url)
        case PostTarget():
            from pipelines.sending.ways.post import PostWay  # noqa: PLC0415

            url = target.url or values["url"].get_secret_value()
            return PostWay(settings.title, url, values.get("key"), values.get("authorization"))
        case DiscourseTarget():
            from pipelines.sending.ways.discourse import DiscourseWay  # noqa: PLC0415

            return DiscourseWay(target.url, values["key"], target.username, target.category, target.topic, target.tags)
        case FileTarget():
            from pipelines.sending.ways.file import FileWay  # noqa: PLC0415

            folder = Path(target.folder).expanduser() if target.folder else home.messages / path.stem
            return FileWay(settings.title, home.root / folder, as_json=target.form == "json")


def rests(past: Past | None, now: datetime) -> bool:
    """Whether a message that failed is left alone for a while: longer after each failure."""
    if past is None or past.state not in ("failed", "unsure"):
        return False
    rest = min(_FIRST_REST * 2 ** min(past.attempt - 1, 10), _LONGEST_REST)
    return bool(timedelta(0) <= now - past.noted_at < rest)  # one that lies ahead is of a clock that was set back since


def deliver(
    way: Way, target: AnyTarget, name: str, message: Message, letter: Letter, record: Record, pace: Pace
) -> str:
    """Send a letter and return what the other side calls it.

    Raises:
        NotSentError: It did not go out, or nobody knows; the log of messages says which.
    """
    may_repeat = way.knows_again or (isinstance(target, AppriseTarget) and target.if_unsure == "send_again")
    past = record.past(name, message.key)
    attempt = past.attempt if past else 0
    if past is not None and past.may_have_come and not may_repeat:
        reason = "it may have come before the process died; as the file says if_unsure: leave, it is not sent again"
        record.note(name, message, "left", attempt, reason)
        raise NotSentError(reason, may_have_come=True)

    def once() -> str:
        nonlocal attempt
        attempt += 1
        record.note(name, message, "intended", attempt)
        try:
            reply = _understood(way, letter)
        except NotSentError as error:
            state: State = "failed" if not error.may_have_come else "unsure" if may_repeat else "left"
            record.note(name, message, state, attempt, str(error))
            raise
        record.note(name, message, "sent", attempt, reply)
        return reply

    return _retried(once, may_repeat=may_repeat, pace=pace)


def _understood(way: Way, letter: Letter) -> str:
    """Send a letter; an answer that nobody can read leaves open whether it came."""
    try:
        return way.send(letter)
    except NONSENSE as error:
        reason = f"what came as an answer is none that is known ({raised_at(error)}): check that the address is right"
        raise NotSentError(reason, again=True, may_have_come=True) from error


def _retried(once: Callable[[], str], *, may_repeat: bool, pace: Pace) -> str:
    try:
        import tenacity  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UserError("sending needs a package: pip install 'guildbook[send]'") from error

    def is_worth_it(error: BaseException) -> bool:
        if not isinstance(error, NotSentError) or not error.again or (error.wait or 0) > _LONGEST_PAUSE:
            return False
        return may_repeat or not error.may_have_come

    exponential = tenacity.wait_random_exponential(multiplier=1, max=8)

    def pause(state: Any) -> float:  # noqa: ANN401 - tenacity's own
        error = state.outcome.exception()
        return max(exponential(state), getattr(error, "wait", None) or 0)

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(pace.tries),
        retry=tenacity.retry_if_exception(is_worth_it),
        wait=pause,
        sleep=pace.sleep,
        reraise=True,
    )
    return retrying(once)
