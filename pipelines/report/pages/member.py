"""One member: who is this, and what happened between us? The plain facts, then a year on one time line."""

from __future__ import annotations

from pipelines.lake.own_pages import MEMBER
from pipelines.report.context import SiteContext
from pipelines.report.parts import marks, words
from pipelines.report.parts.blocks import Cell, Column, Page, Table
from pipelines.report.parts.cells import piece
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.own_page import page_of
from pipelines.report.parts.text import MISSING, Text, day, integer
from pipelines.report.sections import own_facts, own_known, own_line, own_sent, own_weeks, own_words

_TITLE = Text("Member", "成员")
_ROWS = 40


def pages(marts: Marts, context: SiteContext, ids: list[str]) -> list[Page]:
    """A page for each of these members that is known, by a few queries for all of them."""
    if not marts.has("dim_members"):
        return []
    facts = own_known.read(marts, context, ids)
    line = own_line.line(marts, context, ids)
    return [_page(facts, line.of(id_), id_, context) for id_ in ids if facts.members.rows(id_)]


def _page(facts: own_known.Facts, happened: Result, id_: str, context: SiteContext) -> Page:
    row = facts.members.rows(id_)[0]
    who = One(MEMBER, id_, row["member_name"], row["member_url"])
    blocks = [
        own_facts.tiles(facts, id_, context),
        own_weeks.chart(happened, context),
        _line(happened),
        _reading(facts.reading.of(id_)),
    ]
    return page_of(who, _TITLE, own_facts.sentence(facts, id_, context), blocks)


def _line(happened: Result) -> Table:
    """What happened, the newest first; a score is told where it is in another band than the week before."""
    told = own_sent.folded(row for row in happened.rows if row["what"] != "risk" or row["n"])
    return Table(
        title=Text("What happened, the latest first", "发生了什么，最近的在前"),
        note=Text(
            f"{integer(min(len(told), _ROWS))} of {integer(len(told))} of the last {own_line.DAYS} days; activity by "
            "the week, messages, calls, coupons, invitations and badges by the month, scores where the band changed.",
            f"最近 {own_line.DAYS} 天 {integer(len(told))} 条中的 {integer(min(len(told), _ROWS))} 条；"
            "活跃按周汇总，消息、电话、优惠券、邀请和徽章按月汇总，风险仅在等级变化时列出。",
        ),
        columns=[
            Column(Text("Day", "日期")),
            Column(Text("What", "事项")),
            Column(Text("About", "内容"), wide=True),
            Column(Text("With", "对方")),
        ],
        rows=[_happened(row) for row in told[:_ROWS]],
        result=happened,
        scroll=True,
        dense=True,
    )


def _happened(row: Row) -> list[Cell]:
    what, tone, about = own_words.said(row)
    return [
        Cell(marks.unbroken(day(row["day"])), str(row["day"])),
        Cell(marks.badge(what, tone)),
        Cell(about),
        Cell(own_words.with_whom(row) or ""),
    ]


def _reading(reading: Result) -> Table | None:
    """The pieces that they read or used last: what to speak with them about."""
    if not reading.rows:
        return None
    return Table(
        title=Text("What they read and used last", "最近读过和互动过的内容"),
        columns=[
            Column(Text("Piece", "内容"), wide=True),
            Column(Text("Kind", "类型")),
            Column(Text("Last", "最近")),
            Column(Text("Reads", "阅读"), number=True),
            Column(Text("Interactions", "互动"), number=True),
        ],
        rows=[
            [
                piece(row),
                Cell(words.word(words.KIND, row["kind"]) if row["kind"] else MISSING),
                Cell(day(row["last_day"]), str(row["last_day"])),
                Cell(integer(row["n_reads"]), row["n_reads"] or 0),
                Cell(integer(row["n_interactions"]), row["n_interactions"] or 0),
            ]
            for row in reading.rows
        ],
        result=reading,
        dense=True,
    )
