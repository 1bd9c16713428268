"""Alarms as messages: a series that leaves its band is said once, and once more when it is back within it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.report.parts import words
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, day, integer, plural
from pipelines.report.sections import alarms
from pipelines.sending.message import Message, Section
from pipelines.sending.publication import Published

_RINGS, _CLEAR = "rings", "clear"


@dataclass(frozen=True)
class Bell:
    """One series on one side of its band."""

    rule: str
    series: str
    direction: str

    def said(self, what: str) -> str:
        """How the log of messages keeps that it was said."""
        return f"{what} {self.rule} {self.series} {self.direction}"


def open_bells(about: list[str]) -> set[Bell]:
    """Bells whose ringing was said and whose end was not, by what was said, oldest first."""
    found: set[Bell] = set()
    for one in about:
        what, *names = one.split(" ")
        if len(names) == len(Bell.__dataclass_fields__):
            (found.add if what == _RINGS else found.discard)(Bell(*names))
    return found


def alarm_message(published: Published, said: list[str], number: int) -> Message | None:
    """Make the message of what rings and was not said, and of what was said and rings no more; None for neither.

    Args:
        published: What is up.
        said: What a target was told of alarms, oldest first.
        number: How many messages on the alarms of this day it got.
    """
    marts = published.marts
    if not marts.has("alert_days"):
        return None
    told = open_bells(said)
    rows = {
        Bell(row["rule"], row["series"], row["direction"]): row
        for row in alarms.ringing(published.marts, published.context)
    }
    new = {bell: row for bell, row in rows.items() if bell not in told}
    calm = _within_band(published)
    over = [bell for bell in told - rows.keys() if (bell.rule, bell.series) in calm]
    if not new and not over:
        return None
    turned = {(bell.rule, bell.series) for bell in rows}  # back from one side and over on the other
    back = [calm[bell.rule, bell.series] for bell in over if (bell.rule, bell.series) not in turned]
    date_ = day(published.day)
    return Message(
        kind="alarms",
        key=f"alarms:{published.day}" + (f"-{number + 1}" if number else ""),
        day=published.day,
        title=_title(published, len(new), len(back)),
        lead=Text(
            f"On {date_.en}, against the same weekdays of the 8 weeks before:",
            f"{date_.zh}，与此前 8 周同一星期几相比：",
        ),
        sections=(
            Section(Text("Outside its band", "超出正常区间"), tuple(alarms.line(row) for row in new.values())),
            Section(Text("All clear", "已恢复正常"), tuple(map(_clear, back))),
        ),
        page="alerts.html",
        about=tuple([bell.said(_RINGS) for bell in new] + [bell.said(_CLEAR) for bell in over]),
    )


def _title(published: Published, n_new: int, n_over: int) -> Text:
    name = published.context.community
    if not n_new:
        return Text(f"{name}: all clear", f"{name}：警报解除")
    title = Text(f"{name}: {plural(n_new, 'alarm', 'alarms')}", f"{name}：{n_new} 项警报")
    return title + Text(f", {n_over} all clear", f"，{n_over} 项解除") if n_over else title


def _within_band(published: Published) -> dict[tuple[str, str], Row]:
    """Series that were judged on the last day, by rule and series, with their band."""
    result = published.marts.run(
        "judged_series",
        f"""
        select rule, series, value, baseline, band_low, band_high
        from marts.alert_days
        where day = {published.context.through} and is_judged
        order by rule, series
        """,
        limit=10_000,
    )
    return {(row["rule"], row["series"]): row for row in result.rows}


def _clear(row: Row) -> Text:
    name, value = words.series(row["rule"], row["series"]), integer(row["value"])
    return Text(
        f"{name.en}: {value}, within {alarms.band(row)} again",
        f"{name.zh}：{value}，已回到 {alarms.band(row)}",
    )
