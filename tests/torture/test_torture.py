"""A part of each suite, from seeds that never change; what the frame says of a seed that fails; the page."""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import replace
from datetime import date

import pytest

from pipelines.reference.markdown import DOCS_DIR
from tests.torture.counts import counts, record
from tests.torture.page import PAGE, torture_page, write_page
from tests.torture.playing import Played, Result, run
from tests.torture.suite import Suite, suites

pytestmark = [pytest.mark.slow, pytest.mark.job]


@pytest.mark.parametrize("name", [name for name, suite in suites().items() if suite.n_short])
def test_a_part_of_each_suite_holds(name, tmp_path):
    suite = suites()[name]
    said: list[str] = []

    result = run(suite, first=0, count=suite.n_short, again=suite.finds_short, say=said.append, folder=tmp_path)

    assert result.holds(suite.tolerated), "\n".join(said)
    assert result.n_seeds >= suite.n_short


def play(seed, prepared, own):
    assert seed != 7, "the eighth breaks"
    if seed == 9:
        os._exit(1)
    assert (prepared / "made").exists()
    (own / "left").touch()
    return "nothing"


MADE_UP = Suite(
    name="made-up",
    title="Made up",
    what="",
    prepare=lambda folder: (folder / "made").touch(),
    play=play,
    n_seeds=3,
    n_short=1,
)


def test_a_seed_that_fails_says_how_to_play_it_again(tmp_path):
    said: list[str] = []

    result = run(MADE_UP, first=6, say=said.append, folder=tmp_path)

    assert [one.seed for one in result.failed] == [7]
    assert result.n_seeds == 3
    assert not result.holds(0)
    assert result.holds(0.34)
    assert said[0] == "made-up 6: nothing"
    assert "the eighth breaks" in said[1]
    assert said[1].endswith("again: make torture SUITE=made-up SEED=7 COUNT=1")
    assert [path.name for path in tmp_path.iterdir()] == ["prepared"]


def stop(seed, prepared, own):
    if seed == 5:
        raise KeyboardInterrupt
    return "nothing"


def stop_within_duckdb(seed, prepared, own):
    if seed == 5:
        raise RuntimeError("Query interrupted")
    return "nothing"


@pytest.mark.parametrize("stop", [stop, stop_within_duckdb])
def test_a_run_that_is_broken_off_counts_what_it_played(tmp_path, stop):
    said: list[str] = []

    result = run(replace(MADE_UP, play=stop), first=3, say=said.append, folder=tmp_path)

    assert (result.n_seeds, result.failed) == (2, ())
    assert said[-1] == "made-up: broken off; what was played counts"


def test_a_run_that_is_broken_off_counts_though_something_still_writes_where_it_worked(tmp_path, monkeypatch):
    def is_written_to(*_, **__):
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "rmdir", is_written_to)

    assert run(replace(MADE_UP, play=stop), first=3, say=lambda _: None).n_seeds == 2


def test_a_seed_that_takes_its_process_along_is_named_and_the_others_are_played(tmp_path):
    result = run(MADE_UP, first=8, count=4, jobs=2, say=lambda _: None, folder=tmp_path)

    assert result.n_seeds == 4
    assert [(one.seed, one.did) for one in result.failed] == [(9, "the process fell over")]


def test_counts_replace_those_of_the_same_suite(tmp_path):
    record(Result("kills", 5, 200, (), 61.4), date(2026, 1, 2), tmp_path)
    record(Result("bytes", 5, 10, (), 1.0), date(2026, 1, 2), tmp_path)
    record(Result("kills", 209, 3, (Played(211, "killed in ingest", "trace"),), 7.6), date(2026, 1, 3), tmp_path)

    assert list(counts(tmp_path)) == ["bytes", "kills"]
    assert counts(tmp_path)["kills"] == {
        "day": "2026-01-03",
        "first": 209,
        "n_seeds": 3,
        "seconds": 8,
        "failed": {"211": "killed in ingest"},
    }


BEFORE = Result("kills", 10, 20, (Played(13, "killed in ingest", ""), Played(21, "killed in send", "")), 7.6)


@pytest.mark.parametrize(
    ("first", "n_seeds", "expected"),
    [
        (30, 5, (10, 25, 10, ["13", "21", "99"])),
        (5, 5, (5, 25, 10, ["13", "21", "99"])),
        (21, 1, (10, 20, 10, ["13", "99"])),
        (20, 20, (10, 30, 10, ["13", "99"])),
        (10, 20, (10, 20, 2, ["99"])),
        (0, 40, (0, 40, 2, ["99"])),
        (31, 5, (31, 5, 2, ["99"])),
    ],
    ids=["after it", "before it", "one again", "some again and more", "all again", "all again and more", "elsewhere"],
)
def test_seeds_that_stand_beside_those_of_before_are_added(tmp_path, first, n_seeds, expected):
    record(BEFORE, date(2026, 1, 3), tmp_path)
    record(Result("kills", first, n_seeds, (Played(99, "fell over", ""),), 2.2), date(2026, 1, 4), tmp_path)

    found = counts(tmp_path)["kills"]
    assert (found["first"], found["n_seeds"], found["seconds"], list(found["failed"])) == expected
    assert found["day"] == "2026-01-04"


def test_the_page_is_what_the_suites_say(tmp_path):
    assert (DOCS_DIR / PAGE).read_text(encoding="utf-8") == torture_page(), (
        "run make docs, or python -m tests.torture --page"
    )
    assert write_page(tmp_path).read_text(encoding="utf-8") == torture_page()
