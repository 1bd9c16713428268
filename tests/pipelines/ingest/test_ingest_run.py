"""Days are ingested when they changed, whole or not at all; the ledger says what became of them."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines import files
from pipelines.contract import LOGS
from pipelines.ingest import changed_days, parts, run
from pipelines.ingest.rules import cast_sql
from pipelines.lake import ledger
from tests.support.ingest_community import DAY, HEADER, Community

pytestmark = pytest.mark.slow

ROW = "1,2024-03-05,like,m\n"
NEXT = DAY + timedelta(days=1)


def lake_bytes(community: Community) -> dict[str, bytes]:
    """Return every file of the lake but the ledgers."""
    lake = community.home.lake
    files = (path for path in lake.rglob("*") if path.is_file() and "ledger" not in path.parts)
    return {str(path.relative_to(lake)): path.read_bytes() for path in files}


def changes(community: Community, *days: date) -> dict[date, str]:
    return changed_days(community.home, community.settings, community.log, days)


def test_ingesting_again_skips_and_forcing_changes_no_byte(community):
    community.deliver("a.csv", HEADER + ROW + "bad\n")
    community.deliver("b.csv", HEADER + "".join(f"{n},2024-03-0{n % 5 + 1},view,m{n}\n" for n in range(500)))
    first = community.ingest()
    before = lake_bytes(community)
    assert [day.skipped for day in first.days] == [False]
    again = community.ingest()
    assert [day.skipped for day in again.days] == [True]
    assert again.days[0].accepted == first.days[0].accepted == 501
    assert again.ingested_days == ()
    assert [day.skipped for day in community.ingest(force=True).days] == [False]
    assert lake_bytes(community) == before
    shutil.rmtree(community.home.lake)
    community.ingest()
    assert lake_bytes(community) == before


def test_a_day_of_many_rows_is_written_by_itself_with_the_same_rows_in_the_same_order(community, monkeypatch):
    for day, n_rows in ((DAY, 300), (NEXT, 20)):
        rows = "".join(f"{n},2024-03-0{n % 5 + 1},view,m{n}\n" for n in range(n_rows))
        community.deliver("a.csv", HEADER + rows + "bad\n", day)
    community.ingest(DAY, NEXT)
    together = [community.rows(day=day) for day in (DAY, NEXT)]
    shutil.rmtree(community.home.lake)
    monkeypatch.setattr(parts, "_MANY_ROWS", 100)
    written = []
    copied = parts._copy_days
    monkeypatch.setattr(parts, "_copy_days", lambda *given: written.append(copied(*given)) or written[-1])
    community.ingest(DAY, NEXT)
    assert [community.rows(day=day) for day in (DAY, NEXT)] == together
    assert [{day: path.parent.name for day, path in one.items()} for one in written] == [
        {DAY: "parts", NEXT: f"log_day={NEXT}"},
        {DAY: f"log_day={DAY}", NEXT: f"log_day={NEXT}"},
    ]


def test_what_changed_is_told_with_its_reason(tmp_path: Path):
    community = Community(tmp_path)
    assert changes(community, DAY) == {}
    file = community.deliver("a.csv", HEADER + ROW)
    assert changes(community, DAY, NEXT) == {DAY: "delivered for the first time"}
    community.ingest()
    assert changes(community, DAY, NEXT) == {}
    os.utime(file, ns=(1, 1))
    assert changes(community, DAY) == {DAY: "its files changed"}
    community.ingest()
    moved = Community(tmp_path, timezone="Europe/Berlin")
    assert changes(moved, DAY) == {DAY: "the log contract, the time zone, the community's name or a limit changed"}
    community.home.candidate_part("interactions", DAY).unlink()
    assert changes(community, DAY) == {DAY: "its part is missing"}
    community.ingest()
    file.rename(file.with_name("b.csv"))
    assert changes(community, DAY) == {DAY: "its files changed"}
    shutil.rmtree(file.parent)
    assert changes(community, DAY) == {DAY: "its files are gone"}


def promote(community):
    """Move the candidate part of the day into the lake, as the gate does; return both places."""
    candidate = community.home.candidate_part("interactions", DAY)
    raw = community.home.raw_part("interactions", DAY)
    raw.parent.parent.mkdir(parents=True)
    candidate.parent.rename(raw.parent)
    return candidate, raw


def test_a_promoted_part_is_not_ingested_again(community):
    community.deliver("a.csv", HEADER + ROW)
    community.ingest()
    _, raw = promote(community)
    assert changes(community, DAY) == {}
    raw.unlink()
    assert changes(community, DAY) == {DAY: "its part is missing"}


def test_a_delivery_that_is_recorded_and_whose_part_a_loss_of_power_took_is_ingested_again(community):
    file = community.deliver("a.csv", HEADER + ROW)
    community.ingest()
    candidate, _ = promote(community)
    file.write_text(HEADER + ROW + "2,2024-03-05,like,m\n")
    community.ingest()
    shutil.rmtree(candidate.parent)

    assert changes(community, DAY) == {DAY: "its part is missing"}, "the part in the lake is of the files before"


def test_a_folder_that_vanished_takes_its_rows_along(community):
    file = community.deliver("a.csv", HEADER + ROW + "bad\n")
    community.ingest()
    assert community.quarantine()
    shutil.rmtree(file.parent)
    (day,) = community.ingest().days
    assert (day.removed, day.skipped, day.files, day.delivered) == (True, False, 0, 0)
    assert community.rows() == []
    assert community.quarantine() == []
    assert (community.delivery()["files"], community.delivery()["event_days"]) == ([], [])
    assert [day.skipped for day in community.ingest().days] == [True]
    assert ledger.read(community.home, "deliveries")["status"].to_pylist() == ["accepted", "removed"]


def test_a_replaced_file_replaces_its_rows(community):
    community.deliver("a.csv", HEADER + ROW + "2,2024-03-05,like,m\nbad\n")
    community.ingest()
    community.deliver("a.csv", HEADER + "3,2024-03-05,like,m\n")
    community.ingest()
    assert community.rows("interaction_id") == [("3",)]
    assert community.quarantine() == []


def test_an_empty_folder_is_a_day_without_rows(community):
    community.home.landing_day("interactions", DAY).mkdir(parents=True)
    community.ingest()
    assert (community.rows(), community.delivery()["rows"]) == ([], 0)
    assert changes(community, DAY) == {}


def test_deliveries_are_recorded_per_file(community):
    community.deliver("a.csv", HEADER + ROW + "bad\n")
    community.deliver("b.csv", "")
    community.ingest()
    columns = ["log", "log_day", "file", "delivered", "accepted", "quarantined", "status", "run_id"]
    table = ledger.read(community.home, "deliveries")
    assert [tuple(row.values()) for row in table.select(columns).to_pylist()] == [
        ("interactions", DAY, "a.csv", 2, 1, 1, "accepted", "run-1"),
        ("interactions", DAY, "b.csv", None, None, None, "rejected", "run-1"),
    ]
    assert table["delivery_id"].unique().to_pylist() == [f"interactions/{DAY}/{community.delivery()['fingerprint']}"]


def test_the_profile_counts_what_gates_ask_for(community):
    rows = [
        "1,2024-03-05,like,m",
        "1,2024-03-05T09:00,view,m",
        "1,2024-03-04,like,m",
        "2,2024-02-28,like,",
        "2,2024-02-28,like,",
        "3,2024-03-06,like,m",
    ]
    community.deliver("a.csv", HEADER + "\n".join(rows) + "\nbad\n")
    community.deliver("b.csv", "")
    community.ingest()
    assert community.delivery()["profile"] == {
        "delivered": 7,
        "accepted": 6,
        "quarantined": 1,
        "rejected_files": 1,
        "duplicates": 2,
        "null_members": 1,
        "shared_key_rows": 0,
        "late_rows": 3,
        "max_lateness_days": 6,
    }
    assert [(day["event_day"], day["rows"]) for day in community.delivery()["event_days"]] == [
        ("2024-02-28", 2),
        ("2024-03-04", 1),
        ("2024-03-05", 2),
        ("2024-03-06", 1),
    ]


def test_a_part_is_sorted_by_event_day_and_has_the_contracts_columns(community):
    community.deliver("a.csv", HEADER + "".join(f"{n},2024-03-0{n * 7 % 5 + 1},like,m\n" for n in range(100)))
    community.ingest()
    days = [day for (day,) in community.rows("event_day")]
    assert days == sorted(days)
    described = community.rows("typeof(columns(*))")
    assert described[0][1] == "TIMESTAMP"
    assert len(described[0]) == len(LOGS["interactions"].own_columns) + 2


@pytest.mark.parametrize("step", range(1, 8))
def test_a_kill_between_steps_leaves_old_or_new_and_the_next_run_completes(tmp_path, monkeypatch, step):
    community, whole = Community(tmp_path / "home"), Community(tmp_path / "whole")
    for each in (community, whole):
        for day in (DAY, NEXT):
            file = each.deliver("a.csv", HEADER + ROW + "bad\n", day)
            os.utime(file, ns=(1, 1))
    community.ingest(DAY, NEXT)
    old = lake_bytes(community)
    for each in (community, whole):
        for day in (DAY, NEXT):
            file = each.deliver("a.csv", HEADER + ROW + "2,2024-03-04,like,m\nworse\nbad\n", day)
            os.utime(file, ns=(2, 2))
    whole.ingest(DAY, NEXT)
    new = lake_bytes(whole)

    calls = 0

    def killed_move_in(staged, target):
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        real_move_in(staged, target)

    real_move_in = files.move_in
    with monkeypatch.context() as patched:
        patched.setattr(parts, "_move", killed_move_in)
        patched.setattr(parts, "move_all_in", lambda moves: [killed_move_in(*one) for one in moves])
        patched.setattr(files, "move_in", killed_move_in)
        with pytest.raises(KeyboardInterrupt):
            community.ingest(DAY, NEXT)
    left = lake_bytes(community)
    for name, data in left.items():
        assert data in (old[name], new[name]), name
    for name in new:
        # A candidate without its _delivery.json does not count; one with it is the old or the new as a whole.
        if name.endswith("_delivery.json") and name in left:
            part = name.replace("_delivery.json", "part-0.parquet")
            assert (left[name], left[part]) in ((old[name], old[part]), (new[name], new[part]))
    assert set(changes(community, DAY, NEXT)) == {DAY, NEXT}
    community.ingest(DAY, NEXT)
    assert lake_bytes(community) == new
    assert changes(community, DAY, NEXT) == {}


def test_many_days_go_in_bounded_batches(community, monkeypatch):
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(30)]
    for day in days:
        community.deliver("a.csv", HEADER + f"1,{day},like,m\n", day)
    monkeypatch.setattr(run, "_MAX_BATCH_DAYS", 12)
    lines: list[str] = []
    report = community.ingest(*reversed(days), progress=lines.append)
    assert [day.log_day for day in report.days] == days
    assert lines == [
        "interactions 2023-01-01 to 2023-01-12: 12 files ingested",
        "interactions 2023-01-13 to 2023-01-24: 12 files ingested",
        "interactions 2023-01-25 to 2023-01-30: 6 files ingested",
    ]
    monkeypatch.setattr(run, "_MAX_BATCH_BYTES", 100)
    lines.clear()
    community.ingest(*days, force=True, progress=lines.append)
    assert len(lines) == 30


def test_lost_rows_are_an_error_and_nothing_is_kept(community, monkeypatch):
    community.deliver("a.csv", HEADER + ROW + "bad\n")
    monkeypatch.setattr("pipelines.ingest.batch.cast_sql", _losing_cast)
    with pytest.raises(Exception, match=r"a\.csv: 2 records delivered, 1 accepted or quarantined"):
        community.ingest()
    assert lake_bytes(community) == {}
    assert ledger.read(community.home, "deliveries").num_rows == 0


def _losing_cast(log, settings, texts, **options):
    return f"select * from ({cast_sql(log, settings, texts, **options)}) where reason is null"
