"""Ledgers keep every row once and in order, through merging and kills."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.files import whole
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.schemas import SCHEMAS

ROW = {
    "table_name": "interactions",
    "day": date(2024, 3, 5),
    "waived_by": "ann",
    "waived_at": datetime(2024, 3, 6, tzinfo=UTC),
}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def append(home: Home, *reasons: str) -> None:
    ledger.append(home, "waivers", [ROW | {"reason": reason} for reason in reasons])


def reasons(home: Home) -> list[str]:
    return ledger.read(home, "waivers")["reason"].to_pylist()


def files(home: Home) -> list[str]:
    return sorted(path.name for path in (home.ledger / "waivers").iterdir())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_ledger_never_written_has_no_rows_but_its_columns(home, name):
    table = ledger.read(home, name)
    assert (table.num_rows, table.schema) == (0, SCHEMAS[name])


def test_rows_come_back_in_order_with_types(home):
    append(home, "a", "b")
    append(home)
    append(home, "c")
    assert reasons(home) == ["a", "b", "c"]
    assert files(home) == ["00000001.parquet", "00000002.parquet"]
    assert ledger.read(home, "waivers").to_pylist()[0] == ROW | {"reason": "a"}


def test_rows_are_asked_for_by_value(home):
    append(home, "a", "b", "a")
    other = ROW | {"table_name": "content", "reason": "a"}
    ledger.append(home, "waivers", [other])
    assert ledger.rows(home, "waivers", table_name="content") == [other]
    assert ledger.rows(home, "waivers", reason="a", day=ROW["day"]) == [ROW | {"reason": "a"}] * 2 + [other]
    assert ledger.rows(home, "waivers", reason="c") == []
    assert len(ledger.rows(home, "waivers")) == 4


def test_a_file_that_was_replaced_is_read_again(home):
    append(home, "a")
    assert reasons(home) == ["a"]
    path = home.ledger / "waivers" / "00000001.parquet"
    with whole(path) as beside:
        pq.write_table(pa.Table.from_pylist([ROW | {"reason": "b"}], schema=SCHEMAS["waivers"]), beside)
    assert reasons(home) == ["b"]


def test_rows_written_before_a_column_was_added_have_none_in_it(home):
    older = SCHEMAS["waivers"].remove(SCHEMAS["waivers"].get_field_index("waived_by"))
    table = pa.Table.from_pylist([{"table_name": "content", "reason": "a"}], schema=older)
    ledger.append(home, "waivers", table, older)
    append(home, "b")
    for _ in range(2):
        assert ledger.read(home, "waivers").schema == SCHEMAS["waivers"]
        assert ledger.read(home, "waivers")["waived_by"].to_pylist() == [None, "ann"]
        ledger.compact(home, "waivers")


@pytest.mark.parametrize(
    ("n_older", "names"), [(1, ["00000001.parquet", "00000002.parquet"]), (3, ["00000001-00000004.parquet"])]
)
def test_a_ledger_begun_with_fewer_columns_becomes_one_table_for_readers_of_all_its_files(home, n_older, names):
    older = SCHEMAS["waivers"].remove(SCHEMAS["waivers"].get_field_index("waived_by"))
    for n in range(n_older):
        table = pa.Table.from_pylist([{"table_name": "content", "reason": str(n)}], schema=older)
        ledger.append(home, "waivers", table, older)
    if n_older == 1:
        ledger.tidy(home)
    append(home, "new")
    ledger.tidy(home)
    assert files(home) == names
    with duckdb.connect() as con:
        rows = con.execute(f"select waived_by from '{home.ledger}/waivers/*.parquet' order by reason").fetchall()
    assert rows == [(None,)] * n_older + [("ann",)]
    before = {path.name: path.stat().st_mtime_ns for path in (home.ledger / "waivers").iterdir()}
    ledger.tidy(home)
    assert {path.name: path.stat().st_mtime_ns for path in (home.ledger / "waivers").iterdir()} == before


def test_tables_are_appended_too(home):
    ledger.append(home, "waivers", pa.Table.from_pylist([ROW | {"reason": "a"}], schema=SCHEMAS["waivers"]))
    assert reasons(home) == ["a"]


@pytest.mark.parametrize(("name", "row"), [("waivers", ROW | {"why": "x"}), ("guesses", {})])
def test_unknown_columns_and_ledgers_are_refused(home, name, row):
    with pytest.raises(KeyError, match=r"why|guesses"):
        ledger.append(home, name, [row])


def test_merging_keeps_rows_and_order(home, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_FILES", 5)
    for n in range(23):
        append(home, f"{n}")
        assert len(files(home)) <= 6
        assert reasons(home) == [f"{m}" for m in range(n + 1)]


@pytest.mark.parametrize("kept", range(4))
def test_a_kill_while_merging_loses_and_repeats_nothing(home, kept):
    for n in range(3):
        append(home, f"{n}")
    folder = home.ledger / "waivers"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ledger.compact(home, "waivers")
    assert files(home) == ["00000001-00000003.parquet"]
    for name in sorted(before)[:kept]:
        (folder / name).write_bytes(before[name])
    assert reasons(home) == ["0", "1", "2"]
    append(home, "3")
    assert reasons(home) == ["0", "1", "2", "3"]
    ledger.compact(home, "waivers")
    assert files(home) == ["00000001-00000004.parquet"]
    assert reasons(home) == ["0", "1", "2", "3"]


def test_a_column_added_later_is_null_in_older_rows(home):
    append(home, "a")
    wider = SCHEMAS["waivers"].append(pa.field("ticket", pa.string()))
    ledger.append(home, "waivers", [ROW | {"reason": "b", "ticket": "t"}], wider)
    for _ in range(2):
        assert ledger.read(home, "waivers", wider)["ticket"].to_pylist() == [None, "t"]
        ledger.compact(home, "waivers")
