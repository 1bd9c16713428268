"""Exports of published tables: whole files of one publication, nothing stale beside them, no cell that runs."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.exporting import tables, workbook
from pipelines.exporting.workbook import Workbook
from pipelines.faults import UserError
from pipelines.metrics.metric import catalogue
from pipelines.settings import Settings
from tests.support.asking import publish


def community(marts):
    for day, mau in [("2026-02-09", 7), ("2026-02-10", 8)]:
        marts.insert("community_days", day=day, mau=mau, mau_days_missing=0)
    marts.insert("dim_members", member_id="=cmd|' /C calc'!A0", display_name="@SUM(1)", is_excluded=False)
    for currency in ("CNY", "USD"):
        marts.insert("revenue_months", month="2026-01-01", currency=currency, mrr_end_minor=100, is_complete=True)
    marts.con.execute("update marts.log_coverage set is_collected = false where log = 'events'")


@pytest.fixture
def home(tmp_path):
    return publish(tmp_path / "home", community)


def export(home, out, form="parquet", marts=()):
    return tables.export(home, Settings(home=home.root), out, form, marts)


def test_every_table_is_a_parquet_file_that_says_its_publication(home, tmp_path):
    done = export(home, tmp_path / "out")

    with duckdb.connect(str(home.published / "analytics.duckdb"), read_only=True) as con:
        names = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        assert {path.stem for path in done.folder.glob("*.parquet")} == names | {"metrics"}
        for name in names:
            file = str(done.folder / f"{name}.parquet")
            different = con.execute(
                f"select count(*) from (from marts.{name} except all select * from read_parquet(?))", [file]
            ).fetchall()
            assert different == [(0,)]
            assert con.execute(f"select count(*) from marts.{name}").fetchone() == (done.files[f"{name}.parquet"],)
    said = pq.read_schema(done.folder / "community_days.parquet").metadata
    assert (said[b"guildbook.version"], said[b"guildbook.through_day"]) == (b"1", b"2026-02-10")
    listed = json.loads((done.folder / "export.json").read_text())
    assert (listed["version"], listed["through_day"], listed["files"]["community_days.parquet"]) == (1, "2026-02-10", 2)


def test_the_metrics_beside_them_are_those_of_the_catalogue_and_never_zero_for_nothing(home, tmp_path):
    export(home, tmp_path / "out", marts=["publication"])
    rows = pq.read_table(tmp_path / "out" / "metrics.parquet").to_pylist()

    assert {row["metric"] for row in rows} == catalogue().keys()
    by_key = {row["metric"]: row for row in rows}
    assert (by_key["mau"]["value"], by_key["mau"]["is_complete"], by_key["mau"]["period_end"]) == (
        8,
        True,
        date(2026, 2, 10),
    )
    assert [(row["of"], row["value"]) for row in rows if row["metric"] == "mrr"] == [
        ("currency CNY", 100),
        ("currency USD", 100),
    ]
    assert (by_key["events_held"]["status"], by_key["events_held"]["value"]) == ("not collected", None)
    assert by_key["quick_ratio"]["healthy_source"].startswith("https://")


def test_a_workbook_has_a_sheet_for_each_table_and_no_cell_that_runs(home, tmp_path):
    done = export(home, tmp_path / "out", "xlsx", ["dim_members", "community_days"])

    book = openpyxl.load_workbook(done.folder / "guildbook.xlsx")
    assert book.sheetnames == ["metrics", "dim_members", "community_days"]
    head, row = book["dim_members"].iter_rows(values_only=True)
    member = dict(zip(head, row, strict=True))
    assert (member["member_id"], member["display_name"]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)")
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)
    assert done.files == {
        "guildbook.xlsx": {"metrics": book["metrics"].max_row - 1, "dim_members": 1, "community_days": 2}
    }
    days = [line[0].date() for line in book["community_days"].iter_rows(min_row=2, values_only=True)]
    assert days == [date(2026, 2, 9), date(2026, 2, 10)]
    assert "version 1" in book.properties.title


def test_a_table_that_is_larger_than_a_sheet_is_left_out_and_that_is_said(home, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "SHEET_ROWS", 2)
    monkeypatch.setenv("GUILDBOOK_HOME", str(home.root))

    words = [
        "export",
        "--out",
        str(tmp_path / "out"),
        "--format",
        "xlsx",
        "--mart",
        "community_days",
        "--mart",
        "dim_members",
    ]
    result = CliRunner().invoke(app, words)

    assert result.exit_code == 1
    assert "community_days was left out: 2 rows and a head are more than a sheet holds (2)" in result.stderr
    assert openpyxl.load_workbook(tmp_path / "out" / "guildbook.xlsx").sheetnames == ["metrics", "dim_members"]


def test_the_limits_are_those_of_a_spreadsheet():
    assert (workbook.SHEET_ROWS, workbook._CELL, workbook._NAME) == (1_048_576, 32_767, 31)


@pytest.mark.parametrize(
    ("sql", "cell"),
    [
        ("null", None),
        ("true", True),
        ("12", 12),
        ("9007199254740993", "9007199254740993"),
        ("-999999999999999", -999_999_999_999_999),
        ("'nan'::double", None),
        ("1.5::double", 1.5),
        ("'a' || chr(7) || 'b'", "a\N{REPLACEMENT CHARACTER}b"),
        ("['=a', 'b']", "['=a', 'b']"),
        ("timestamptz '2026-02-10 08:00:00+08'", "2026-02-10 00:00:00"),
        ("timestamp '2026-02-10 08:00:00'", "2026-02-10 08:00:00"),
        ("repeat('x', 40000)", "x" * 32_766 + "…"),
    ],
)
def test_any_value_has_a_cell(tmp_path, sql, cell):
    with duckdb.connect() as con:
        con.execute("set timezone = 'Asia/Shanghai'")
        rows = con.execute(f"select {sql}").fetchall()
    with Workbook({"version": "1"}) as book:
        assert book.sheet("a", ["value"], rows) == 1
        book.save(tmp_path / "book.xlsx")

    found = openpyxl.load_workbook(tmp_path / "book.xlsx")["a"]["A2"].value
    assert str(found) == str(cell)
    assert book.cut == ({"a": 1} if "repeat" in sql else {})


def test_an_export_leaves_nothing_of_the_last_one_and_all_that_is_not_its_own(home, tmp_path):
    out = tmp_path / "out"
    export(home, out, marts=["community_days", "dim_members"])
    (out / "notes.txt").write_text("mine")

    done = export(home, out, "xlsx", ["dim_members"])

    assert done.gone == ["community_days.parquet", "dim_members.parquet", "metrics.parquet"]
    assert {path.name for path in out.iterdir()} == {"notes.txt", "guildbook.xlsx", "export.json"}


def test_a_list_that_was_changed_by_hand_removes_nothing_outside_of_the_folder(home, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    (out / "export.json").write_text(json.dumps({"files": {"../mine.txt": 1, str(tmp_path / "mine.txt"): 1}}))

    assert export(home, out, marts=["publication"]).gone == []
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_an_export_that_breaks_off_leaves_the_old_files_whole(home, tmp_path, monkeypatch, form):
    out = tmp_path / "out"
    export(home, out, form, ["community_days"])
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", broken)
    monkeypatch.setattr(Workbook, "save", broken)
    with pytest.raises(RuntimeError, match="the disk is full"):
        export(home, out, form, ["community_days"])

    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_can_not_be_exported_is_said(home, tmp_path):
    with pytest.raises(UserError, match="no table comunity_days is published; did you mean community_days"):
        export(home, tmp_path / "out", marts=["comunity_days"])
    with pytest.raises(UserError, match="lies in the home"):
        export(home, home.root / "exports")
    with pytest.raises(UserError, match="published nothing yet"):
        export(type(home)(tmp_path / "empty"), tmp_path / "out")
