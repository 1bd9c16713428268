"""Events: was it worth it? Who came, what they thought, whether they came again and were moved."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, least, marks, not_collected
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Note, Page, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, day, decimal, integer, percent, plural

_TITLE = Text("Events", "活动")
_QUESTION = Text("Was it worth it?", "值得吗？")
_DAYS = 90

_STEPS = {
    "n_registered": Text("registered", "报名"),
    "n_attended": Text("attended", "到场"),
    "n_gave_feedback": Text("gave feedback", "提交反馈"),
    "n_active_within_7_days": Text("active within 7 days", "7 天内活跃"),
}


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Events up to the last day; of one whose attendance was not taken only the answers are shown."""
    answer = Text("No event is known.", "没有活动数据。")
    blocks: list[Block] = []
    if marts.has("event_performance"):
        recent, events = _recent(marts, context), _events(marts, context)
        answer = _sentence(recent.first)
        blocks += [_steps(recent), _months(marts, context), _table(events), _reading()]
    else:
        blocks.append(not_collected.note(_TITLE, "events"))
    if not next(source.is_collected for source in header.sources if source.log == "event_participation"):
        blocks.append(not_collected.note(Text("Who came", "谁到场"), "event_participation"))
    return Page(name="events", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _recent(marts: Marts, context: SiteContext) -> Result:
    return marts.run(
        "recent_events",
        f"""
        select
            count(*) as n_events,
            count(n_attended) as n_counted,
            sum(n_registered) filter (where n_attended is not null) as n_registered,
            sum(n_attended) as n_attended,
            sum(n_gave_feedback) as n_gave_feedback,
            sum(n_active_within_7_days) as n_active_within_7_days,
        from marts.event_performance
        where starts_day between {context.through} - {_DAYS - 1} and {context.through}
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


def _sentence(recent: Row) -> Text:
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
    return text + Text(f", {share}.", f"，到场率 {share}。")


def _steps(recent: Result) -> Chart:
    row = recent.first
    figure = charts.figure(
        [charts.bars(list(_STEPS.values()), [row[name] for name in _STEPS], Text("members", "人次"), "c1")]
    )
    return Chart(
        title=Text(f"From registration on, last {_DAYS} days", f"最近 {_DAYS} 天，从报名到之后"),
        note=Text(
            f"The {integer(row['n_counted'])} of {integer(row['n_events'])} events at which attendance was taken.",
            f"仅含记录了到场情况的活动：{integer(row['n_events'])} 场中的 {integer(row['n_counted'])} 场。",
        ),
        figure=figure,
        result=recent,
        half=True,
    )


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
    months = [f"{row['month']:%Y-%m}" for row in result.rows]
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
            f"括号内为 95 % 区间与 n；满 {least.SCORES} 个评分才显示其占比。",
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
                Cell(row["title"] or row["event_id"]),
                Cell(day(row["starts_day"]), str(row["starts_day"])),
                cells.number(integer(row["n_registered"]), row["n_registered"]),
                cells.number(integer(row["n_attended"]), row["n_attended"]),
                cells.share(row, "show_up_rate", ends="show_up"),
                cells.share(row, "csat", n="n_csat", least=least.SCORES),
                cells.number(_nps(row), row["nps"]),
                cells.number(_bar(row["repeat_rate"]), row["repeat_rate"]),
                cells.number(decimal(row["influence"]), row["influence"]),
            ]
            for row in events.rows
        ],
        result=events,
        search=True,
        scroll=True,
        dense=True,
    )


def _reading() -> Note:
    return Note(
        title=Text("How to read it", "如何解读"),
        body=Text(
            "Influence is the change in active days over 14 days of those who came, less that of those who registered "
            "and did not. Who stays away may differ in other ways, so it is a hint, not a proof. Came again is the "
            "share of guests who had attended another event in the 90 days before.",
            "“影响”为到场者 14 天内活跃天数的变化，减去报名未到者的变化。"
            "未到者可能在其他方面也不同，因此只是线索而非证明。“再次参加”为此前 90 天内参加过其他活动的到场者比例。",
        ),
    )


def _nps(row: Row) -> str:
    if row["nps"] is None or row["n_nps"] < least.SCORES:
        return "–"
    return f"{row['nps']:+.0f} ({row['nps_low']:.0f}–{row['nps_high']:.0f}, n = {integer(row['n_nps'])})".replace(
        "-", "\N{MINUS SIGN}"
    )


def _bar(share: float | None) -> object:
    return "–" if share is None else marks.bar(share, percent(share))
