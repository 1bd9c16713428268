"""Questions whose askers wait, by the one definition of the marts: their query and what they are called."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import known
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.text import Text

TITLE = known.Term("questions_waiting")
MEANING = Text(
    "asked 1 to 30 days ago, no response by another member yet",
    "1 至 30 天前提出，尚无其他成员回应",
)
"""What a waiting question is, on every page."""
LONGEST = 20


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
