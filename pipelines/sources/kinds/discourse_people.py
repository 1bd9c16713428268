"""People of a running Discourse forum: accounts, groups and likes, asked by its API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from pipelines.sources.definition import SourceError
from pipelines.sources.http import Http
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.discourse_ask import earlier, listed, moment
from pipelines.sources.kinds.discourse_read import member_id
from pipelines.sources.refusal import NotFoundError

_PROFILE_DAYS = 30
_LIKE = 1


def fetch(pull: Pull, http: Http) -> None:
    """Ask for accounts, for the groups that have plans, and for likes."""
    _users(pull, http)
    for group in pull.named.source.plans:  # type: ignore[attr-defined]
        _group(pull, http, group)
    if pull.named.source.likes:  # type: ignore[attr-defined]
        _likes(pull, http)


def _users(pull: Pull, http: Http) -> None:
    """Ask for all users where a key may see their list, else for the profile of each author who came since."""
    if pull.named.secret(pull.settings, "api_key"):
        try:
            _user_list(pull, http)
            return
        except SourceError as error:
            pull.remarks.append(f"{error}; members are those who wrote")
    asked = {answer.url: answer.moment for answer in pull.kept.answers("users")}
    stale = pull.started_at - timedelta(days=_PROFILE_DAYS)
    hidden = 0
    for username in _authors(pull):
        path = f"u/{quote(username, safe='')}.json"
        if (at := asked.get(http.base + path)) is not None and at >= stale:
            continue
        try:
            answer, _ = http.get_json(path)
        except NotFoundError:
            hidden += 1
            continue
        pull.kept.add("users", answer)
    if hidden:
        pull.remarks.append(
            f"{pull.named.name}: {hidden:,} profiles are hidden or gone: these members joined with their first post"
        )


def _user_list(pull: Pull, http: Http) -> None:
    page, seen = 1, set[int]()
    while True:
        answer, said = http.get_json(f"admin/users/list/all.json?page={page}")
        if not isinstance(said, list):
            raise http.error(answer.url, "the answer is no list of users")
        new = {one["id"] for one in said} - seen
        if not new:
            return
        pull.kept.add("users", answer)
        seen |= new
        page += 1


def _group(pull: Pull, http: Http, group: str) -> None:
    offset = 0
    while True:
        path = f"groups/{quote(group, safe='')}/members.json?limit=100&offset={offset}"
        answer, said = http.get_json(path)
        members = listed(http, path, said, "members")
        pull.kept.add("groups", answer)
        offset += len(members)
        if len(members) < 100:
            return


def _likes(pull: Pull, http: Http) -> None:
    """Ask each member who came since the last pull which posts they liked, back to the last pull."""
    since = None if pull.everything or pull.since is None else earlier(pull, pull.since)
    for username in _came(pull, since):
        offset, before = 0, None
        while True:
            path = f"user_actions.json?username={quote(username, safe='')}&filter={_LIKE}&offset={offset}"
            try:
                answer, said = http.get_json(path)
            except NotFoundError:
                break
            actions = listed(http, path, said, "user_actions")
            if not actions or actions == before:
                break
            pull.kept.add("likes", answer)
            if since is not None and moment(actions[-1]["created_at"]) < since:
                break
            offset, before = offset + len(actions), actions


def _came(pull: Pull, since: datetime | None) -> list[str]:
    """Return the names of the members who came since: by the list of users, and who wrote."""
    seen: dict[str, None] = dict.fromkeys(_authors(pull))
    for answer in pull.kept.answers("users"):
        if answer.moment >= pull.started_at and isinstance(said := answer.json(), list):
            for one in said:
                came = one.get("last_seen_at")
                if came and not _is_erased(pull, one["id"]) and (since is None or moment(came) >= since):
                    seen[one["username"]] = None
    return list(seen)


def _authors(pull: Pull) -> Iterator[str]:
    """Names of the authors of the posts that this pull fetched; nothing is asked about one who was erased."""
    names = {
        post["username"]
        for answer in pull.kept.answers("posts")
        if answer.moment >= pull.started_at
        for post in answer.json()["latest_posts"]
        if not _is_erased(pull, post.get("user_id"))
    }
    return iter(sorted(names))


def _is_erased(pull: Pull, id_: int | str | None) -> bool:
    return pull.gone.of(member_id(pull.named.prefix, id_)) is not None
