"""Morning brief: what changed yesterday, and what is there to do? Counts and comparisons only, never a cause."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, not_collected
from pipelines.report.parts.blocks import Block, Chart, Note, Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text
from pipelines.report.sections import brief_money, for_today, measures
from pipelines.report.sections.brief_sentence import sentence

_TITLE = Text("Morning brief", "晨报")
_QUESTION = Text("What changed, and does it matter?", "发生了什么变化，要紧吗？")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """The first page of the site: what to see to and the money first, then the day in numbers."""
    nobody = not_collected.activity(header, context)
    numbers = None if nobody else measures.tiles(marts, context, header)
    blocks: list[Block] = [for_today.block(marts, context, header), brief_money.block(marts, context)]
    answer = Text("There is no activity to report yet.", "目前还没有可报告的活跃数据。")
    if nobody:
        answer = Text("Nobody can be active: no log says who was.", "无法判断谁活跃：没有相应的日志。")
        blocks.append(nobody)
    elif numbers is not None:
        rows = {row["measure"]: row for row in numbers.result.rows} if numbers.result else {}
        answer = sentence(rows, context)
        blocks.append(numbers)
        blocks += _trends(marts, context, header)
    else:
        blocks.append(
            Note(
                title=Text("Nothing counted yet", "尚无统计"),
                body=Text(
                    "No day is counted: deliver an interactions or content log and run the pipeline.",
                    "尚无任何一天的统计：请送达互动或内容日志并运行流水线。",
                ),
            )
        )
    return Page(name="index", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _trends(marts: Marts, context: SiteContext, header: Header) -> list[Block]:
    result = marts.run(
        "brief_trend",
        f"""
        select day, dau, wau, mau, n_contents, n_interactions
        from marts.community_days
        where day between {context.through} - 89 and {context.through}
        order by day
        """,
    )
    days = charts.column(result.rows, "day")

    def amounts(name: str) -> list[float]:
        return charts.column(result.rows, name)

    active = charts.figure(
        [
            charts.line(days, amounts("mau"), Text("30 days", "30 天"), "c3", metric="mau"),
            charts.line(days, amounts("wau"), Text("7 days", "7 天"), "c2", metric="wau"),
            charts.line(days, amounts("dau"), Text("day", "当日"), "c1", metric="dau"),
        ]
    )
    acts = amounts("n_interactions")
    interactions = charts.bars(days, acts, Text("interactions", "互动"), "c1", metric="n_interactions")
    if header.lacks.get("contents"):
        title, made = Text("Interactions by members", "成员的互动"), charts.figure([interactions])
    else:
        contents = charts.bars(days, amounts("n_contents"), Text("contents", "内容"), "c2", metric="n_contents")
        title = Text("Contents and interactions by members", "成员的内容与互动")
        made = charts.panels([(Text("interactions", "互动"), [interactions]), (Text("contents", "内容"), [contents])])
    return [
        Chart(title=Text("Active members", "活跃成员"), figure=active, result=result, half=True),
        Chart(title=title, figure=made, result=result, half=True),
    ]
