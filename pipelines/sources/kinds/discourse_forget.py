"""A Discourse forum's answers without the erased: ids, names, pictures, addresses, what they wrote, titles of theirs.

Of what belongs to an erased account only numbers, times and lengths stay. In what others wrote, ``@name``, links to the
person's page and quotes of the person go, letter for letter, so that no length changes.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone, is_tombstone
from pipelines.sources.kept import Answer
from pipelines.sources.kinds.discourse_read import Said

_ROLES = ("", "acting_", "target_", "last_poster_")
_NAMES = ("username", "name", "display_username", "acting_name", "target_name")
_USERS = frozenset(
    {"user", "users", "members", "owners", "participants", "created_by", "last_poster", "reply_to_user"}
    | {"mentioned_users"}
)
_TIMES = frozenset({"created_at", "updated_at", "deleted_at", "last_seen_at", "suspended_till", "bumped_at"})
_TEXTS = ("raw", "cooked")
_KEPT_OBJECTS = frozenset({"actions_summary", "posts", "post_stream", "user"})
_TITLES = ("title", "topic_title")
_ABOUT_TITLES = ("fancy_title", "unicode_title", "topic_html_title", "slug", "topic_slug", "excerpt", "image_url")

_PAGES = ("/u/", "/user_actions.json?username=")
"""Begin the addresses that are about one member."""
_CALLED = re.compile(
    r"(?:(?<![\w.])@|/u/|/users/|data-username=\"|quote=\"|/user_avatar/[^/\s\"]+/|username=)([\w.%-]*[\w%-])"
)
_QUOTES = (
    (re.compile(r"(\[quote=\"([^,\"\]]+)[^\]]*\])(.*?)(\[/quote\])", re.DOTALL), re.compile(r"\S")),
    (
        re.compile(r"(<aside class=\"quote[^>]*data-username=\"([^\"]+)\"[^>]*>)(.*?)(</aside>)", re.DOTALL),
        re.compile(r"<[^>]*>|&(?:\w+|#\w+);|\S"),
    ),
)
"""What others quote, in their text and in the page made of it, and what a sign is in either."""


def learn(named: Named, stream: str, answer: Answer, gone: Gone) -> dict[str, str]:
    """Note the user names of the erased, and the topics that they opened."""
    said = _parsed(answer)
    return {} if said is None else _Forum(named, gone).learned(said, "")


def forget(named: Named, stream: str, answer: Answer, gone: Gone) -> Answer:
    """Return an answer without the erased."""
    said = _parsed(answer)
    if said is None:
        return answer
    forum = _Forum(named, gone)
    new, url = forum.without(said, ""), forum.address(answer.url)
    if new == said and url == answer.url:
        return answer
    return replace(answer, url=url, text=json.dumps(new, ensure_ascii=False))


def _parsed(answer: Answer) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(answer.text)
    except ValueError:
        return None


class _Forum:
    """What is said of members in the JSON of one forum."""

    def __init__(self, named: Named, gone: Gone) -> None:
        self._prefix, self._gone = named.prefix, gone
        self._host = urlsplit(named.source.url or "").netloc  # type: ignore[attr-defined]

    def learned(self, said: Any, key: str) -> dict[str, str]:  # noqa: ANN401 - JSON
        """Return user names and topics of the erased that JSON tells of."""
        found: dict[str, str] = {}

        def add(more: dict[str, str]) -> None:
            found.update({name: mark for name, mark in more.items() if found.get(name) != ""})

        if isinstance(said, list):
            for one in said:
                add(self.learned(one, key))
        if not isinstance(said, dict):
            return found
        for role in _ROLES:
            mark, name = self._by_id(said, role, key), said.get(f"{role}username")
            if mark and isinstance(name, str) and self._gone.mark(name) != name:
                found[self._called(name)] = mark
                if self._host:
                    found |= dict.fromkeys((f"//{self._host}{one}{quote(name)}" for one in _PAGES), mark)
        if said.get("post_number") == 1 and "user_id" in said and "topic_id" in said:
            found[self._topic(said["topic_id"])] = self._by_id(said, "", key) or ""
        for poster in said.get("posters") or ():
            if "Original Poster" in str(poster.get("description")) and (mark := self._by_id(poster, "", "posters")):
                add({self._topic(said.get("id")): mark})
        for name, value in said.items():
            add(self.learned(value, name))
        return found

    def without(self, said: Any, key: str) -> Any:  # noqa: ANN401 - JSON
        """Return JSON without the erased."""
        if isinstance(said, list):
            return [self.without(one, key) for one in said]
        if isinstance(said, str):
            return self._others(said, is_markup=key != "raw")
        if not isinstance(said, dict):
            return said
        owner = self._owner(said, "", key)
        is_topic = "post_stream" in said or "posters" in said
        new = {name: self._value(name, one) for name, one in said.items()}
        if owner and not is_topic:
            new = self._own(said, key)
        for role in _ROLES[1:]:
            if (mark := self._owner(said, role, key)) is not None:
                new |= self._person(said, role, mark)
        if owner:
            new |= self._person(said, "", owner, key=key)
        return self._without_title(said, new)

    def address(self, url: str) -> str:
        """Return an address without the user name that it asks for."""

        def change(found: re.Match[str]) -> str:
            mark = self._gone.of(self._called(found[1]))
            return found[0].removesuffix(found[1]) + mark if mark else found[0]

        return re.sub(r"(?:/u/|username=)([^/&?]+?)(?=\.json|[/&?]|$)", change, url)

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
        if name.endswith("username") and isinstance(value, str) and self._gone.of(self._called(value)):
            return self._gone.mark(value)
        return self.without(value, name)

    def _own(self, said: Said, key: str) -> Said:
        """Return what belongs to an erased account: numbers, times and lengths."""
        is_like = "acting_user_id" in said
        new: Said = {}
        for name, value in said.items():
            if name in _TIMES or not isinstance(value, str | list | dict):
                new[name] = value
            elif name in _TEXTS and isinstance(value, str):
                new[name] = "x" * len(value if name == "raw" else html.unescape(re.sub(r"<[^>]*>", "", value)))
            elif name in _TITLES and not _is_user(said, key):
                new[name] = self.without(value, name)
            elif name in _KEPT_OBJECTS or (is_like and not name.startswith(("excerpt", "avatar"))):
                new[name] = self._value(name, value)
        return new

    def _person(self, said: Said, role: str, mark: str, key: str = "") -> Said:
        """Return id and names of an erased account as they stand in an object from now on."""
        id_ = f"{role}user_id"
        if not role and id_ not in said and _is_user(said, key):
            id_ = "id"
        new: Said = {id_: mark} if id_ in said else {}
        for name in (f"{role}username", f"{role}name", *(() if role else _NAMES[:3])):
            if isinstance(said.get(name), str):
                new[name] = self._gone.mark(said[name])
        if role and f"{role}avatar_template" in said:
            new[f"{role}avatar_template"] = ""
        return new

    def _without_title(self, said: Said, new: Said) -> Said:
        id_ = said.get("topic_id", said.get("id") if "posters" in said or "post_stream" in said else None)
        if id_ is None and "title" in said and "username" not in said:
            id_ = said.get("id")
        if id_ is None or not self._gone.of(self._topic(id_)):
            return new
        titles = {name: self._gone.mark(said[name]) for name in _TITLES if isinstance(said.get(name), str)}
        return {name: "" if name in _ABOUT_TITLES and value else value for name, value in new.items()} | titles

    def _owner(self, said: Said, role: str, key: str) -> str | None:
        """Return the tombstone of the account that an object speaks of in a role: by its id, else by its name."""
        if mark := self._by_id(said, role, key):
            return mark
        name = said.get(f"{role}username")
        has_id = f"{role}user_id" in said or (not role and _is_user(said, key) and "id" in said)
        return self._gone.of(self._called(name)) if isinstance(name, str) and not has_id else None

    def _by_id(self, said: Said, role: str, key: str) -> str | None:
        id_ = said.get(f"{role}user_id")
        if id_ is None and not role and _is_user(said, key):
            id_ = said.get("id")
        if is_tombstone(id_):
            return str(id_)
        return self._gone.of(f"{self._prefix}u{id_}") if isinstance(id_, int) else None

    def _others(self, text: str, *, is_markup: bool) -> str:
        """Return what somebody else wrote without user names of the erased and what is quoted of them."""
        for pattern, sign in _QUOTES:
            text = pattern.sub(lambda found, sign=sign: self._unquoted(found, sign), text)  # type: ignore[misc]
        text = _CALLED.sub(self._uncalled, text)
        return self._gone.text(text, is_markup=is_markup)

    def _unquoted(self, found: re.Match[str], sign: re.Pattern[str]) -> str:
        if not self._gone.of(self._called(found[2])):
            return found[0]
        return (
            found[1]
            + sign.sub(lambda one: one[0] if one[0][0] == "<" and len(one[0]) > 1 else "x", found[3])
            + found[4]
        )

    def _uncalled(self, found: re.Match[str]) -> str:
        if not self._gone.of(self._called(found[1])):
            return found[0]
        return found[0].removesuffix(found[1]) + self._gone.own_text(found[1])

    def _called(self, username: str) -> str:
        return f"{self._prefix}@{username.lower()}"

    def _topic(self, id_: object) -> str:
        return f"{self._prefix}t{id_}"


def _is_user(said: Said, key: str) -> bool:
    """Whether an object is an account, and its ``id`` that of a member."""
    return "user_id" not in said and ("username" in said or key in _USERS) and "post_number" not in said
