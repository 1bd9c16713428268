"""Changes that no rows can tell from the text as it is, as ``equivalent.yaml`` lists them: they count as neither."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from tests.torture.mutation.mutant import Mutant

Place = tuple[str, str, str]
"""A file's name, the line as it is written, and what is changed in it."""


@lru_cache(maxsize=1)
def equivalent() -> dict[Place, str]:
    """Return the reason of each change that is listed."""
    listed = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {(name, line, change): one["reason"] for one in listed for name, line, change in one["changes"]}


def place(one: Mutant) -> Place:
    """Return how a mutant is listed."""
    return Path(one.path).stem, one.before, one.change


def is_equivalent(one: Mutant) -> bool:
    """Return whether a mutant is listed."""
    return place(one) in equivalent()
