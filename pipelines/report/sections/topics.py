"""Topics: what is asked, read and answered by tag; what many ask for and nobody answers is what to write next."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, integer

_DAYS = 90
_SHOWN = 15


def block(marts: Marts, context: SiteContext) -> Table | None:
    """Tags of the pieces of 90 days, those with most unanswered questions first; None where no piece bears a tag."""
    result = marts.run(
        "topics",
        f"""
        select
            content_tags.tag,
            count(*) filter (where pieces.kind not in ('question', 'answer', 'comment')) as n_contents,
            count(*) filter (where pieces.kind = 'question') as n_questions,
            count(*) filter (where answer_times.is_waiting) as n_waiting,
            sum(pieces.n_reads)::bigint as n_reads,
            max(case when pieces.kind not in ('question', 'answer', 'comment') then pieces.published_day end)
                as last_content_day,
        from marts.content_tags
        inner join marts.content_performance as pieces on content_tags.content_id = pieces.content_id
        left join marts.answer_times on content_tags.content_id = answer_times.question_id
        where pieces.published_day between {context.through} - {_DAYS - 1} and {context.through}
        group by content_tags.tag
        order by n_waiting desc, n_questions desc, n_reads desc, content_tags.tag
        """,
        limit=_SHOWN,
    )
    if not result.rows:
        return None
    most = max(row["n_waiting"] for row in result.rows) or 1
    shown = _columns(
        most,
        has_contents=any(row["n_contents"] for row in result.rows),
        has_reads=any(row["n_reads"] is not None for row in result.rows),
    )
    return Table(
        title=Text("Topics: what is asked, and what nobody answers", "话题：大家在问什么，哪些无人回应"),
        note=Text(
            f"Tags of pieces of the last {_DAYS} days, those with most waiting questions first. A piece with several "
            "tags counts for each.",
            f"最近 {_DAYS} 天内容的标签，待回应提问多者在前。带多个标签的内容在每个标签下各计一次。",
        ),
        columns=[column for column, _ in shown],
        rows=[[cell(row) for _, cell in shown] for row in result.rows],
        result=result,
        search=result.n > _SHOWN,
    )


def _columns(most: int, *, has_contents: bool, has_reads: bool) -> list[tuple[Column, Callable[[Row], Cell]]]:
    """Each column with the cell that a tag has in it; bars end at ``most`` waiting questions."""
    columns: list[tuple[Column, Callable[[Row], Cell]]] = [
        (Column(Text("Tag", "标签")), lambda row: Cell(row["tag"])),
        (Column(Text("Questions", "提问"), number=True), _count("n_questions")),
        (
            Column(Text("Waiting", "待回应"), number=True),
            lambda row: Cell(marks.bar(row["n_waiting"] / most, integer(row["n_waiting"]), "warn"), row["n_waiting"]),
        ),
    ]
    if has_contents:
        columns += [
            (Column(Text("Contents", "内容"), number=True), _count("n_contents")),
            (
                Column(Text("Last content", "最近一篇"), number=True),
                lambda row: Cell(day(last) if (last := row["last_content_day"]) else MISSING, str(last or "")),
            ),
        ]
    if has_reads:
        columns.append((Column(Text("Reads", "阅读"), number=True), _count("n_reads")))
    return columns


def _count(name: str) -> Callable[[Row], Cell]:
    return lambda row: Cell(integer(row[name]), row[name])
