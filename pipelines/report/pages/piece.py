"""One piece: what came of it? Who read it and took it up, week by week, its answers, what it sold."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.lake.own_pages import PIECE
from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts, people, words
from pipelines.report.parts.blocks import Cell, Chart, Column, Page, Table
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.linked import One
from pipelines.report.parts.own_page import page_of
from pipelines.report.parts.text import Text, day, integer
from pipelines.report.sections import piece_facts

_TITLE = Text("Piece", "内容")
_WEEKS = 52


def pages(marts: Marts, context: SiteContext, ids: list[str]) -> list[Page]:
    """A page for each of these pieces that is known, by a few queries for all of them."""
    facts = piece_facts.read(marts, ids)
    return [_page(facts, id_, context) for id_ in ids if facts.pieces.rows(id_)]


def _page(facts: piece_facts.Facts, id_: str, context: SiteContext) -> Page:
    row = facts.pieces.rows(id_)[0]
    one = One(PIECE, id_, row["title"] or row["root_title"])
    blocks = [
        piece_facts.tiles(facts, id_),
        piece_facts.about(row, facts.pieces.of(id_)),
        _weeks(facts.weeks.of(id_), context),
        _replies(facts.replies.of(id_)),
        _people(facts.people.of(id_)),
    ]
    return page_of(one, _TITLE, piece_facts.sentence(facts, id_, row), blocks)


def _weeks(weeks: Result, context: SiteContext) -> Chart | None:
    """Members who read it, and took it up, for the first time; weeks without anybody stand as such."""
    if not weeks.rows:
        return None
    found = {row["week"]: row for row in weeks.rows}
    first = weeks.rows[0]["week"]
    last = min(context.through_day, first + timedelta(weeks=_WEEKS) - timedelta(days=1))
    days: list[date] = [first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1)]
    names = {"n_new_readers": (Text("read it", "阅读"), "c3"), "n_new_interactors": (Text("took it up", "互动"), "c1")}
    series = [
        charts.bars(
            [one.isoformat() for one in days], [found[one][name] if one in found else 0 for one in days], label, ink
        )
        for name, (label, ink) in names.items()
    ]
    return Chart(
        title=Text(
            "Members who read it and took it up, by the week of their first time", "按首次阅读与首次互动所在周的成员数"
        ),
        note=Text(f"Its first {_WEEKS} weeks at most.", f"最多 {_WEEKS} 周。"),
        figure=charts.figure(series),
        height=220,
        result=weeks,
    )


def _replies(replies: Result) -> Table | None:
    if not replies.rows:
        return None
    n = replies.rows[0]["n_replies"]
    return Table(
        title=Text("Answers and comments", "回答与评论"),
        note=Text(
            f"{integer(len(replies.rows))} of {integer(n)}, answers first.",
            f"{integer(n)} 条中的 {integer(len(replies.rows))} 条，回答在前。",
        ),
        columns=[Column(Text("By", "作者")), Column(Text("Kind", "类型")), Column(Text("Day", "日期"))],
        rows=[
            [
                people.member(row),
                Cell(words.word(words.KIND, row["kind"])),
                Cell(day(row["published_day"]), str(row["published_day"])),
            ]
            for row in replies.rows
        ],
        result=replies,
        half=True,
        dense=True,
    )


def _people(who: Result) -> Table | None:
    if not who.rows:
        return None
    n = who.rows[0]["n_people"]
    return Table(
        title=Text("Who read it or took it up", "谁读过、谁互动过"),
        note=Text(
            f"{integer(len(who.rows))} of {integer(n)} members, those who did most first.",
            f"{integer(n)} 名成员中的 {integer(len(who.rows))} 名，互动最多的在前。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("Reads", "阅读"), number=True),
            Column(Text("Interactions", "互动"), number=True),
            Column(Text("First read", "首次阅读")),
        ],
        rows=[
            [
                people.member(row),
                cells.number(integer(row["n_reads"]), row["n_reads"]),
                cells.number(integer(row["n_interactions"]), row["n_interactions"]),
                Cell(day(row["first_read_day"]), str(row["first_read_day"] or "")),
            ]
            for row in who.rows
        ],
        result=who,
        half=True,
        dense=True,
    )
