"""Members of a Discourse forum: a row for each state of an account."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from pipelines.sources.kind import Pull
from pipelines.sources.kinds.discourse_forum import Forum
from pipelines.sources.kinds.discourse_read import Found, Said, member_id

MEMBER_COLUMNS = (*("member_id", "occurred_at", "joined_at", "role", "status", "plan", "display_name", "profile_url"),)


def member_rows(pull: Pull, found: Found, forum: Forum) -> list[dict[str, str]]:
    """Return the states of every account that has a profile or wrote.

    The first state counts from the day of joining; where no profile says when that was, from the first post.
    """
    seen = _sightings(found)
    plans = _plans(pull, found)
    first_posts = _first_posts(forum)
    rows: list[dict[str, str]] = []
    for id_ in sorted(seen, key=str):
        joined_at = min(
            (said["created_at"] for _, said in seen[id_] if said.get("created_at")), default=first_posts.get(id_)
        )
        if not joined_at:
            continue
        last: dict[str, str] | None = None
        moments = sorted({at for at, _ in seen[id_]} | {at for at, _ in plans.get(id_, [])})
        said: Said = {}
        for at in moments:
            for _, one in (pair for pair in seen[id_] if pair[0] == at):
                said = said | {key: value for key, value in one.items() if value is not None}
            state = _state(pull, id_, said, at)
            if last is None:
                rows.append({"occurred_at": joined_at, "joined_at": joined_at} | state)
                last = state
            state = state | {"plan": next((plan for then, plan in reversed(plans.get(id_, [])) if then <= at), "")}
            if state != last:
                rows.append({"occurred_at": at.isoformat(), "joined_at": joined_at} | state)
                last = state
    return rows


def _sightings(found: Found) -> dict[int, list[tuple[datetime, Said]]]:
    """Return what was said of each account and when; posts come last, as they say least."""
    seen: dict[int, list[tuple[datetime, Said]]] = defaultdict(list)
    for at, user in found.users:
        seen[user["id"]].append((at, user))
    for page in found.pages:
        for post in page.posts:
            _of_post(seen, page.at, post)
    for at, view in found.topic_views:
        for post in view["post_stream"]["posts"]:
            _of_post(seen, at, post)
    return {id_: sorted(said, key=lambda pair: pair[0]) for id_, said in seen.items()}


def _of_post(seen: dict[int, list[tuple[datetime, Said]]], at: datetime, post: Said) -> None:
    id_ = post.get("user_id")
    if id_ is not None and not seen.get(id_):
        kept = {key: post.get(key) for key in ("username", "name", "admin", "moderator")}
        seen[id_].append((at, kept))


def _first_posts(forum: Forum) -> dict[int, str]:
    first: dict[int, str] = {}
    for post in forum.posts.values():
        by = post.get("user_id") or 0
        first[by] = min(first.get(by, post["created_at"]), post["created_at"])
    return first


def _plans(pull: Pull, found: Found) -> dict[int, list[tuple[datetime, str]]]:
    """Return the plan of each account as of each pull that asked for groups; empty once it has left them."""
    source: Any = pull.named.source
    by_pull: dict[datetime, dict[int, str]] = defaultdict(dict)
    for at, group, members in found.groups:
        by_pull[at] |= {id_: source.plans[group] for id_ in members if group in source.plans}
    everybody = {id_ for plans in by_pull.values() for id_ in plans}
    return {id_: [(at, by_pull[at].get(id_, "")) for at in sorted(by_pull)] for id_ in everybody}


def _state(pull: Pull, id_: int | str, said: Said, at: datetime) -> dict[str, str]:
    source: Any = pull.named.source
    username = said.get("username") or ""
    suspended = said.get("suspended_till")
    return {
        "member_id": member_id(pull.named.prefix, id_),
        "role": _role(id_, said),
        "status": "banned" if suspended and datetime.fromisoformat(suspended) > at else "active",
        "plan": "",
        "display_name": said.get("name") or username,
        "profile_url": f"{source.url.rstrip('/')}/u/{username}" if source.url and username else "",
    }


def _role(id_: int | str, said: Said) -> str:
    if isinstance(id_, int) and id_ < 0:
        return "bot"
    return "staff" if said.get("admin") else "moderator" if said.get("moderator") else "member"
