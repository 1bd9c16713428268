"""Answers of GitHub without the erased: ids, names, addresses, what they wrote, titles of theirs.

Of what belongs to an erased account only numbers, times and lengths stay. In what others wrote, ``@name`` and
addresses of the person's page go, letter for letter, so that no length changes.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone, is_tombstone
from pipelines.sources.kept import Answer
from pipelines.sources.kinds.github_api import Said

_AUTHORS = ("user", "author")
_TEXTS = ("body", "title")
_CALLED = re.compile(r"(?:(?<![\w/])@|github\.com/)([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?![\w-])")


def learn(named: Named, stream: str, answer: Answer, gone: Gone) -> dict[str, str]:
    """Note the user names of the erased."""
    return _learned(named, json.loads(answer.text), gone)


def forget(named: Named, stream: str, answer: Answer, gone: Gone) -> Answer:
    """Return an answer without the erased."""
    said = json.loads(answer.text)
    new = _without(named, said, gone)
    return answer if new == said else replace(answer, text=json.dumps(new, ensure_ascii=False))


def _learned(named: Named, said: Any, gone: Gone) -> dict[str, str]:  # noqa: ANN401 - JSON
    found: dict[str, str] = {}
    for one in said if isinstance(said, list) else said.values() if isinstance(said, dict) else ():
        found |= _learned(named, one, gone)
    if isinstance(said, dict) and (mark := _mark(named, said, gone)) and gone.mark(said["login"]) != said["login"]:
        found[_called(named, said["login"])] = mark
    return found


def _without(named: Named, said: Any, gone: Gone) -> Any:  # noqa: ANN401 - JSON
    if isinstance(said, list):
        return [_without(named, one, gone) for one in said]
    if isinstance(said, str):
        return gone.text(_CALLED.sub(lambda found: _uncalled(named, found, gone), said), is_markup=False)
    if not isinstance(said, dict):
        return said
    if mark := _mark(named, said, gone):
        return _account(said, mark, gone)
    new = {key: _without(named, value, gone) for key, value in said.items()}
    if any(_mark(named, said.get(key), gone) for key in _AUTHORS):
        for key in _TEXTS:
            if isinstance(said.get(key), str):
                new[key] = gone.mark(said[key]) if key == "title" else "x" * len(said[key])
    return new


def _account(said: Said, mark: str, gone: Gone) -> Said:
    """Return an erased account: no more of it than says that it is one, or a bot."""
    kept = {key: said[key] for key in ("__typename", "type") if key in said}
    id_ = {key: mark for key in ("id", "databaseId") if key in said}
    pages = {key: "" for key in ("html_url", "url") if key in said}
    return kept | id_ | pages | {"login": gone.mark(said["login"])}


def _mark(named: Named, said: object, gone: Gone) -> str | None:
    """Return the tombstone of an account; None of any other, and of what is none."""
    if not isinstance(said, dict) or not isinstance(said.get("login"), str):
        return None
    id_ = said.get("databaseId", said.get("id"))
    if is_tombstone(id_):
        return str(id_)
    return gone.of(f"{named.prefix}u{id_}") if isinstance(id_, int) else gone.of(_called(named, said["login"]))


def _uncalled(named: Named, found: re.Match[str], gone: Gone) -> str:
    if not gone.of(_called(named, found[1])):
        return found[0]
    return found[0].removesuffix(found[1]) + gone.own_text(found[1])


def _called(named: Named, login: str) -> str:
    return f"{named.prefix}@{login.lower()}"
