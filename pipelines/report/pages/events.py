"""Events: was it worth it? Who came, what they thought, whether they came again and were moved."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, least, marks, not_collected
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Note, Page, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, day, integer, month_names, percent, plural
from pipelines.report.sections import event_funnel

_TITLE = Text("Events", "活动")
_QUESTION = Text("Was it worth it?", "值得吗？")
_DAYS = 90


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Events up to the last day; of one whose attendance was not taken only the answers are shown."""
    answer = Text("No event is known.", "没有活动数据。")
    blocks: list[Block] = []
    if marts.has("event_performance"):
        recent, events = _recent(marts, context), _events(marts, context)
        before = _recent(marts, context, before=True) if header.reaches_back("events", 2 * _DAYS) else None
        answer = _sentence(recent.first, before.first if before else None)
        if marts.has("member_events"):
            blocks += _listed(event_funnel.block(marts, context, has_feedback=_is_collected(header, "feedback")))
        blocks += [_months(marts, context), _table(events), _reading(marts, context)]
    else:
        blocks.append(not_collected.note(_TITLE, "events"))
    if not _is_collected(header, "event_participation"):
        blocks.append(not_collected.note(Text("Who came", "谁到场"), "event_participation"))
    return Page(name="events", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _is_collected(header: Header, log: str) -> bool:
    return next(source.is_collected for source in header.sources if source.log == log)


def _listed(block: Block | None) -> list[Block]:
    return [block] if block else []


def _recent(marts: Marts, context: SiteContext, *, before: bool = False) -> Result:
    """Events of the last days, or of as many days before those."""
    first = _DAYS if before else 0
    last = first + _DAYS - 1
    return marts.run(
        "events_before" if before else "recent_events",
        f"""
        select
            count(*) as n_events,
            count(n_attended) as n_counted,
            sum(n_registered) filter (where n_attended is not null) as n_registered,
            sum(n_attended) as n_attended,
        from marts.event_performance
        where starts_day between {context.through} - {last} and {context.through} - {first}
        """,
    )


def _events(marts: Marts, context: SiteContext) -> Result:
    return marts.run(
        "events",
        f"""
        select *
        from marts.event_performance
        where starts_day <= {context.through}
        order by starts_day desc, event_id
        """,
        limit=50,
    )


def _sentence(recent: Row, before: Row | None) -> Text:
    text = Text(
        f"{plural(recent['n_events'], 'event', 'events')} in the last {_DAYS} days",
        f"最近 {_DAYS} 天举办 {integer(recent['n_events'])} 场活动",
    )
    if not recent["n_counted"]:
        tail = ("; nobody wrote down who came.", "；到场情况未记录。") if recent["n_events"] else (".", "。")
        return text + Text(*tail)
    text += Text(
        f": {integer(recent['n_attended'])} of {integer(recent['n_registered'])} registrations came",
        f"：{integer(recent['n_registered'])} 人次报名，{integer(recent['n_attended'])} 人次到场",
    )
    if (recent["n_registered"] or 0) < least.PEOPLE:
        return text + Text(".", "。")
    share = percent(recent["n_attended"] / recent["n_registered"])
    text += Text(f", {share}", f"，到场率 {share}")
    if before and (before["n_registered"] or 0) >= least.PEOPLE:
        n, share = integer(before["n_registered"]), percent(before["n_attended"] / before["n_registered"])
        text += Text(f"; in the {_DAYS} days before, {share} of {n}", f"；此前 {_DAYS} 天为 {share}（{n} 人次报名）")
    return text + Text(".", "。")


def _months(marts: Marts, context: SiteContext) -> Chart:
    result = marts.run(
        "event_months",
        f"""
        select
            date_trunc('month', starts_day)::date as month,
            sum(n_registered) as n_registered,
            sum(n_attended) as n_attended,
            count(*) as n_events,
        from marts.event_performance
        where starts_day <= {context.through} and starts_day > {context.through} - interval 12 month
        group by month
        order by month
        """,
    )
    months = month_names([row["month"] for row in result.rows], context.through_day)
    names = {"n_registered": Text("registered", "报名"), "n_attended": Text("attended", "到场")}
    inks = {"n_registered": "c3", "n_attended": "c1"}
    return Chart(
        title=Text("Registered and attended by month", "每月报名与到场"),
        figure=charts.figure(
            [charts.bars(months, [row[name] for row in result.rows], names[name], inks[name]) for name in names],
        ),
        result=result,
        half=True,
    )


def _table(events: Result) -> Table:
    return Table(
        title=Text("Event by event", "逐场活动"),
        note=Text(
            f"{integer(len(events.rows))} of {integer(events.n)}, the latest first; a dash is not known. "
            f"In brackets the 95 % interval and n; shares of feedback are shown from {least.SCORES} scores on.",
            f"显示 {integer(events.n)} 场中的 {integer(len(events.rows))} 场，最近的在前；“–”为未知。"
            f"括号内为 95% 区间与 n；满 {least.SCORES} 个评分才显示其占比。",
        ),
        columns=[
            Column(Text("Event", "活动"), wide=True),
            Column(Text("Day", "日期")),
            Column(Text("Registered", "报名"), number=True),
            Column(Text("Attended", "到场"), number=True),
            Column(Text("Show-up", "到场率"), number=True),
            Column(Text("Satisfied · CSAT", "满意度 · CSAT"), number=True),
            Column(Text("NPS", "净推荐值 NPS"), number=True),
            Column(Text("Came again", "再次参加"), number=True),
            Column(Text("Influence, days", "影响（天）"), number=True),
        ],
        rows=[
            [
                cells.event(row),
                Cell(day(row["starts_day"]), str(row["starts_day"])),
                cells.number(integer(row["n_registered"]), row["n_registered"]),
                cells.number(integer(row["n_attended"]), row["n_attended"]),
                cells.share(row, "show_up_rate", ends="show_up"),
                cells.share(row, "csat", n="n_csat", least=least.SCORES),
                cells.number(_nps(row), row["nps"]),
                cells.number(_bar(row["repeat_rate"]), row["repeat_rate"]),
                cells.number(cells.influence(row), row["influence"]),
            ]
            for row in events.rows
        ],
        result=events,
        search=True,
        scroll=True,
        dense=True,
    )


def _reading(marts: Marts, context: SiteContext) -> Note:
    result = marts.run(
        "event_influence",
        f"""
        select
            count(influence_low) as n_compared,
            count(*) filter (where influence_low > 0) as n_above,
            count(*) filter (where influence_high < 0) as n_below,
        from marts.event_performance
        where starts_day <= {context.through} and starts_day > {context.through} - interval 12 month
        """,
    )
    n, above, below = (integer(value) for value in result.first.values())
    chance = integer(result.first["n_compared"] / 40)
    found = Text(
        f" Of the {n} events of the last 12 months with an interval, it lies wholly above 0 at {above} and wholly "
        f"below at {below}; were there no influence at all, chance would make about {chance} of either.",
        f"近 12 个月有区间的 {n} 场活动中，区间全部大于 0 的有 {above} 场，全部小于 0 的有 {below} 场；"
        f"若活动毫无影响，仅凭偶然两者各约 {chance} 场。",
    )
    return Note(
        title=Text("How to read it", "如何解读"),
        body=Text(
            "Influence is the change in active days over 14 days of those who came, less that of those who registered "
            "and did not; in brackets its 95 % interval, from 10 of each on. Who stays away may differ in other ways, "
            "so it is a hint, not a proof. Came again is the share of guests who had attended another event in the 90 "
            "days before.",
            "“影响”为到场者 14 天内活跃天数的变化，减去报名未到者的变化；括号内为 95% 区间，两组各满 10 人才有。"
            "未到者可能在其他方面也不同，因此只是线索而非证明。“再次参加”为此前 90 天内参加过其他活动的到场者比例。",
        )
        + (found if result.first["n_compared"] else Text("", "")),
        result=result,
    )


def _nps(row: Row) -> str:
    if row["nps"] is None or row["n_nps"] < least.SCORES:
        return "–"
    return f"{row['nps']:+.0f} ({row['nps_low']:.0f}–{row['nps_high']:.0f}, n = {integer(row['n_nps'])})".replace(
        "-", "\N{MINUS SIGN}"
    )


def _bar(share: float | None) -> object:
    return "–" if share is None else marks.bar(share, percent(share))
