"""Questions whose askers wait, by the one definition of the marts: their query, and the brief's block of them."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, not_collected
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, hours, integer

TITLE = known.Term("questions_waiting")
MEANING = Text(
    "asked 1 to 30 days ago, no response by another member yet",
    "1 至 30 天前提出，尚无其他成员回应",
)
"""What a waiting question is, on every page."""
LONGEST = 20
_SHOWN = 6


def waiting(marts: Marts, context: SiteContext) -> Result:
    """Questions that wait, the longest first; run once for all pages."""
    return _waiting(marts, context, "waiting_questions", "desc")


def waiting_newest(marts: Marts, context: SiteContext) -> Result:
    """The same questions, the newest first: those of the last days are others each day."""
    return _waiting(marts, context, "waiting_questions_newest", "asc")


def _waiting(marts: Marts, context: SiteContext, name: str, order: str) -> Result:
    return marts.results.get(name) or marts.run(
        name,
        f"""
        select
            coalesce(dim_content.title, answer_times.question_id) as title,
            answer_times.channel,
            answer_times.asker_id,
            askers.display_name as asker_name,
            askers.profile_url as asker_url,
            answer_times.observed_hours,
            answer_times.asked_at,
            answer_times.question_id,
        from marts.answer_times
        left join marts.dim_content on answer_times.question_id = dim_content.content_id
        left join marts.dim_members as askers on answer_times.asker_id = askers.member_id
        where answer_times.is_waiting and answer_times.asked_day <= {context.through}
        order by answer_times.observed_hours {order}, answer_times.question_id
        """,
        limit=LONGEST,
    )


def block(marts: Marts, context: SiteContext, header: Header) -> Block:
    """The questions that have waited longest, with the number of all."""
    link = ("answers.html", Text("All answers", "全部问答"))
    if not marts.has("answer_times"):
        if not any(source.is_collected for source in header.sources if source.log == "content"):
            return not_collected.note(TITLE, "content", half=True)
        return Note(title=TITLE, half=True, body=Text("No question is known.", "没有提问数据。"), link=link)
    result = waiting(marts, context)
    if not result.n:
        return Note(
            title=TITLE,
            half=True,
            result=result,
            link=link,
            body=Text("No question waits: ", "没有等待回应的提问：") + MEANING + Text(".", "。"),
        )
    return Table(
        title=TITLE,
        half=True,
        result=result,
        link=link,
        note=Text(f"{integer(result.n)} wait: {MEANING.en}.", f"共 {integer(result.n)} 个：{MEANING.zh}。"),
        columns=[
            Column(Text("Question", "提问"), wide=True),
            Column(Text("Channel", "频道")),
            Column(Text("Waits for", "已等待"), number=True),
        ],
        rows=[
            [
                Cell(row["title"]),
                Cell(row["channel"] or ""),
                Cell(hours(row["observed_hours"]), row["observed_hours"]),
            ]
            for row in result.rows[:_SHOWN]
        ],
    )
