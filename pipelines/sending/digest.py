"""The weekly digest: seven days against the seven before, what was read, what was asked, money, alarms."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.report.parts.text import Text, day, hours, integer, percent, plural, signed
from pipelines.report.sections import alarms
from pipelines.report.sections.measures import MEASURES
from pipelines.sending import things
from pipelines.sending.brief import money
from pipelines.sending.message import Message, Section, one_line
from pipelines.sending.publication import Published

_STOCKS = ("wau", "mau")
"""Figures as of the week's last day; the others are summed over its days."""
_FLOWS = ("new_members", "resurrected_members", "joined_members", "n_contents", "n_interactions")
_PIECES = 3
_ALARMS = 3


def digest(published: Published) -> Message:
    """Make the digest of the seven days up to the publication's day as it was opened."""
    context, end = published.context, published.day
    first = end - timedelta(days=6)
    span = Text(f"{day(first).en} to {day(end).en}", f"{day(first).zh}至{day(end).zh}")
    figures = _figures(published)
    return Message(
        kind="digest",
        key=f"digest:{end}",
        day=end,
        title=Text(f"{context.community}: the week, {span.en}", f"{context.community}周报：{span.zh}"),
        lead=Text("", "") if figures else Text("Nothing was counted in these seven days.", "这七天没有统计数据。"),
        sections=(
            Section(Text("Activity, against the week before", "活跃情况（与前一周相比）"), figures),
            Section(Text("Most read of what was published", "本周发布、阅读最多"), _pieces(published, first)),
            Section(Text("Questions", "提问"), _questions(published, first)),
            Section(Text("Money", "收入"), money(published)),
            Section(Text("Alarms", "警报"), _alarms(published, first)),
            Section(Text("The data", "数据"), (published.header.trust,)),
        ),
    )


def _figures(published: Published) -> tuple[Text, ...]:
    """Each figure of the week with its change; what nobody collects, and what did not come whole, is left out."""
    marts, through = published.marts, published.context.through
    if not marts.has("community_days"):
        return ()
    this_week, last_week = f"day > {through} - 7", f"day <= {through} - 7"
    parts = [(name, f"max({name})", f"day = {through}", f"day = {through} - 7") for name in _STOCKS]
    parts += [(name, f"sum({name})", this_week, last_week) for name in _FLOWS]
    selects = [
        f"select '{name}' as measure, ({total} filter (where {now}))::bigint as amount, "
        f"({total} filter (where {then}))::bigint as week_before, count(*) as n_days from days"
        for name, total, now, then in parts
    ]
    result = marts.run(
        "digest_measures",
        f"""
        with
        days as (
            select * from marts.community_days where day > {through} - 14 and day <= {through}
        )

        {" union all ".join(selects)}
        """,
    )
    absent = {"n_contents"} if published.header.lacks.get("contents") else set()
    if not any(source.log == "members" and source.is_collected for source in published.header.sources):
        absent.add("joined_members")
    lines = []
    for row in result.rows:
        name, now, before = row["measure"], row["amount"], row["week_before"]
        if now is None or name in absent:
            continue
        label = MEASURES[name]
        change = Text("", "")
        if before is not None and row["n_days"] == 14:
            same = Text(" (as before)", "（持平）")
            change = Text(f" ({signed(now - before)})", f"（{signed(now - before)}）") if now != before else same
        lines.append(Text(f"{label.en}: {integer(now)}{change.en}", f"{label.zh}：{integer(now)}{change.zh}"))
    return tuple(lines)


def _pieces(published: Published, first: date) -> tuple[Text, ...]:
    if not published.marts.has("content_performance"):
        return ()
    result = published.marts.run(
        "digest_pieces",
        f"""
        select title, n_reads, n_unique_readers
        from marts.content_performance
        where published_day between date '{first}' and {published.context.through} and title is not null and n_reads > 0
        order by n_unique_readers desc nulls last, n_reads desc, content_id
        """,
        limit=_PIECES,
    )
    return tuple(_piece(row) for row in result.rows)


def _piece(row: things.Row) -> Text:
    title, readers, reads = one_line(row["title"]), row["n_unique_readers"], row["n_reads"]
    if readers:
        return Text(
            f"“{title}”, read by {plural(readers, 'member', 'members')}", f"“{title}”，{integer(readers)} 人读过"
        )
    return Text(f"“{title}”, read {plural(reads, 'time', 'times')}", f"“{title}”，阅读 {integer(reads)} 次")


def _questions(published: Published, first: date) -> tuple[Text, ...]:
    marts, through = published.marts, published.context.through
    if not marts.has("answer_times"):
        return ()
    row = marts.run(
        "digest_questions",
        f"""
        select
            count(*) as n_questions,
            count(*) filter (where first_response_id is not null) as n_responded,
            median(hours_to_first_response) as median_hours,
        from marts.answer_times
        where asked_day between date '{first}' and {through}
        """,
    ).first
    n, responded = row["n_questions"], row["n_responded"]
    if not n:
        return (Text("None was asked.", "没有新提问。"),)
    share = percent(responded / n, n)
    text = Text(
        f"{plural(n, 'question was', 'questions were')} asked, {integer(responded)} ({share}) have a response",
        f"新提问 {integer(n)} 个，其中 {integer(responded)} 个（{share}）已有回应",
    )
    if row["median_hours"] is not None:
        wait = hours(row["median_hours"])
        text += Text(f", half of these within {wait.en}", f"，半数在 {wait.zh}内")
    return (text + Text(".", "。"),)


def _alarms(published: Published, first: date) -> tuple[Text, ...]:
    """What rang in the week, the latest first, and how often each."""
    if not published.marts.has("alerts"):
        return ()
    rows = [row for row in alarms.fired(published.marts, published.context).rows if row["day"] >= first]
    lines = [Text(f"{day(row['day']).en}, ", f"{day(row['day']).zh}，") + alarms.line(row) for row in rows[:_ALARMS]]
    if (more := len(rows) - _ALARMS) > 0:
        lines.append(Text(f"and {more} more", f"另有 {more} 项"))
    return tuple(lines)
