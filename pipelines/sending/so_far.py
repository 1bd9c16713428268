"""The running day as messages: once a day how it goes, and each early warning once, from the last look at it."""

from __future__ import annotations

from pipelines.report.parts.text import Text, day, integer, plural
from pipelines.sending.message import Message, Section, one_line
from pipelines.settings import Settings
from pipelines.today.kept import Alarm, Today
from pipelines.today.page import NAME

_PAGE = f"{NAME}.html"
_PARTIAL = Text("Not whole yet: the nightly run replaces these figures.", "数据不完整：每晚运行后会被替换。")


def summary_key(today: Today) -> str:
    """Key of the day's one summary."""
    return f"today:{today.day}"


def warning_key(today: Today, alarm: Alarm) -> str:
    """Key of one early warning: each is said once a day."""
    return f"today:{today.day}:{alarm.rule}-{alarm.series}-{alarm.direction}"


def summary(settings: Settings, today: Today) -> Message:
    """Make the message of how the day goes."""
    clock = f"{today.as_of:%H:%M}"
    figures = tuple(one.label + Text(f": {one.amount}", f"：{one.amount}") + _usual(one.usual) for one in today.figures)
    waiting = Text(
        f"{plural(today.n_questions, 'question waits', 'questions wait')}, {integer(today.n_new_questions)} of today",
        f"{integer(today.n_questions)} 个提问等待回应，其中今天 {integer(today.n_new_questions)} 个",
    )
    longest = tuple(Text(one_line(one.en), one_line(one.zh)) for one in today.questions)
    return Message(
        kind="today",
        key=summary_key(today),
        day=today.day,
        title=Text(
            f"{settings.title}: the day so far, {day(today.day).en}, {clock}",
            f"{settings.title}：今日至今，{day(today.day).zh} {clock}",
        ),
        lead=today.answer,
        sections=(
            Section(Text("Early warnings", "预警"), tuple(one.said for one in today.alarms)),
            Section(Text("Against the same hour of usual days", "与平常日子的同一时刻相比"), figures),
            Section(Text("Questions", "提问"), (waiting, *longest)),
            Section(Text("The data", "数据"), (_PARTIAL,)),
        ),
        page=_PAGE,
    )


def warning(settings: Settings, today: Today, alarm: Alarm) -> Message:
    """Make the message of one early warning."""
    return Message(
        kind="today",
        key=warning_key(today, alarm),
        day=today.day,
        title=Text(f"{settings.title}: early warning", f"{settings.title}：预警"),
        lead=alarm.said + Text(f" (until {today.as_of:%H:%M})", f"（截至 {today.as_of:%H:%M}）"),
        sections=(Section(Text("The data", "数据"), (_PARTIAL,)),),
        page=_PAGE,
    )


def _usual(usual: Text | None) -> Text:
    return Text("", "") if usual is None else Text(f" ({usual.en})", f"（{usual.zh}）")
