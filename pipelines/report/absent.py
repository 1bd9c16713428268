"""What a block says where its log is not collected: not zero, and how to change that."""

from __future__ import annotations

from pipelines.report import words
from pipelines.report.blocks import Note
from pipelines.report.text import Text


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
