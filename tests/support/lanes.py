"""Which tests run where: markers of what is slow to start, and groups of tests that one worker takes together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from pipelines.warehouse import dbt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BUILT_BY = {"built_house": "dbt", "full_house": "dbt", "project": "dbt", "good_home": "job"}
"""Fixture -> marker of every test that asks for it, by whatever way."""

TOGETHER = {"project": "dbt_project", "sites": "sites", "result": "trained"}
"""Fixture that each worker would build again -> group of the tests that ask for it."""


COUNTED = pytest.StashKey[tuple[int, int]]()
"""How many of the collected tests are long, and how many there are."""


def mark(items: Sequence[pytest.Item]) -> None:
    """Give tests the marker of what their fixtures build, and the group of those that share a fixture."""
    for item in items:
        asked: dict[str, Any] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 - no public way to scopes
        for fixture in asked.keys() & BUILT_BY.keys():
            item.add_marker(BUILT_BY[fixture])
        if item.get_closest_marker("xdist_group"):
            continue
        if groups := [TOGETHER[fixture] for fixture in asked.keys() & TOGETHER.keys()]:
            item.add_marker(pytest.mark.xdist_group(groups[0]))
        elif any(found[-1].scope == "module" for found in asked.values()):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@contextmanager
def only_what_is_marked(item: pytest.Item) -> Iterator[None]:
    """Let no test run dbt that is not marked ``dbt`` or ``job``, so that the fast lane stays fast."""
    if any(item.get_closest_marker(lane) for lane in ("dbt", "job")):
        yield
        return
    invoke = dbt._invoke

    def refuse(arguments: object, *more: Any, **options: Any) -> Any:
        assert arguments == ["parse"], f"{item.nodeid} runs dbt: mark it with pytest.mark.dbt"
        return invoke(arguments, *more, **options)

    with mock.patch.multiple(dbt, _invoke=refuse, replay=refuse):
        yield
