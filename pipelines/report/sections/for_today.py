"""The brief's three things: whom to contact, which questions wait, what broke. A sentence each, short for nothing."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, people
from pipelines.report.parts.blocks import Thing, Things
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Claim, Text, day, hours, integer, money, plural
from pipelines.report.sections import alarms, contacts, questions, scores

_CONTACT = Text("Whom to contact", "该联系谁")
_BROKE = Text("What broke", "哪里出了问题")
_SHOWN = 3
"""Members and questions that are named; the page that is linked has all."""
_NAMED = 5
"""Alarms that are named."""


def block(marts: Marts, context: SiteContext, header: Header) -> Things:
    """What to see to today."""
    things = [_contact(marts, context), _waits(marts, context, header), _broke(marts, context, header)]
    return Things(title=Text("Today: three things", "今天三件事"), things=things)


def _contact(marts: Marts, context: SiteContext) -> Thing:
    """The members to contact; whom to leave alone is said on their page."""
    scored = [("risk.html", scores.TITLE)]
    if not marts.has("retention_actions"):
        return Thing(title=_CONTACT, body=contacts.nobody(marts, context), links=scored)
    links = [("risk.html", Text("The list", "今天的名单"))]
    if context.least_shown:
        body = Text("The list is written by: guildbook retention export", "名单请运行：guildbook retention export")
        return Thing(title=_CONTACT, body=body, links=scored)
    listed, rows = contacts.listed(marts, context), contacts.treated(marts, context)
    if not rows:
        return Thing(title=_CONTACT, body=contacts.nobody(marts, context), links=scored, result=listed)
    body = Text(
        f"{plural(len(rows), 'member is', 'members are')} worth contacting, "
        f"{'this one' if len(rows) == 1 else 'these first'}:",
        f"{integer(len(rows))} 名成员值得联系，{'就是' if len(rows) == 1 else '先联系'}：",
    )
    lines = [_member(row) for row in rows[:_SHOWN]]
    return Thing(title=_CONTACT, body=body, lines=lines, links=links, tone="warn", result=listed)


def _member(row: Row) -> tuple[object, ...]:
    """A member with what they bring, until when it is paid, and the first reason."""
    said = scores.reasons(row)[:1]
    if row["value_minor"]:
        amount, end = money(row["value_minor"], row["currency"]), row["term_end"]
        until = Text(f" until {day(end).en}", f"，{day(end).zh}到期") if end else Text("", "")
        said.insert(0, Text(f"{amount} a month", f"每月 {amount}") + until)
    about = Markup("").join(Markup(" <small>· {}</small>").format(one) for one in said)
    return people.member(row).shown, about


def _waits(marts: Marts, context: SiteContext, header: Header) -> Thing:
    """The questions that have waited longest, with the number of all."""
    if not marts.has("answer_times"):
        if any(source.is_collected for source in header.sources if source.log == "content"):
            body = Text("No question is known.", "没有提问数据。")
            return Thing(title=questions.TITLE, body=body, links=[("answers.html", Text("All answers", "全部问答"))])
        body = Text("Questions are not collected: they need the log of content.", "未收集提问：需要内容日志。")
        how = ("health.html#not-collected", Text("How to add it", "如何接入"))
        return Thing(title=questions.TITLE, body=body, links=[how])
    result, links = questions.waiting(marts, context), [("answers.html", Text("All answers", "全部问答"))]
    if not result.n:
        body = Text("No question waits.", "没有等待回应的提问。")
        return Thing(title=questions.TITLE, body=body, links=links, result=result)
    longest = hours(result.first["observed_hours"])
    body = Text(
        f"{plural(result.n, 'question waits', 'questions wait')} for a response, the longest for {longest.en}.",
        f"{integer(result.n)} 个提问等待回应，最久的已等 {longest.zh}。",
    )
    lines = [
        (cells.piece(row, "question_id").shown, Markup(" <small>{}</small>").format(hours(row["observed_hours"])))
        for row in result.rows[:_SHOWN]
    ]
    return Thing(title=questions.TITLE, body=body, lines=lines, links=links, tone="warn", result=result)


def _broke(marts: Marts, context: SiteContext, header: Header) -> Thing:
    """Alarms that ring, by name, and whether the data can be trusted."""
    rows = alarms.ringing(marts, context)
    has_trouble = bool(header.n_failed or header.reservations)
    links = [("alerts.html", Text("Alerts", "警报")), ("health.html", Text("Data health", "数据健康"))]
    rings = (
        Text(f"{plural(len(rows), 'alarm rings', 'alarms ring')}", f"{integer(len(rows))} 项警报")
        if rows
        else Text("No alarm rings", "没有警报")
    )
    data = Text("the data needs a look", "数据需要查看") if has_trouble else Text("the data is whole", "数据完整")
    if not header.n_collected or not marts.has("alert_rules"):
        rings = Text("Nothing is watched yet", "尚未监测任何指标")
    body = rings + (Text(", and ", "，") + data if header.n_collected else Text("", "")) + Text(".", "。")
    lines: list[object] = [alarms.line(row) for row in rows[:_NAMED]]
    if (more := len(rows) - _NAMED) > 0:
        lines.append(Text(f"and {more} more", f"另有 {more} 项"))
    asked = Text("Can I trust this page?", "这一页可信吗？")
    lines.append(Markup("{} {}").format(asked, Claim(header.trust.en, header.trust.zh)))
    tone = "bad" if header.n_failed else "warn" if rows or has_trouble else "good"
    return Thing(title=_BROKE, body=body, lines=lines, links=links, tone=tone)  # type: ignore[arg-type]
