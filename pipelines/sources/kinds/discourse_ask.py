"""What every question to a Discourse forum needs: lists out of its answers, and times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipelines.sources.http import Http
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.discourse_read import Said


def listed(http: Http, path: str, said: Any, *keys: str) -> list[Said]:  # noqa: ANN401 - JSON
    """Return the list at the end of ``keys`` in an answer; an answer without it is an error."""
    for key in keys:
        said = said.get(key) if isinstance(said, dict) else None
    if not isinstance(said, list):
        raise http.error(path, f"the answer has no list {'.'.join(keys)}: is this a Discourse forum?")
    return said


def earlier(pull: Pull, at: datetime) -> datetime:
    """Return the moment so many days before as the source looks back."""
    return at - timedelta(days=pull.named.source.look_back_days)


def moment(text: str) -> datetime:
    """Return the time that a text of the forum's JSON names."""
    return datetime.fromisoformat(text)
