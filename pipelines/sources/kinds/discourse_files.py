"""A folder of saved Discourse answers: ``/t/<id>.json``, pages of ``posts.json``, users, or one post a line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sources.definition import Named, SourceError
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.discourse_read import Found, Page, Said

_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A folder is one sighting: nothing in it is known to have changed after another."""


def look(pull: Pull) -> str:
    """Read the folder; returns how much of what is in it."""
    found = read(pull)
    n_posts = sum(len(page.posts) for page in found.pages)
    return f"{folder(pull.named)}: {n_posts:,} posts, {len(found.topic_views) + len(found.topics):,} topics"


def folder(named: Named) -> Path:
    """Return the folder, relative to the source's file where it is relative."""
    return named.path.parent / named.source.folder  # type: ignore[attr-defined,no-any-return]


def read(pull: Pull) -> Found:
    """Return what the files of the folder say.

    Raises:
        SourceError: There is no file, or one is no JSON; names file and line.
    """
    found = Found()
    if not [path for path in paths(pull.named) if _take_file(pull, path, found)]:
        raise SourceError(
            f"{pull.named.name}: {folder(pull.named)} holds no .json, .json.gz, .jsonl or .jsonl.gz file: "
            f"correct folder in {pull.named.path.name}"
        )
    _count_missing(pull, found)
    return found


def paths(named: Named) -> Iterator[Path]:
    """Give the files of the folder that are read."""
    root = folder(named)
    endings = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson")
    below = [root] if root.is_file() else sorted(root.rglob("*"))
    return (path for path in below if path.is_file() and path.name.endswith(endings) and path.name[0] not in "._")


def _take_file(pull: Pull, path: Path, found: Found) -> bool:
    line = 0
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as stream:
            if ".json." in f"{path.name}.":
                _take(json.load(stream), found)
            else:
                for line, text in enumerate(stream, start=1):  # noqa: B007 - named in the error
                    if text.strip():
                        _take(json.loads(text), found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        place = f"{path}, line {line}" if line else str(path)
        raise SourceError(
            f"{pull.named.name}: {place}: is no answer of a Discourse forum ({error}); save it again or move it away"
        ) from error
    return True


def _take(said: Any, found: Found) -> None:  # noqa: ANN401 - JSON
    """Put an answer where it belongs by what it has; lists hold several."""
    if isinstance(said, list):
        for one in said:
            _take(one, found)
    elif "post_stream" in said:
        found.topic_views.append((_ONCE, said))
    elif "latest_posts" in said:
        found.pages.append(Page(_ONCE, said["latest_posts"], is_whole=False))
    elif "topic_list" in said:
        found.topics += [(_ONCE, topic) for topic in said["topic_list"]["topics"]]
    elif "post_number" in said and "topic_id" in said:
        found.pages.append(Page(_ONCE, [said], is_whole=False))
    elif "user" in said:
        found.users.append((_ONCE, said["user"]))
    elif "username" in said:
        found.users.append((_ONCE, said))
    elif "user_actions" in said:
        found.likes += said["user_actions"]
    elif "categories" in said or "category_list" in said:
        categories = said.get("categories") or said["category_list"]["categories"]
        found.categories |= {one["id"]: one["name"] for one in categories}


def _count_missing(pull: Pull, found: Found) -> None:
    """Say how many posts topics name that no file holds: an answer has only the first twenty."""
    there = {post["id"] for post in _posts(found)}
    named = {id_ for _, view in found.topic_views for id_ in view["post_stream"].get("stream", [])}
    if missing := len(named - there):
        found.remarks.append(
            f"{pull.named.name}: topics name {len(named):,} posts and the files hold {len(named & there):,} of them; "
            f"save the other {missing:,} too, as /t/<id>/posts.json?post_ids[]=…"
        )


def _posts(found: Found) -> Iterator[Said]:
    for page in found.pages:
        yield from page.posts
    for _, view in found.topic_views:
        yield from view["post_stream"]["posts"]
