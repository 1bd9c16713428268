"""What became of drafts: whether each is published, and how often it was read, by the id that it has in the data.

A forum gives a post's number, of which the forum's source makes the piece's id; a webhook may answer with the id that
the log of content will have.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading import sums
from pipelines.reading.publication import open_published
from pipelines.report.parts.text import integer
from pipelines.sending.drafts import Draft, draft_files, goes_out, read_draft
from pipelines.sending.record import Record
from pipelines.sending.targets import DiscourseTarget, read_target
from pipelines.settings import Settings
from pipelines.sources.configured import read_all

_POST = re.compile(r"(?P<forum>https?://.+)/p/(?P<post>\d+)")


def piece_lines(home: Home, settings: Settings) -> list[str]:
    """A line for each draft."""
    record = Record.read(home)
    return [f"{path.stem}: {_said(path, home, settings, record)}" for path in draft_files(home)]


def _said(path: Path, home: Home, settings: Settings, record: Record) -> str:
    try:
        return _told(read_draft(path), home, settings, record)
    except UserError as error:
        return f"look at it: {error}"


def _told(draft: Draft, home: Home, settings: Settings, record: Record) -> str:
    past = record.past(draft.head.target, draft.key)
    if past is not None and past.state == "sent":
        published = f"published {past.noted_at:%Y-%m-%d %H:%M} UTC by {draft.head.target}"
        return ", ".join([published, *_used(home, settings, draft, past.reply)])
    if past is not None:
        return f"{past.state} after {past.attempt} tries: {past.reply}"
    if draft.head.status != "approved":
        return "waits for status: approved"
    at = goes_out(draft, home, settings)
    when = f"goes out {at:%Y-%m-%d %H:%M} by {draft.head.target}" if at else ""
    return when or "nothing is known of when people read: give publish_at"


def _used(home: Home, settings: Settings, draft: Draft, reply: str) -> list[str]:
    """What the other side calls a piece, and how often it was read, as far as the data knows it."""
    piece = content_id(home, settings, draft, reply)
    if piece is None:
        return [reply] if reply else []
    rows = []
    if database := sums.published(home):
        with open_published(database) as con:
            asked = "select n_reads, n_interactions from marts.content_performance where content_id = ?"
            rows = con.execute(asked, [piece]).fetchall()
    if not rows:
        return [f"{reply}: content {piece}", "not in the data yet"]
    return [f"{reply}: content {piece}", f"{integer(rows[0][0])} reads, {integer(rows[0][1])} interactions"]


def content_id(home: Home, settings: Settings, draft: Draft, reply: str) -> str | None:
    """The id that a published draft has in the log of content; None where nobody knows it.

    Raises:
        UserError: The file of its target or of a source is wrong.
    """
    if not reply:
        return None
    target = read_target(home.targets / f"{draft.head.target}.yaml")
    if not isinstance(target, DiscourseTarget):
        return reply
    if (found := _POST.fullmatch(reply)) is None:
        return None
    prefixes = [
        one.prefix
        for one in read_all(home, settings)
        if str(getattr(one.source, "url", None) or "").rstrip("/") == found["forum"]
    ]
    return f"{prefixes[0]}p{found['post']}" if prefixes else None
