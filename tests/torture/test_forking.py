"""What is done in a fork: its answer, the words of its error, the signal that ended it; each begins alike."""

from __future__ import annotations

import os
import signal

import pytest

from tests.torture.forking import Ended, Template

SEEN: list[str] = []


def see(what: str) -> list[str]:
    SEEN.append(what)
    return SEEN


def fail() -> None:
    raise LookupError("nothing is there")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def grow() -> str:
    return os.environ["GROWN"] * 100_000


def begin() -> None:
    SEEN.append("brought")


@pytest.fixture(scope="module")
def template():
    return Template(["json", "tests.torture.test_forking:begin"], {"GROWN": "long"})


def test_work_is_done_in_a_process_of_its_own(template):
    for what in ("one", "other"):
        assert template.do(see, what=what) == Ended(0, ["brought", what])
    assert SEEN == []
    assert template.do(grow).answer == "long" * 100_000


def test_errors_and_deaths_are_told_and_the_next_work_is_done(template):
    assert "LookupError: nothing is there" in template.do(fail).error
    assert template.do(die) == Ended(-signal.SIGKILL, None)
    assert template.do(see, what="one").answer == ["brought", "one"]
