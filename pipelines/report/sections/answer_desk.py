"""The answer desk: the questions that have waited longest, and beside each the members who could answer it, and why."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, people, words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, ago, hours, integer, percent
from pipelines.report.sections import questions

_NAMED = 3
"""Members named for a question; the mart has five."""


def block(marts: Marts, context: SiteContext, waiting: Result) -> Table:
    """The longest waiting questions with whom to ask, the first to ask on top."""
    result = marts.run(
        "answer_desk",
        f"""
        with

        waiting as (
            select question_id, channel, asker_id, observed_hours
            from marts.answer_times
            where is_waiting and asked_day <= {context.through}
        ),

        tags as (
            select content_id, string_agg(tag, ', ' order by tag) as tags
            from marts.content_tags
            semi join waiting on content_id = question_id
            group by content_id
        )

        select
            waiting.question_id,
            coalesce(dim_content.title, waiting.question_id) as title,
            coalesce(tags.tags, waiting.channel) as topics,
            waiting.asker_id,
            askers.display_name as asker_name,
            askers.profile_url as asker_url,
            waiting.observed_hours,
            desk.rank,
            desk.member_id,
            named.display_name as member_name,
            named.profile_url as member_url,
            desk.n_on_topics,
            desk.n_answered,
            desk.median_hours,
            desk.last_active_day,
            desk.method,
        from waiting
        left join marts.answer_desk as desk on waiting.question_id = desk.question_id and desk.rank <= {_NAMED}
        left join tags on waiting.question_id = tags.content_id
        left join marts.dim_content on waiting.question_id = dim_content.content_id
        left join marts.dim_members as askers on waiting.asker_id = askers.member_id
        left join marts.dim_members as named on desk.member_id = named.member_id
        order by waiting.observed_hours desc, waiting.question_id, desk.rank
        """,
        limit=questions.LONGEST * _NAMED,
    )
    found = [list(rows) for _, rows in groupby(result.rows, key=lambda row: row["question_id"])][: questions.LONGEST]
    return Table(
        title=Text("Waiting the longest, and who could answer", "等待最久的提问，以及谁能回答"),
        note=Text(
            f"{integer(len(found))} of {integer(waiting.n)}; the CSV holds all.",
            f"显示 {integer(waiting.n)} 个中的 {integer(len(found))} 个；CSV 含全部。",
        )
        + _method(marts),
        columns=[
            Column(Text("Question", "提问"), wide=True),
            Column(Text("Waits for", "已等待"), number=True),
            Column(Text("Whom to ask", "可以请谁回答"), wide=True),
            Column(Text("Topics", "话题")),
            Column(Text("Asked by", "提问者")),
        ],
        rows=[
            [
                cells.piece(rows[0], "question_id"),
                Cell(hours(rows[0]["observed_hours"]), rows[0]["observed_hours"]),
                Cell(_named(rows, context), rows[0]["member_name"] or rows[0]["member_id"] or ""),
                Cell(rows[0]["topics"] or ""),
                people.member(rows[0], "asker"),
            ]
            for rows in found
        ],
        result=result,
        scroll=True,
        anchor="desk",
    )


def _named(rows: list[Row], context: SiteContext) -> object:
    """Each member to ask, with what speaks for it."""
    lines: list[object] = []
    for row in rows:
        if row["member_id"]:
            why = Markup(" <small>{}</small></li>").format(_why(row, context))
            lines += [Markup("<li>"), people.member(row).shown, why]
    if not lines:
        return Text("nobody who has answered was active in 30 days", "近 30 天没有回答过问题的活跃成员")
    return (Markup('<ul class="lines">'), *lines, Markup("</ul>"))


def _why(row: Row, context: SiteContext) -> Text:
    topics, answered, wait = integer(row["n_on_topics"]), integer(row["n_answered"]), hours(row["median_hours"])
    seen = ago(row["last_active_day"], context.through_day)
    if row["last_active_day"] == context.through_day:
        seen = Text("on the last day", "当天")
    return Text(
        f"{topics} of {answered} answers on these topics, half within {wait.en}, active {seen.en}",
        f"回答 {answered} 次，同话题 {topics} 次，半数在 {wait.zh}内，{seen.zh}活跃",
    )


def _method(marts: Marts) -> Text:
    """By what they are named, and how often that would have named who answered first."""
    if not marts.has("answer_desk_evaluations"):
        return Text("", "")
    rows = marts.run(
        "answer_desk_method",
        """
        select method, n_suggested, n_questions, hit_rate, hit_rate_low, hit_rate_high
        from marts.answer_desk_evaluations
        where is_used
        """,
    ).rows
    if not rows or not rows[0]["n_questions"]:
        return Text("", "")
    row = rows[0]
    by, n = words.word(words.DESK_METHODS, row["method"]), integer(row["n_questions"])
    rate, low, high = (percent(row[name]) for name in ("hit_rate", "hit_rate_low", "hit_rate_high"))
    interval, named = f"{low.rstrip('%')}–{high}", integer(row["n_suggested"])
    return Text(
        f" Named by {by.en}, among members active in 30 days; of {n} past questions the first {named} named held who "
        f"responded first in {rate} ({interval}). The same members are named often: spread the questions.",
        f"按{by.zh}，从近 30 天活跃的成员中选出；在 {n} 个过去的提问中，所列前 {named} 人包含最先回应者的占 {rate}"
        f"（{interval}）。同样的成员常被列出，请分散邀请。",
    )
