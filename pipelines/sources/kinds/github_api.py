"""A repository on GitHub, asked by its API: what changed since the last pull, and in the last days once more.

Issues and comments come the longest unchanged first, so whatever is kept is whole up to its newest change, and a pull
that broke off goes on there. Discussions come the other way round, back to the last pull that came to its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pipelines.sources.definition import SourceError
from pipelines.sources.http import Http
from pipelines.sources.kept import Answer
from pipelines.sources.kind import Pull
from pipelines.sources.kinds import github_query

Said = dict[str, Any]

_A_PAGE = 100
_EPOCH = datetime.fromtimestamp(0, UTC)
_HOLDS = {
    (True, True): "it has issues and discussions",
    (True, False): "it has issues and no discussions",
    (False, True): "it has discussions and no issues",
    (False, False): "it has neither issues nor discussions",
}
"""What is said of a repository by whether it has issues, and discussions."""


def fetch(pull: Pull) -> None:
    """Ask for issues, comments, reactions and discussions, and keep the answers.

    Raises:
        SourceError: GitHub does not answer as it should; what came before is kept.
    """
    source: Any = pull.named.source
    http = _http(pull)
    if source.issues:
        _walk(pull, http, "issues", f"repos/{source.repository}/issues", {"state": "all"})
        _walk(pull, http, "comments", f"repos/{source.repository}/issues/comments", {})
    if source.discussions:
        if _token(pull) is None:
            pull.remarks.append(f"{pull.named.name}: discussions are left out, GitHub shows them to a token alone")
        else:
            _discussions(pull, http)


def check(pull: Pull) -> str:
    """Ask for the repository alone; returns what was found."""
    source: Any = pull.named.source
    http = _http(pull)
    _, said = http.get_json(f"repos/{source.repository}")
    with_token, without = "answers with a token", "answers without a token: no discussions, and 60 requests an hour"
    holds = _HOLDS[bool(said.get("has_issues")), bool(said.get("has_discussions"))]
    return f"{said.get('full_name', source.repository)} {with_token if _token(pull) else without}; {holds}"


def is_pull_request(item: Said) -> bool:
    """Whether an issue, or what a comment is on, is a pull request, which GitHub lists among the issues."""
    return "pull_request" in item or "/pull/" in item.get("html_url", "")


def _token(pull: Pull) -> str | None:
    token = pull.named.secret(pull.settings, "token")
    return token.get_secret_value() if token else None


def _http(pull: Pull) -> Http:
    source: Any = pull.named.source
    token = _token(pull)
    headers = {"X-GitHub-Api-Version": "2022-11-28"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return Http(pull.named, source.url, pull.started_at, headers)


def _walk(pull: Pull, http: Http, stream: str, path: str, more: dict[str, str]) -> None:
    """Walk over what changed, the longest unchanged first; a page is kept after the reactions to what is on it."""
    query = more | {"sort": "updated", "direction": "asc", "per_page": str(_A_PAGE)}
    if not pull.everything and (changed := _changes(pull, stream)):
        query["since"] = _ago(pull, max(changed))
    n_items = 0
    for answer, items in _pages(http, f"{path}?{urlencode(query)}"):
        if pull.named.source.reactions:  # type: ignore[attr-defined]
            for item in items:
                if not is_pull_request(item) and (item.get("reactions") or {}).get("total_count"):
                    for given, _ in _pages(http, f"{item['url']}/reactions?per_page={_A_PAGE}"):
                        pull.kept.add("reactions", given)
        pull.kept.add(stream, answer)
        pull.kept.flush()
        n_items += len(items)
        pull.say(f"{n_items:,} {stream}")


def _pages(http: Http, path: str) -> Iterator[tuple[Answer, list[Said]]]:
    """Give each page of a list, by the address of the next one that the last one names."""
    asked: set[str] = set()
    while path:
        answer, said = http.get_json(path)
        if not isinstance(said, list):
            raise http.error(answer.url, "the answer is no list: is this the API of GitHub?")
        yield answer, said
        asked.add(path)
        path = answer.following
        if path in asked or (path and not path.startswith(http.base)):
            raise http.error(answer.url, f"names {path} as the page after it, which is no other page of {http.base}")


def _changes(pull: Pull, stream: str) -> list[datetime]:
    """When what is kept changed last; a time that none can have had, which the platform once answered, is left out."""
    moments = (_moment(item) for answer in pull.kept.answers(stream) for item in answer.json())
    return [one for one in moments if one and _EPOCH <= one <= pull.started_at]


def _moment(item: Said) -> datetime | None:
    try:
        return datetime.fromisoformat(item["updated_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _ago(pull: Pull, at: datetime) -> str:
    """Return the time so many days before as the source looks back."""
    earlier = at - timedelta(days=pull.named.source.look_back_days)
    return earlier.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _discussions(pull: Pull, http: Http) -> None:
    source: Any = pull.named.source
    owner, _, name = source.repository.partition("/")
    since = "" if pull.everything or pull.since is None else _ago(pull, pull.since)
    after: str | None = None
    n_items = 0
    while True:
        answer, said = _graphql(http, github_query.DISCUSSIONS, {"owner": owner, "name": name, "after": after})
        if (repository := said.get("repository")) is None:
            raise http.error(answer.url, f"there is no repository {source.repository}, or the token does not show it")
        found = repository["discussions"]
        for discussion in found["nodes"]:
            for comment in _all(pull, http, discussion, "comments"):
                deque(_all(pull, http, comment, "replies"), maxlen=0)
        pull.kept.add("discussions", answer)
        n_items += len(found["nodes"])
        pull.say(f"{n_items:,} discussions")
        is_old = bool(since) and any(one["updatedAt"] < since for one in found["nodes"])
        following = found["pageInfo"]["endCursor"]
        if is_old or not found["pageInfo"]["hasNextPage"]:
            return
        if following == after:
            raise http.error(answer.url, "names the same page of discussions as the next one: no end")
        after = following


def _all(pull: Pull, http: Http, node: Said, what: str) -> Iterator[Said]:
    """Give the comments of a discussion, or the replies to a comment; asks for those beyond the first answer."""
    found, after = node[what], None
    while True:
        yield from found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            return
        if found["pageInfo"]["endCursor"] == after:
            raise http.error("graphql", f"names the same page of {what} as the next one: no end")
        after = found["pageInfo"]["endCursor"]
        answer, said = _graphql(http, github_query.MORE[what], {"id": node["id"], "after": after})
        found = said["node"][what]
        pull.kept.add(f"more_{what}", answer)


def _graphql(http: Http, query: str, variables: dict[str, str | None]) -> tuple[Answer, Said]:
    answer, said = http.post_json("graphql", {"query": query, "variables": variables})
    if not isinstance(said, dict) or said.get("errors") or not isinstance(said.get("data"), dict):
        reasons = [str(one.get("message", one)) for one in said.get("errors", [])] if isinstance(said, dict) else []
        raise _refused(http, answer, "; ".join(reasons) or "the answer has no data")
    return answer, said["data"]


def _refused(http: Http, answer: Answer, reason: str) -> SourceError:
    return http.error(
        answer.url,
        f"{reason[:200]}: look whether the token may read discussions of the repository; what came so far is kept, the "
        "next pull goes on",
    )
