"""Landing files of an import: same import same bytes, others' files left alone, nothing half done."""

import os

import duckdb
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors import ConnectorError, day_files, import_stackexchange, import_table
from pipelines.connectors import landing as landing_module
from tests.support.connector_dump import ROWS, write_dump
from tests.support.connector_reading import leftovers, snapshot

pytestmark = pytest.mark.slow

ZONE = "UTC"


def test_same_import_again_touches_nothing(tmp_path):
    dump, landing = write_dump(tmp_path / "se"), tmp_path / "landing"
    first = import_stackexchange(dump, landing, ZONE)
    before = {file: file.stat().st_mtime_ns for file in landing.rglob("*.csv")}
    second = import_stackexchange(dump, landing, ZONE)
    assert {file: file.stat().st_mtime_ns for file in landing.rglob("*.csv")} == before
    assert (first.files_changed, first.files_unchanged) == (len(before), 0)
    assert (second.files_changed, second.files_unchanged, second.files_removed) == (0, len(before), 0)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_order_of_rows_in_the_source_does_not_matter(tmp_path_factory, random):
    folder = tmp_path_factory.mktemp("order")
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in ROWS.items()}
    import_stackexchange(write_dump(folder / "se"), folder / "straight", ZONE)
    import_stackexchange(write_dump(folder / "se", **shuffled), folder / "shuffled", ZONE)
    assert snapshot(folder / "shuffled") == snapshot(folder / "straight")


def test_day_without_rows_loses_the_old_file_and_others_keep_theirs(tmp_path):
    landing = tmp_path / "landing"
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    shared, alone = landing / "members" / "2021-04-27", landing / "members" / "2021-04-01"
    foreign = [
        shared / "by_hand.csv",
        landing / "notes" / "2021-04-01" / "se.csv",
        landing / "members" / "old" / "se.csv",
    ]
    for file in foreign:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
    report = import_stackexchange(write_dump(tmp_path / "se", Users=ROWS["Users"][2:3]), landing, ZONE)
    assert report.files_removed == 1
    assert not alone.exists()
    assert [file.name for file in sorted(shared.iterdir())] == ["by_hand.csv", "se.csv"]
    assert all(file.read_text() == "mine" for file in foreign)


def test_sources_do_not_touch_each_other(tmp_path):
    landing, dump = tmp_path / "landing", write_dump(tmp_path / "se")
    import_stackexchange(dump, landing, ZONE, source="one")
    one = snapshot(landing)
    import_stackexchange(dump, landing, ZONE, source="one_more")
    both = snapshot(landing)
    assert one.items() < both.items()
    assert len(both) == 2 * len(one)


def test_failure_while_building_leaves_landing_as_it_was(tmp_path, monkeypatch):
    landing = tmp_path / "landing"
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    before = snapshot(landing)

    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        import_stackexchange(write_dump(tmp_path / "se", Comments=ROWS["Comments"][:1], Votes=[]), landing, ZONE)
    assert snapshot(landing) == before
    assert leftovers(landing) == []


def test_kill_between_moves_leaves_whole_files_and_the_next_import_heals(tmp_path, monkeypatch):
    landing, changed = tmp_path / "landing", {"Users": ROWS["Users"][:2], "Comments": []}
    import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)
    old = snapshot(landing)
    import_stackexchange(write_dump(tmp_path / "se", **changed), tmp_path / "wanted", ZONE)
    new = snapshot(tmp_path / "wanted")
    moved, replace = [], landing_module.Path.replace

    def killed_at_the_second(self, target):
        if moved:
            raise KeyboardInterrupt
        moved.append(target)
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(landing_module.Path, "replace", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            import_stackexchange(tmp_path / "se", landing, ZONE)
    between = snapshot(landing)
    assert between != old
    assert all(content in (old.get(name), new.get(name)) for name, content in between.items())
    (landing / ".import-se-abandoned").mkdir()
    import_stackexchange(tmp_path / "se", landing, ZONE)
    assert snapshot(landing) == new
    assert leftovers(landing) == []


def test_lines_are_written_in_bounded_blocks_with_the_same_result(tmp_path, monkeypatch):
    dump = write_dump(tmp_path / "se")
    import_stackexchange(dump, tmp_path / "one", ZONE)
    monkeypatch.setattr(day_files, "_LINES_AT_ONCE", 2)
    import_stackexchange(dump, tmp_path / "many", ZONE)
    assert snapshot(tmp_path / "many") == snapshot(tmp_path / "one")


def test_second_import_of_a_source_waits_its_turn(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    with FileLock(landing / ".import-se.lock"), pytest.raises(ConnectorError, match="is running"):
        import_stackexchange(write_dump(tmp_path / "se"), landing, ZONE)


@pytest.mark.parametrize("source", ["../x", "A b", "a-b", "é"])
def test_source_that_cannot_name_a_file_is_refused(tmp_path, source):
    with pytest.raises(ConnectorError, match="lower-case letters"):
        import_stackexchange(write_dump(tmp_path / "se"), tmp_path / "landing", ZONE, source=source)


@pytest.mark.parametrize(
    ("allowed", "taken"),
    [("4GB", "500MB"), ("80%", "500MB"), ("100MB", "100MB"), ("0.3 GiB", "0.3 GiB"), ("lots", "lots")],
)
def test_an_import_takes_no_more_memory_than_it_needs(allowed, taken):
    assert landing_module._memory(allowed) == taken


MAPPING = """
source: forum
outputs:
  - log: interactions
    table: acts.csv
    columns: {interaction_id: id, occurred_at: {column: at, timezone: UTC}, kind: {template: "{kind}"}, member_id: who}
"""


def test_a_day_larger_than_the_memory_is_sorted_on_the_disk_with_the_same_result(tmp_path, monkeypatch):
    (tmp_path / "forum.yaml").write_text(MAPPING, encoding="utf-8")
    duckdb.sql("""
        select hash(i) as id, timestamp '2026-01-05' + to_seconds(i % 900) as at, 'view' as kind, repeat('x', 99) as who
        from range(150_000) as rows(i)
    """).write_csv(str(tmp_path / "acts.csv"))
    import_table(tmp_path / "forum.yaml", tmp_path / "whole", "UTC")
    monkeypatch.setattr(landing_module, "_MEMORY", "60MB")
    import_table(tmp_path / "forum.yaml", tmp_path / "spilt", "UTC")
    assert snapshot(tmp_path / "spilt") == snapshot(tmp_path / "whole")
    (file,) = (tmp_path / "spilt").glob("interactions/2026-01-05/forum.csv")
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    assert header.startswith("interaction_id,occurred_at,kind")
    assert len(lines) == 150_000
    assert lines == sorted(lines, key=lambda line: (line.split(",")[1], line))
