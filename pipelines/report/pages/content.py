"""Content: what to publish next? What was published, read and taken up, by kind and piece."""

from __future__ import annotations

from pipelines.contract import CONTENT_KINDS
from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, least, not_collected, words
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Page, Table
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, decimal, integer, percent, plural
from pipelines.report.sections import hours, pieces, topics

_TITLE = Text("Content", "内容")
_QUESTION = Text("What to publish next?", "接下来发布什么？")
_DAYS = 90
_TREND_DAYS = 182


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Everything is about pieces, so without the content log there is nothing."""
    if not marts.has("content_performance"):
        answer = Text("No piece is known.", "没有内容数据。")
        blocks: list[Block] = [not_collected.note(_TITLE, "content")]
    else:
        kinds = _kinds(marts, context, header)
        answer = _sentence(kinds, _by_members(marts, context), has_contents=not header.lacks.get("contents"))
        trend = [_trend(marts, context)] if marts.has("content_days") else []
        blocks = [*trend, _kind_table(kinds), pieces.block(marts, context, _DAYS)]
        if marts.has("content_tags") and (by_tag := topics.block(marts, context)):
            blocks.insert(len(trend), by_tag)
        if marts.has("activity_hours", "community_days") and not header.lacks.get("reads"):
            blocks.append(hours.reads(marts, context))
    if not next(source.is_collected for source in header.sources if source.log == "interactions"):
        blocks.append(not_collected.note(Text("What is read", "阅读情况"), "interactions"))
    blocks += not_collected.on_content(header)
    return Page(name="content", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _kinds(marts: Marts, context: SiteContext, header: Header) -> Result:
    """Pieces of the last days by kind, and how many came in as many days before, where the log goes back so far."""
    n_before = (
        "coalesce(any_value(n_pieces_before), 0)" if header.reaches_back("content", 2 * _DAYS) else "null::bigint"
    )
    return marts.run(
        "content_kinds",
        f"""
        with
        before as (
            select kind, count(*) as n_pieces_before
            from marts.content_performance
            where published_day between {context.through} - {2 * _DAYS - 1} and {context.through} - {_DAYS}
            group by kind
        )

        select
            kind,
            count(*) as n_pieces,
            {n_before} as n_pieces_before,
            sum(n_reads) as n_reads,
            sum(n_interactions) as n_interactions,
            sum(n_interactions) / count(*) as interactions_per_piece,
            sum(n_interactions) / nullif(sum(n_unique_readers), 0) as interaction_rate,
            sum(mean_score * n_scores) / nullif(sum(n_scores), 0) as mean_score,
            sum(n_scores) as n_scores,
        from marts.content_performance
        left join before using (kind)
        where published_day between {context.through} - {_DAYS - 1} and {context.through}
        group by kind
        order by interactions_per_piece desc, kind
        """,
    )


def _by_members(marts: Marts, context: SiteContext) -> int | None:
    """Contents by members of the same days, as the brief counts them; None where no day is counted."""
    if not marts.has("community_days"):
        return None
    result = marts.run(
        "contents_by_members",
        f"""
        select sum(n_contents)::bigint as n_contents
        from marts.community_days
        where day between {context.through} - {_DAYS - 1} and {context.through}
        """,
    )
    count: int | None = result.first["n_contents"]
    return count


def _sentence(kinds: Result, by_members: int | None, *, has_contents: bool) -> Text:
    if not kinds.n:
        return Text(f"Nothing was published in the last {_DAYS} days.", f"最近 {_DAYS} 天没有发布内容。")
    contents = sum(row["n_pieces"] for row in kinds.rows if row["kind"] in CONTENT_KINDS)
    others = sum(row["n_pieces"] for row in kinds.rows) - contents
    written = Text(
        plural(others, "question, answer or comment", "questions, answers and comments"),
        f"提问、回答与评论 {integer(others)} 条",
    )
    text = Text(f"Published in the last {_DAYS} days: ", f"最近 {_DAYS} 天发布")
    text += Text(plural(contents, "content", "contents"), f"内容 {integer(contents)} 篇") if has_contents else written
    if has_contents and by_members is not None:
        text += Text(
            f" by all authors ({integer(by_members)} by members)", f"（含全部作者；成员发布 {integer(by_members)} 篇）"
        )
    if has_contents:
        text += Text(", and ", "，另有") + written
    best = next((row for row in kinds.rows if row["n_pieces"] >= least.PIECES), None)
    if best is None:
        return text + Text(
            f". No kind has {least.PIECES} pieces, too few to say which is taken up most.",
            f"。没有一种类型满 {least.PIECES} 篇，尚不能比较哪种互动最多。",
        )
    name, each = words.word(words.KINDS, best["kind"]), decimal(best["interactions_per_piece"], 1)
    return text + Text(
        f". Most taken up, of kinds with {least.PIECES} pieces or more: {name.en}, with {each} interactions each "
        f"(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{integer(best['n_pieces'])}).",
        f"。在满 {least.PIECES} 篇的类型中，平均互动最多的是{name.zh}，"
        f"每篇 {each} 次（n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{integer(best['n_pieces'])}）。",
    )


def _trend(marts: Marts, context: SiteContext) -> Chart:
    """A line for each kind by day; contents before what members write to each other."""
    result = marts.run(
        "content_trend",
        f"""
        with
        kinds as (
            select kind
            from marts.content_days
            where day between {context.through} - {_TREND_DAYS - 1} and {context.through}
            group by kind
            having sum(n_published) > 0
        ),

        days as (
            select unnest(generate_series(
                greatest({context.through} - {_TREND_DAYS - 1}, (select min(day) from marts.content_days)),
                {context.through},
                interval 1 day
            ))::date as day
        )

        select
            days.day,
            kinds.kind,
            coalesce(published.n_published, 0) as n_published,
        from days
        cross join kinds
        left join marts.content_days as published on days.day = published.day and kinds.kind = published.kind
        order by kinds.kind, days.day
        """,
        limit=10_000,
    )
    found = [kind for kind in words.KINDS if any(row["kind"] == kind for row in result.rows)]
    rows = []
    for kind in found:
        own = [row for row in result.rows if row["kind"] == kind]
        name = words.word(words.KINDS, kind)
        published = charts.line(charts.column(own, "day"), charts.column(own, "n_published"), name, "c1", look="steps")
        rows.append((name, [published]))
    return Chart(
        title=Text("Published by day and kind", "按日期与类型发布"),
        note=Text(
            f"The last {_TREND_DAYS} days; each kind on its own scale, with its sum.",
            f"最近 {_TREND_DAYS} 天；每种类型各用自己的刻度，并附合计。",
        ),
        figure=charts.panels(rows, summed=True) if rows else charts.figure([]),
        height=charts.panels_height(max(len(rows), 1)),
        result=result,
    )


def _kind_table(kinds: Result) -> Table:
    return Table(
        title=Text(f"By kind, published in the last {_DAYS} days", f"按类型，最近 {_DAYS} 天发布"),
        note=Text(
            "Interaction rate is interactions per unique reader, summed over pieces; a dash is not known. Scores are "
            f"shown from {least.SCORES} on.",
            f"互动率为互动数除以独立读者数，按篇累计；“–”为未知。满 {least.SCORES} 个评分才显示。",
        ),
        columns=[
            Column(Text("Kind", "类型")),
            Column(Text("Pieces", "篇数"), number=True),
            Column(Text(f"{_DAYS} days before", f"此前 {_DAYS} 天"), number=True),
            Column(Text("Reads", "阅读"), number=True),
            Column(Text("Interactions", "互动"), number=True),
            Column(Text("Per piece", "每篇"), number=True),
            Column(Text("Rate", "互动率"), number=True),
            Column(Text("Score (n)", "评分 (n)"), number=True),
        ],
        rows=[
            [
                Cell(words.word(words.KINDS, row["kind"])),
                Cell(integer(row["n_pieces"]), row["n_pieces"]),
                cells.number(integer(row["n_pieces_before"]), row["n_pieces_before"]),
                Cell(integer(row["n_reads"]), row["n_reads"] or 0),
                Cell(integer(row["n_interactions"]), row["n_interactions"]),
                Cell(decimal(row["interactions_per_piece"], 1), row["interactions_per_piece"]),
                Cell(percent(row["interaction_rate"]), row["interaction_rate"] or 0),
                Cell(pieces.score(row["mean_score"], row["n_scores"]), pieces.scored(row)),
            ]
            for row in kinds.rows
        ],
        result=kinds,
        dense=True,
    )
