"""Great Expectations answers from a process of its own as it does here; where that is lost, it is asked here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from expectations import worker
from expectations.rule import CRITICAL, Rule
from expectations.runner import validate
from pipelines.settings import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = [Rule("n", CRITICAL, "because", minimum=1), Rule("share", CRITICAL, "because", maximum=0.5)]
PROFILE = pd.DataFrame({"day": [date(2025, 1, 1), date(2025, 1, 2)], "n": [0, 2], "share": [None, 0.7]})


@pytest.fixture
def running(monkeypatch) -> Iterator[int]:
    monkeypatch.setattr(worker, "_LIBRARY", "a module that nobody imports")
    worker.start()
    worker.start()
    (process,) = worker._running
    yield process.pid
    worker.stop()


def passed():
    return [one.is_passed for one in validate("t", RULES, PROFILE)]


def test_it_answers_as_the_library_does_here(running, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "expectations.library", None)
        there = [passed(), passed()]
    worker.stop()
    assert there == [passed()] * 2 == [[False, True, True, False]] * 2


def test_where_it_was_killed_the_library_answers_here(running):
    os.kill(running, signal.SIGKILL)
    assert passed() == [False, True, True, False]
    assert worker._running == []


def test_what_it_cannot_evaluate_is_an_error(running):
    rules = [Rule("n", CRITICAL, "because", minimum=3, maximum=1)]
    with pytest.raises(RuntimeError, match="min_value"):
        validate("t", rules, PROFILE)
    assert passed() == [False, True, True, False]


def test_spark_is_not_imported_with_it_and_is_there_again_after():
    """The client of Spark ends a process such as this one, as it takes it for one of its own doctests."""
    code = (
        "import sys, types; sys.modules['pyspark'] = types.ModuleType('pyspark'); import expectations.library as one; "
    )
    code += "print(sys.modules['pyspark'].__name__, [name for name in sys.modules if name.startswith('pyspark.')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_DIR)
    assert told.stdout.strip() == "pyspark []"
