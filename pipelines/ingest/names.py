"""Which column of a file may be which column of the contract: names only, no values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import product

_SAME = (
    {"at", "time", "timestamp", "datetime", "date", "day", "when", "ts", "created", "occurred"},
    {"id", "key", "uid", "uuid", "no", "number"},
    {"member", "user", "author", "account", "person", "customer", "nick"},
    {"kind", "type", "action", "event", "verb", "category"},
    {"interaction", "act", "activity", "message", "log"},
    {"content", "post", "article", "piece", "item"},
    {"amount", "total", "sum", "price", "value"},
    {"start", "from", "begin", "starts"},
    {"end", "to", "until", "ends"},
)
"""Words that people use for one another in names of columns."""

_LEAST = 0.5


def pair_names(missing: Iterable[str], unknown: Iterable[str]) -> dict[str, str]:
    """Pair names of the contract with a file's own names that look like them; each name is in one pair at most."""
    missing, unknown = list(missing), list(unknown)
    scored = [(_likeness(ours, yours), ours, yours) for ours, yours in product(missing, unknown)]
    pairs: dict[str, str] = {}
    for score, ours, yours in sorted(scored, key=lambda one: -one[0]):
        if score >= _LEAST and ours not in pairs and yours not in pairs.values():
            pairs[ours] = yours
    return {ours: pairs[ours] for ours in missing if ours in pairs}


def _likeness(ours: str, yours: str) -> float:
    """Likeness from 0 to 1: letters alike, words that mean the same, and what a name is about, its last word."""
    one, other = _words(ours), _words(yours)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    same = sum(any(_mean_the_same(left, right) for right in other) for left in one)
    words = same / max(len(one), len(other))
    about = 0.25 if _mean_the_same(one[-1], other[-1]) else 0.0
    letters = SequenceMatcher(None, "".join(one), "".join(other)).ratio()
    return max(letters if letters > 0.7 else 0.0, min(words * 0.7 + about, 0.95))


def _mean_the_same(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _SAME)


def _words(name: str) -> list[str]:
    """Cut ``memberId``, ``Member ID`` and ``member_id`` into the same words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]
