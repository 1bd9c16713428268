"""Which messages a target is to get, and from when: told by the clock, what is published, and the log of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from pipelines.home import Home
from pipelines.lake import noted
from pipelines.sending.bells import alarm_message
from pipelines.sending.brief import brief
from pipelines.sending.digest import digest
from pipelines.sending.failure import failure
from pipelines.sending.lists import daily_list_if_any
from pipelines.sending.message import Message
from pipelines.sending.publication import last_day, opened
from pipelines.sending.record import Record
from pipelines.sending.so_far import summary, summary_key, warning, warning_key
from pipelines.sending.targets import WEEKDAYS, AnyTarget
from pipelines.settings import Settings
from pipelines.today import kept

OLD = timedelta(days=3)
"""Age from which a message is no news: whoever runs days of the past sends nobody their briefs."""


@dataclass(frozen=True)
class Due:
    """One message that a target is to get; ``make`` gives None where there is nothing to say after all."""

    key: str
    make: Callable[[], Message | None]
    not_before: datetime
    is_old: bool = False


@dataclass
class Desk:
    """Makes messages of one home, each once for all targets; ``stop`` is the stop that stands."""

    home: Home
    settings: Settings
    stop: noted.Stop | None
    _made: dict[tuple[str, object], Message] = field(default_factory=dict)

    @cached_property
    def through(self) -> date | None:
        """Last day of what is published."""
        return last_day(self.home)

    def brief(self, day: date, *, names_members: bool) -> Message:
        """The brief of the last day."""
        place = ("brief", names_members)
        if place not in self._made:
            with opened(self.home, self.settings, day) as published:
                self._made[place] = brief(published, names_members=names_members)
        return self._made[place]

    def digest(self, end: date) -> Message:
        """The digest of the seven days up to one."""
        place = ("digest", end)
        if place not in self._made:
            with opened(self.home, self.settings, end) as published:
                self._made[place] = digest(published)
        return self._made[place]

    def alarms(self, day: date, said: list[str], number: int) -> Message | None:
        """What a target was not yet told of alarms."""
        with opened(self.home, self.settings, day) as published:
            return alarm_message(published, said, number)


def due(desk: Desk, name: str, target: AnyTarget, record: Record, now: datetime) -> Iterator[Due]:
    """The messages that a target is to get and has not got, now or later today.

    While a run stands that stopped, that is all that is said.
    """
    zone = ZoneInfo(desk.settings.timezone)
    if (stop := desk.stop) is not None:
        if "failures" in target.content:
            message = failure(desk.home, desk.settings, stop)
            if not _is_over(record, name, message.key):
                yield Due(message.key, lambda: message, stop.stopped_at, now - stop.stopped_at > OLD)
        return
    if (through := desk.through) is None:
        return
    today = now.astimezone(zone).date()
    if "today" in target.content and (looked := kept.last(desk.home)) is not None and looked.day == today:
        for alarm in looked.alarms:
            if not _is_over(record, name, key := warning_key(looked, alarm)):
                yield Due(key, partial(warning, desk.settings, looked, alarm), now)
        at = datetime.combine(today, time(target.today_hour), zone)
        if looked.as_of.hour >= target.today_hour and not _is_over(record, name, key := summary_key(looked)):
            yield Due(key, partial(summary, desk.settings, looked), at)

    def morning_after(day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(target.hour), zone)

    if "brief" in target.content and not _is_over(record, name, key := f"brief:{through}"):
        made = lambda: desk.brief(through, names_members=target.members)  # noqa: E731 - a name keeps the line short
        yield Due(key, made, morning_after(through), today - through > OLD)
    if "list" in target.content and not _is_over(record, name, key := f"list:contacts:{through}"):
        listed = lambda: daily_list_if_any(desk.home, desk.settings, through)  # noqa: E731
        yield Due(key, listed, morning_after(through), today - through > OLD)
    if "alarms" in target.content:
        key = f"alarms:{through}"
        said, number = record.said_of_alarms(name), record.number_of(name, key)
        yield Due(key, lambda: desk.alarms(through, said, number), now, today - through > OLD)
    end = week_end(through, target.weekday)
    if "digest" in target.content and not _is_over(record, name, key := f"digest:{end}"):
        yield Due(key, lambda: desk.digest(end), morning_after(end), today - end > OLD)


def week_end(through: date, weekday: str) -> date:
    """The last day, up to the data's last, whose next day is that weekday."""
    back = (through + timedelta(days=1)).weekday() - WEEKDAYS.index(weekday)
    return through - timedelta(days=back % 7)


def _is_over(record: Record, name: str, key: str) -> bool:
    past = record.past(name, key)
    return past is not None and past.is_over
