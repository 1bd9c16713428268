"""What to do for a member on the list; the pieces and the event that it names lead to their own pages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pipelines.lake.own_pages import EVENT, PIECE
from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.linked import One, Sentence


def named(marts: Marts, context: SiteContext) -> dict[str, One]:
    """Return what the list of the last day names, by its id: pieces, and events to invite to."""
    sources = {
        PIECE: ("dim_content", "content_id", "unnest(from_json(content_ids, '[\"varchar\"]'))"),
        EVENT: ("dim_events", "event_id", "event_id"),
    }
    found: dict[str, One] = {}
    for kind, (mart, key, ids) in sources.items():
        if marts.has(mart):
            rows = marts.run(
                f"listed_{key}",
                f"""
                select {key}, title
                from marts.{mart}
                where {key} in (
                    select {ids} from marts.retention_actions where day = {context.through} and arm = 'treated'
                )
                order by {key}
                """,
            ).rows
            found |= {row[key]: One(kind, row[key], row["title"]) for row in rows}
    return found


def sentence(row: Row, known: dict[str, One]) -> Sentence:
    """Return the suggestion of a row of the list; what it names by another title than today's stays in words."""
    ids = [*json.loads(row["content_ids"] or "[]"), row["event_id"]]
    ones = [known[id_] for id_ in ids if id_ in known]
    return Sentence(_parts(row["suggestion_en"], ones), _parts(row["suggestion_zh"], ones))


def _parts(text: str, ones: Sequence[One]) -> tuple[object, ...]:
    parts: list[object] = []
    for one in ones:
        if found := re.search(_called(one), text):
            parts, text = [*parts, text[: found.start()], one], text[found.end() :]
    return (*parts, text)


def _called(one: One) -> str:
    """Pattern of a title in its quotes, or of an id that is no part of another word, such as of a date."""
    return f"(?<=“){re.escape(one.name)}(?=”)" if one.name else rf"(?a)(?<![\w-]){re.escape(one.id)}(?![\w-])"
