"""Reads what zsxq-cli prints: topics, comments and members, bare or in the envelope of the API that it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.exported import Document, documents, place

Said = dict[str, Any]

_ENVELOPES = ("body", "resp_data", "data")
_ID = re.compile(r"\d{6,}")


@dataclass
class Found:
    """What the files say, the newest of each by their names."""

    topics: dict[str, Said] = field(default_factory=dict)
    comments: dict[str, Said] = field(default_factory=dict)
    """Comment -> itself, with the topic that it is on as ``topic_id``."""
    members: dict[str, Said] = field(default_factory=dict)


def read(pull: Pull, export: Path) -> Found:
    """Return what the files say.

    Raises:
        SourceError: There is none, or one is nothing that zsxq-cli prints of a group; names it.
    """
    found = Found()
    for document in documents(pull, place(pull, export)):
        try:
            _take(document, found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError(
                f"{pull.named.name}: {document.place}: is no topics, comments or members as zsxq-cli prints them "
                f"({error}); print it again with --json or move it away"
            ) from error
    return found


def moment(text: str) -> str:
    """Return a time as ISO 8601 in UTC."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _take(document: Document, found: Found) -> None:
    said = document.said
    while isinstance(said, dict):
        if said.get("success") is False or said.get("succeeded") is False or said.get("ok") is False:
            raise ValueError(f"the command failed: {said.get('message') or said.get('error') or said.get('code')}")
        inside = next((said[key] for key in _ENVELOPES if isinstance(said.get(key), dict | list)), None)
        if inside is None:
            break
        said = inside
    items = said if isinstance(said, list) else _listed(said)
    for item in items:
        _item(document, item, found, said if isinstance(said, dict) else {})


def _listed(said: Said) -> list[Said]:
    lists = [said[key] for key in ("topics_brief", "topics", "comments", "members") if isinstance(said.get(key), list)]
    if not lists and isinstance(said.get("topic"), dict):
        return [said["topic"]]
    if not lists:
        raise ValueError(f"it has {', '.join(sorted(said)[:5]) or 'nothing'}")
    return [item for one in lists for item in one]


def _item(document: Document, item: Said, found: Found, around: Said) -> None:
    if "comment_id" in item:
        named = _ID.findall(document.name)
        topic = item.get("topic_id") or around.get("topic_id") or (named[-1] if named else "")
        if not topic:
            raise ValueError("comments do not say which topic they are on: name the file after it, comments-TOPIC.json")
        _comment(item, str(topic), found)
    elif "topic_id" in item:
        id_ = str(item["topic_id"])
        moment(item["create_time"])
        found.topics[id_] = found.topics.get(id_, {}) | {
            key: value for key, value in item.items() if value or value == 0
        }
        for comment in item.get("show_comments") or []:
            _comment(comment, id_, found)
    elif "user_id" in item and "join_time" in item:
        moment(item["join_time"])
        found.members[str(item["user_id"])] = item
    else:
        raise ValueError(f"an entry has {', '.join(sorted(item)[:5])}")


def _comment(item: Said, topic: str, found: Found) -> None:
    moment(item["create_time"])
    found.comments[str(item["comment_id"])] = item | {"topic_id": topic}
    for reply in item.get("replied_comments") or []:
        _comment({"parent_comment_id": item["comment_id"]} | reply, topic, found)
