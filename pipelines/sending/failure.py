"""The message of a run that stopped: why, what to do, and what stays up. Sent in place of whatever was due."""

from __future__ import annotations

import hashlib

from pipelines.faults import UserError
from pipelines.gates import verdicts
from pipelines.home import Home
from pipelines.lake.noted import Stop
from pipelines.report.parts.reasons import chinese, said
from pipelines.report.parts.text import Text, day
from pipelines.report.sections.cures import cures
from pipelines.sending.message import Message, Section, one_line
from pipelines.sending.publication import last_day
from pipelines.settings import Settings

_REASON = 500


def failure(home: Home, settings: Settings, stop: Stop) -> Message:
    """Make the message of a stop; its key is the run's, or the day's where none came."""
    digest = hashlib.sha256(stop.reason.encode()).hexdigest()[:8]
    name = settings.title
    gate = one_line(stop.failed_gate)
    why = said(stop.reason)
    reason = Text(one_line(why.en, most=_REASON), one_line(why.zh, most=_REASON))
    stopped = Text(f"It stopped at {gate}: ", f"停在{chinese(gate)}：") + reason if gate else reason
    try:
        blocking = verdicts.blocking(home, stop.run_id)
    except (OSError, UserError):
        blocking = []  # then the records cannot be read, which the reason says
    return Message(
        kind="failures",
        key=f"failure:{stop.run_id}" if stop.run_id else f"failure:{stop.stopped_at:%Y-%m-%d}:{digest}",
        title=Text(f"{name}: nothing new was published", f"{name}：没有新的发布"),
        lead=stopped,
        sections=(
            Section(Text("What to do", "怎么办"), cures(blocking, stop.failed_gate)),
            Section(Text("What stays up", "仍在线的内容"), (_what_stays(home),)),
        ),
        page="last_run.html",
    )


def _what_stays(home: Home) -> Text:
    through = last_day(home)
    if through is None:
        return Text("Nothing is published yet.", "尚无发布。")
    return Text(
        f"The last good publication, with data through {day(through).en}.",
        f"上一个合格的发布，数据截至 {day(through).zh}。",
    )
