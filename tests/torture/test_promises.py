"""Each promise of the README is in it, has tests that are there, and nothing it says there is left without."""

from __future__ import annotations

import re

import pytest

from pipelines.settings import PROJECT_DIR
from tests.torture.promises import NO_PROMISE, PROMISES, README, pieces, words


@pytest.mark.parametrize("promise", PROMISES, ids=[one.words[:40] for one in PROMISES])
def test_a_promise_stands_in_the_readme_and_its_tests_are_there(promise):
    assert words(promise.words) in words(README.read_text(encoding="utf-8"))
    for test in promise.tests:
        path, _, name = test.partition("::")
        text = (PROJECT_DIR / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name or r'test_|^SUITE = '}", text, flags=re.MULTILINE), test


def test_nothing_that_the_readme_promises_is_left_without_a_test():
    promised = [words(promise.words) for promise in PROMISES]
    left = [
        piece for piece in pieces() if not piece.startswith(NO_PROMISE) and not any(one in piece for one in promised)
    ]

    assert left == []
    assert len(pieces()) > 25
