"""What a block says where its log, or a fact of it, is not collected: not zero, and how to change that."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import collected, words
from pipelines.report.parts.blocks import Note
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text


def note(title: Text, log: str, *, half: bool = False) -> Note:
    """Say that the log is not collected, with the way to the page that tells how to add it."""
    name = words.log(log)
    return Note(
        title=title,
        half=half,
        body=Text(
            f"Not collected, or nothing came yet: this needs the log of {name.en}.",
            f"未收集或尚无数据：需要{name.zh}日志。",
        ),
        link=("health.html#not-collected", Text("How to add it", "如何接入")),
    )


def activity(header: Header, context: SiteContext) -> Note | None:
    """Say that nobody can be active, where no log is collected that makes anybody active."""
    logs = {source.log for source in header.sources if source.is_collected}
    if not logs or logs & set(context.activity_logs):
        return None
    body = Text(
        "Active means at least one content or interaction, and neither log is collected.",
        "活跃指至少发布一篇内容或有一次互动，而这两种日志均未收集。",
    )
    if "event_participation" in logs:
        body += Text(
            " With the setting GUILDBOOK_ACTIVE_BY_EVENTS=true registering for an event and attending it count too.",
            "设置 GUILDBOOK_ACTIVE_BY_EVENTS=true 后，报名和参加活动也算活跃。",
        )
    return Note(
        title=Text("Nobody can be active", "无法判断谁活跃"),
        body=body,
        link=("health.html#not-collected", Text("How to add it", "如何接入")),
    )


def on_content(header: Header) -> list[Note]:
    """What the page of content says of facts that never came though the log that would hold them is collected."""
    logs = {source.log for source in header.sources if source.is_collected}
    titles = {
        "reads": Text("What is read", "阅读情况"),
        "contents": Text("Articles, lives and courses", "文章、直播与课程"),
    }
    return [
        collected.note(title, fact)
        for fact, title in titles.items()
        if header.lacks.get(fact) and collected.LOG_OF[fact] in logs
    ]
