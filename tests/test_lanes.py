"""The lanes of the tests: few are long, dbt runs only where a marker says so, and what takes long is built once."""

from __future__ import annotations

import re

import pytest

from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse import dbt
from tests.support.built_once import built_once
from tests.support.lanes import COUNTED

WHOLE_SUITE = 3_000
"""Fewer tests than this are a part of the suite, of which no share says anything."""


def test_one_in_twenty_tests_is_long_at_most(request):
    n_long, n_all = request.config.stash[COUNTED]
    if n_all < WHOLE_SUITE:
        pytest.skip(f"a part of the suite, {n_all} tests")
    assert 0 < n_long <= n_all / 20


def test_the_list_of_what_takes_longest_names_tests_that_there_are():
    text = (PROJECT_DIR / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `((?:\w+/)?\w+\.py)` \| ([^|]+) \|", text, flags=re.MULTILINE)
    assert len(named) == 21
    for name, taken in named:
        (path,) = (PROJECT_DIR / "tests").rglob(name)
        assert ("mark.long" in path.read_text(encoding="utf-8")) is ("long" in taken), name


def test_a_test_without_a_marker_cannot_run_dbt(request, tmp_path):
    with pytest.raises(AssertionError, match=f"{request.node.name} runs dbt: mark it"):
        dbt.build(Settings(home=tmp_path), ["dim_days"])


def test_what_is_built_once_is_built_again_only_after_a_failure(tmp_path_factory, request):
    name, done = request.node.name, []

    def build(folder):
        (folder / "part").touch()
        done.append(len(done))
        if len(done) == 1:
            raise OSError(name)

    with pytest.raises(OSError, match=name):
        built_once(tmp_path_factory, name, build)
    first, second = (built_once(tmp_path_factory, name, build) for _ in range(2))

    assert (done, first, [path.name for path in first.iterdir()]) == ([0, 1], second, ["part"])
