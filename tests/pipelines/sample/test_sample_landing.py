"""The landing files: same bytes from the same seed, the contract kept, and the report's counts true."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pipelines.contract import LOGS
from pipelines.sample import write_sample
from pipelines.sample.simulate import NotEmptyError
from pipelines.sample.tables import TOLD_LOGS
from tests.support.sample_reading import Sample, accepted, moment, problem, read_log

pytestmark = pytest.mark.slow


def tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        write_sample(tmp_path / name / "landing", tmp_path / name / "truth", seed=seed, members=50, days=60)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    ours, others = tree(tmp_path / "one" / "landing"), tree(tmp_path / "three" / "landing")
    shared = set(ours) & set(others)
    assert shared
    assert sum(ours[name] == others[name] for name in shared) < len(shared) / 20


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_other_time_zones_keep_their_days_over_changes_of_clock(tmp_path: Path, zone: str) -> None:
    report = write_sample(
        tmp_path / "landing",
        tmp_path / "truth",
        members=30,
        days=60,
        first_day=date(2025, 2, 20),
        timezone=zone,
    )
    lines = accepted(tmp_path / "landing", "interactions")
    late = sum(moment(line.values["occurred_at"]).date() < line.log_day for line in lines)
    assert 0 < late == report.logs["interactions"].late
    first_days = {line.log_day for line in lines if moment(line.values["occurred_at"]).date() > line.log_day}
    assert not first_days


@pytest.mark.parametrize("log", TOLD_LOGS)
def test_report_counts_what_is_on_disk(sample: Sample, log: str) -> None:
    lines, report = read_log(sample.landing, log), sample.report.logs[log]
    good = [line for line in lines if problem(log, line.values) is None]
    key = LOGS[log].key
    versions = Counter((*(line.values[name] for name in key), line.values.get("source_seq")) for line in good)
    keys = {version[:-1] for version in versions}
    days = [moment(line.values["occurred_at"]).date() for line in good]
    assert len(lines) == report.delivered
    assert len(lines) - len(good) == report.malformed
    assert len(good) - len(versions) == report.duplicates
    assert len(versions) - len(keys) == report.corrections
    assert sum(line.log_day > day for line, day in zip(good, days, strict=True)) == report.late
    assert sum(day < sample.report.first_day for day in days) == report.opening
    assert min(line.log_day for line in lines) >= sample.report.first_day
    assert max(line.log_day for line in lines) <= sample.report.last_day


def test_broken_lines_are_rare_and_never_above_two_percent_of_a_day(sample: Sample) -> None:
    for log in TOLD_LOGS:
        lines = read_log(sample.landing, log)
        rows = Counter(line.log_day for line in lines)
        broken = Counter(line.log_day for line in lines if problem(log, line.values))
        assert all(broken[day] <= 0.02 * rows[day] for day in broken)
    share = sample.report.logs["interactions"].malformed / sample.report.logs["interactions"].delivered
    assert 0.0005 < share < 0.004


def test_every_kind_of_damage_occurs(sample: Sample) -> None:
    injected = json.loads((sample.ground_truth / "injected.json").read_text())
    reasons = set(injected["interactions"]["malformed_by_reason"])
    assert reasons == {"bad_date", "missing_id", "unknown_kind", "field_count", "not_utf8"}
    assert all(injected["interactions"]["duplicates_by_place"].values())
    delays = Counter(
        (line.log_day - moment(line.values["occurred_at"]).date()).days
        for line in accepted(sample.landing, "interactions")
    )
    late = sum(count for delay, count in delays.items() if delay > 0)
    assert min(delays) == 0
    assert max(delays) <= 65
    assert sum(delays[day] for day in (1, 2, 3)) > 0.8 * late


@pytest.mark.parametrize(("members", "days"), [(10, 60), (50, 10)])
def test_too_small_a_sample_is_refused(tmp_path: Path, members: int, days: int) -> None:
    with pytest.raises(ValueError, match="at least 20 members and 31 days"):
        write_sample(tmp_path / "landing", tmp_path / "truth", members=members, days=days)


def test_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "landing" / "content").mkdir(parents=True)
    with pytest.raises(NotEmptyError, match="not empty"):
        write_sample(tmp_path / "landing", tmp_path / "truth", members=20, days=31)
    assert not (tmp_path / "truth").exists()
