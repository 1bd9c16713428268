"""The morning brief: what is unusual, three things for today, whom to contact, money, questions that wait."""

from __future__ import annotations

from pipelines.report.pages import brief as page
from pipelines.report.parts.text import Text, day, integer, plural, weekday
from pipelines.report.sections import alarms, contacts, questions, revenue, scores
from pipelines.sending import things
from pipelines.sending.message import Message, Section, one_line
from pipelines.sending.publication import Published

_CONTACTS, _QUESTIONS = 5, 3
"""Lines of each; the page that is linked has all."""


def brief(published: Published, *, names_members: bool) -> Message:
    """Make the brief of a publication's last day.

    Args:
        published: What is up.
        names_members: Whether members to contact are named. Members of the control arm never are.
    """
    marts, context, header = published.marts, published.context, published.header
    front = page.page(marts, context, header)
    has_trouble = bool(header.n_failed or header.reservations)
    trust = (Section(Text("The data", "数据"), (header.trust,)),) if has_trouble else ()
    date_, name = day(published.day), weekday(published.day)
    asked = questions_waiting(published)
    listed = to_contact(published, names_members=names_members)
    return Message(
        kind="brief",
        key=f"brief:{published.day}",
        day=published.day,
        title=Text(
            f"{context.community}: morning brief, {name.en}, {date_.en}",
            f"{context.community}晨报：{date_.zh}（{name.zh}）",
        ),
        lead=front.answer,
        sections=(
            Section(Text("For today", "今天要做的事"), things.today(published), is_numbered=True),
            Section(Text("Alarms", "警报"), alarms_of_the_day(published)),
            *listed,
            Section(Text("Money", "收入"), money(published)),
            *asked,
            *trust,
        ),
    )


def alarms_of_the_day(published: Published) -> tuple[Text, ...]:
    """A line for each series that lies outside its band on the last day."""
    return tuple(alarms.line(row) for row in alarms.ringing(published.marts, published.context))


def to_contact(published: Published, *, names_members: bool) -> tuple[Section, ...]:
    """Whom to contact: the treated members of the last day's list, the first of them by name."""
    rows = contacts.treated(published.marts, published.context)
    if not published.marts.has("retention_actions"):
        return ()
    title = Text(f"To contact: {plural(len(rows), 'member', 'members')}", f"今天联系：{integer(len(rows))} 人")
    if not rows:
        return (Section(Text("To contact", "今天联系"), (contacts.nobody(published.marts, published.context),)),)
    export = Text("The list: guildbook retention export", "完整名单：guildbook retention export")
    if not names_members or published.context.least_shown:
        return (Section(title, (export,)),)
    lines = [_contact(row) for row in rows[:_CONTACTS]]
    if (more := len(rows) - _CONTACTS) > 0:
        lines.append(Text(f"and {more} more. ", f"另有 {more} 人。") + export)
    return (Section(title, tuple(lines)),)


def _contact(row: things.Row) -> Text:
    why = scores.reasons(row)[:1]
    reason = Text(f" ({one_line(why[0].en)})", f"（{one_line(why[0].zh)}）") if why else Text("", "")
    known, member = one_line(row.get("member_name") or ""), one_line(row["member_id"])
    called = Text(f"{known} ({member})", f"{known}（{member}）") if known else Text(member, member)
    return called + reason + Text(f": {_brief(row['suggestion_en'])}", f"：{_brief(row['suggestion_zh'])}")


def _brief(suggestion: str) -> str:
    """The first thing of a suggestion: of several pieces the first."""
    first, more, _ = suggestion.replace("”、“", "”; “").partition("; ")
    return one_line(first + ("…" if more else ""), most=120)


def money(published: Published) -> tuple[Text, ...]:
    """Recurring revenue, terms due and payments failed; nothing where no subscription is known."""
    marts, context = published.marts, published.context
    lines = []
    if marts.has("revenue_months"):
        rows = [row for row in revenue.months(marts, context).rows if row["mrr_end_minor"] is not None]
        lines += [revenue.sentence(rows)] if rows else []
    return (*lines, *revenue.near_sentences(things.terms_near(published)))


def questions_waiting(published: Published) -> tuple[Section, ...]:
    """The questions that wait since the last days, with the number of all; nothing where none waits."""
    if not published.marts.has("answer_times"):
        return ()
    waiting = questions.waiting_newest(published.marts, published.context)
    lines = tuple(things.question(row) for row in waiting.rows[:_QUESTIONS])
    n = integer(waiting.n)
    title = Text(f"Questions waiting: {n}, the newest first", f"等待回应的提问：{n} 个，新的在前")
    return (Section(title, lines),) if lines else ()
