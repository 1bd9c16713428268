"""The guard says which of two checkouts is slower when nearly all rounds agree, and takes them in turn."""

from __future__ import annotations

import subprocess
import sys
from itertools import count

import pytest

from bench import guard, measure
from bench.guard import FEWEST, MOST, compare, is_slower
from bench.measure import PROJECT_DIR, Usage


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ([1.5] * (FEWEST - 1), None),
        ([1.0] * FEWEST, False),
        ([1.11] * FEWEST, True),
        ([1.10] * FEWEST, False),
        ([1.0, 1.0, 1.0, 1.0, 9.0], False),
        ([1.2, 1.2, 0.5, 1.2, 1.2], True),
        ([1.2, 1.2, 1.0, 1.0, 1.2], None),
        ([1.2, 1.2, 1.0, 1.0, 1.2, 1.0, 1.0, 1.0], None),
        ([1.2, 1.0] * 5 + [1.2], True),
        ([1.2, 1.0] * 5 + [1.0], False),
    ],
)
def test_rounds_go_on_until_nearly_all_agree(ratios, expected):
    assert is_slower(ratios, 1.10) is expected


def test_ten_rounds_in_two_minds_are_not_enough_and_one_more_decides():
    ratios = [1.2, 1.0] * ((MOST - 1) // 2)
    assert is_slower(ratios, 1.10) is None
    assert is_slower([*ratios, 1.0], 1.10) is False


def usage(seconds):
    return Usage(wall_seconds=2 * seconds, cpu_seconds=seconds, peak_gb=0, written_gb=0, output="")


@pytest.mark.parametrize(("day", "expected"), [(10.5, False), (11.5, True)])
def test_one_kind_of_run_that_is_slower_is_enough_and_the_checkouts_go_in_turn(
    tmp_path, monkeypatch, capsys, day, expected
):
    here, there, order = tmp_path / "here", tmp_path / "there", []

    def made_up(checkout, _):
        order.append(checkout.name)
        return (usage(20), usage(day if checkout == here else 10))

    monkeypatch.setattr(guard, "generate", lambda *_: None)
    monkeypatch.setattr(guard, "_round", made_up)
    assert compare(here, there, 1.10, tmp_path) is expected
    assert order[:6] == ["here", "there", "there", "here", "here", "there"]
    assert len(order) == 2 + 2 * FEWEST
    said = "".join(capsys.readouterr())
    assert f"{day:.2f} s against   10.00 s, ratio {day / 10:.3f}" in said
    assert f"{2 * day:.2f} s against   20.00 s, ratio {day / 10:.3f}" in said


def test_both_checkouts_run_the_same_days_of_the_same_files_from_their_own_folder(tmp_path, monkeypatch):
    (tmp_path / "landing").mkdir()
    ran, numbers = [], count()

    def run_command(command, *, log, environment, folder):
        ran.append((folder, environment["PYTHONPATH"], environment["GUILDBOOK_HOME"], command[-4:]))
        return usage(next(numbers))

    monkeypatch.setattr(measure, "run_command", run_command)
    backfill, day = guard._round(tmp_path / "there", tmp_path)
    assert (backfill.cpu_seconds, day.cpu_seconds) == (0, 1)
    assert [(folder, path) for folder, path, *_ in ran] == [(tmp_path / "there", str(tmp_path / "there"))] * 2
    assert ran[0][2] == ran[1][2]
    assert [days for *_, days in ran] == [
        ["--from", "2022-01-01", "--to", "2022-01-30"],
        ["--from", "2022-01-31", "--to", "2022-01-31"],
    ]


def test_a_command_runs_in_the_folder_that_it_is_given(tmp_path):
    command = [sys.executable, "-c", "import os; print(os.getcwd(), os.environ['A'])"]
    used = measure.run_command(command, log=tmp_path / "log", environment={"A": "b"}, folder=tmp_path)
    assert used.output == f"{tmp_path} b"


def test_the_checkout_of_the_other_commit_goes_away_again(tmp_path):
    if subprocess.run(["git", "-C", PROJECT_DIR, "rev-parse", "HEAD"], capture_output=True, check=False).returncode:
        pytest.skip("this is no checkout of git")
    with guard.checkout_of("HEAD", tmp_path) as there:
        assert (there / "pyproject.toml").is_file()
    assert not there.exists()
    listed = subprocess.run(["git", "-C", PROJECT_DIR, "worktree", "list"], capture_output=True, check=True, text=True)
    assert str(tmp_path) not in listed.stdout
