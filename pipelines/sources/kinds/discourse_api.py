"""A running Discourse forum, asked by its API: what is new since the last pull, and the last days again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.sources.http import Http
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Pull
from pipelines.sources.kinds import discourse_people
from pipelines.sources.kinds.discourse_ask import earlier, listed, moment
from pipelines.sources.kinds.discourse_read import Found, Page


def fetch(pull: Pull) -> None:
    """Ask for site, posts, bumped topics, users, groups and likes, and keep the answers.

    Raises:
        SourceError: The forum does not answer as it should; what came before is kept.
    """
    http = _http(pull)
    _site(pull, http)
    n_posts = _posts(pull, http)
    pull.say(f"{n_posts:,} posts")
    _topics(pull, http)
    discourse_people.fetch(pull, http)


def check(pull: Pull) -> str:
    """Ask for the newest posts only; returns what was found."""
    http = _http(pull)
    _, page = http.get_json("posts.json")
    posts = listed(http, "posts.json", page, "latest_posts")
    has_key = pull.named.secret(pull.settings, "api_key")
    answers = "answers with a key" if has_key else "answers without a key: what everybody sees"
    found = f"{http.base} {answers}; {len(posts)} posts on the first page"
    return f"{found}, the newest of {posts[0]['created_at'][:10]}" if posts else found


def read(pull: Pull) -> Found:
    """Return what is kept, parsed."""
    kept = pull.kept
    found = Found(is_live=True)
    for answer in kept.answers("posts"):
        said = answer.json()
        found.pages.append(Page(answer.moment, said.get("latest_posts", []), _before(answer)))
    for answer in kept.answers("topics"):
        found.topics += [(answer.moment, topic) for topic in _topics_of(answer.json())]
    for answer in kept.answers("solved"):
        found.topic_views.append((answer.moment, answer.json()))
    for answer in kept.answers("users"):
        said = answer.json()
        found.users += [(answer.moment, one) for one in (said if isinstance(said, list) else [said.get("user", said)])]
    for answer in kept.answers("groups"):
        group = urlsplit(answer.url).path.split("/")[-2]
        found.groups.append((answer.moment, group, [one["id"] for one in answer.json().get("members", [])]))
    for answer in kept.answers("likes"):
        found.likes += answer.json().get("user_actions", [])
    for answer in kept.answers("site"):
        found.categories |= {one["id"]: one["name"] for one in answer.json().get("categories", [])}
    return found


def _http(pull: Pull) -> Http:
    named = pull.named
    key = named.secret(pull.settings, "api_key")
    headers = {"Api-Key": key.get_secret_value(), "Api-Username": named.source.user} if key else {}  # type: ignore[attr-defined]
    return Http(named, named.source.url, pull.started_at, headers)  # type: ignore[attr-defined]


def _before(answer: Answer) -> int | None:
    given = parse_qs(urlsplit(answer.url).query).get("before")
    return int(given[0]) if given else None


def _span(answer: Answer) -> tuple[int, int]:
    """Return the lowest and the highest id of the posts that an answer speaks for."""
    ids = [post["id"] for post in answer.json()["latest_posts"]]
    before = _before(answer)
    if not ids:
        return 1, before or 0
    return min(ids), max(ids) if before is None else before


def _posts(pull: Pull, http: Http) -> int:
    """Walk from the newest post back; leaves out what is old enough and was fetched before."""
    spans = [] if pull.everything else sorted(map(_span, pull.kept.answers("posts")), reverse=True)
    cut = pull.started_at - timedelta(days=pull.named.source.look_back_days)
    before: int | None = None
    n_posts = 0
    while before is None or before >= 1:
        path = "posts.json" if before is None else f"posts.json?before={before}"
        answer, said = http.get_json(path)
        posts = listed(http, path, said, "latest_posts")
        ids = [post["id"] for post in posts]
        if before is not None and ids and max(ids) > before:
            raise http.error(answer.url, f"post {max(ids)} came where posts up to {before} were asked for: no end")
        pull.kept.add("posts", answer)
        n_posts += len(posts)
        if not posts:
            break
        before = min(ids) - 1
        if all(moment(post["created_at"]) < cut for post in posts):
            for low, high in spans:
                if low <= before <= high:
                    before = low - 1
    return n_posts


def _topics(pull: Pull, http: Http) -> None:
    """Walk over topics, latest activity first, to the last pull; asks whole those that have an accepted answer."""
    since = None if pull.everything or pull.since is None else earlier(pull, pull.since)
    seen: set[int] = set()
    page = 0
    while True:
        path = f"latest.json?order=activity&no_definitions=true&page={page}"
        answer, said = http.get_json(path)
        topics = listed(http, path, said, "topic_list", "topics")
        new = [topic for topic in topics if topic["id"] not in seen]
        if not new:
            return
        pull.kept.add("topics", answer)
        seen |= {topic["id"] for topic in new}
        for topic in new:
            if topic.get("has_accepted_answer") and (since is None or _bumped(topic) >= since):
                with_answer, _ = http.get_json(f"t/{topic['id']}.json")
                pull.kept.add("solved", with_answer)
        if since is not None and all(_bumped(topic) < since for topic in topics):
            return
        page += 1


def _site(pull: Pull, http: Http) -> None:
    answer, _ = http.get_json("site.json")
    pull.kept.add("site", answer)


def _topics_of(said: dict[str, Any]) -> list[dict[str, Any]]:
    return list(said.get("topic_list", {}).get("topics", []))


def _bumped(topic: dict[str, Any]) -> datetime:
    return moment(topic.get("bumped_at") or topic.get("last_posted_at") or topic["created_at"])
