"""Facts that nobody collects: what a page says of them instead of zero, and how they are added."""

from __future__ import annotations

from pipelines.report.parts.blocks import Note
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.text import Text

NOT_COLLECTED = Text("not collected", "未收集")

FACTS = {
    "reads": (
        Text("Views and reads", "浏览与阅读"),
        Text(
            "the log interactions with the kinds view or read and a content_id",
            "互动日志，kind 为 view 或 read，并含 content_id",
        ),
    ),
    "contents": (
        Text("Contents", "内容"),
        Text(
            "the log content with the kinds article, live, course, announcement or event_notice",
            "内容日志，kind 为 article、live、course、announcement 或 event_notice",
        ),
    ),
    "accepted_answers": (
        Text("Accepted answers", "已采纳的回答"),
        Text("the column accepted_answer_id of questions in the log content", "内容日志中提问的 accepted_answer_id 列"),
    ),
}
"""Fact -> its name, and what to deliver."""

LOG_OF = {"reads": "interactions", "contents": "content", "accepted_answers": "content"}
"""The log that would hold each fact."""


def missing_facts(marts: Marts) -> tuple[dict[str, bool], list[Result]]:
    """Return for each fact whether none ever came; of a database that does not tell, nothing."""
    if not marts.has("collected_facts"):
        return {}, []
    result = marts.run("collected_facts", "select * from marts.collected_facts order by fact")
    return {row["fact"]: not row["is_collected"] for row in result.rows}, [result]


def note(title: Text, fact: str) -> Note:
    """Say of a block that its fact is not collected, and what to deliver."""
    name, cure = FACTS[fact]
    return Note(
        title=title,
        body=Text(
            f"{name.en} are not collected: none ever came. To add them, deliver {cure.en}.",
            f"未收集{name.zh}：从未送达。接入方法：送达{cure.zh}。",
        ),
        link=("health.html#not-collected", Text("How to add it", "如何接入")),
    )
