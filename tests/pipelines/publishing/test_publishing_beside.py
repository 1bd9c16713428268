"""A mart that is too large for the published file lies beside it, and every reader finds it there."""

from __future__ import annotations

import stat
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from pipelines.cli.status import mart_lines
from pipelines.exporting import metrics
from pipelines.exporting.tables import export
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake import versions
from pipelines.metrics.published import opened
from pipelines.publishing.damages import check_files
from pipelines.publishing.database import copy_marts
from pipelines.reading import sums
from pipelines.reading.publication import FOLDER, beside, open_published
from pipelines.restating.compare import compare
from pipelines.restating.figures import Figures
from pipelines.sql import as_named
from pipelines.warehouse.project import DBT_PROJECT_DIR
from tests.support.tiny_warehouse import DAY, Publisher

COUNTS = "day's counts"
ROWS = [(n,) for n in range(5)]
ODD = "a=b [old]"
"""Name of a folder that a pattern or a partition could be read into."""


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path / ODD / "home", published_file_rows=4)


def publish(publisher, **settings):
    """Publish a version that is the marts alone; return its database, behind the link."""
    number = versions.next_number(publisher.home)
    draft = versions.draft_folder(publisher.home, number)
    used = publisher.settings.model_copy(update=settings)
    copy_marts(publisher.home.marts, draft / "analytics.duckdb", used, version=number, through_day=DAY)
    sums.write(draft)
    versions.publish(publisher.home, number, kept=3)
    return publisher.home.published / "analytics.duckdb"


def build(publisher, sql):
    with duckdb.connect(str(publisher.home.marts)) as built:
        built.execute(sql)


def counted(con):
    return con.execute(f'select "order" from marts."{COUNTS}" order by 1').fetchall()


def test_only_what_is_too_large_lies_beside_and_is_the_same_to_a_reader(publisher):
    database = publish(publisher)
    assert [path.name for path in beside(database)] == [f"{COUNTS}.parquet"]
    said = "select column_name, data_type, comment from duckdb_columns() where table_name = ? order by column_index"
    about = 'select "comment" from {} where {}_name = ?'
    with duckdb.connect(str(database)) as con, duckdb.connect(str(publisher.home.marts), read_only=True) as built:
        tables = con.execute("select table_name, table_type from information_schema.tables order by 1").fetchall()
        assert tables == [(COUNTS, "VIEW"), ("publication", "BASE TABLE"), ("tags", "BASE TABLE")]
        assert con.execute(f'from marts."{COUNTS}"').fetchall() == built.execute(f'from marts."{COUNTS}"').fetchall()
        assert con.execute(said, [COUNTS]).fetchall() == built.execute(said, [COUNTS]).fetchall()
        assert (
            con.execute(about.format("duckdb_views()", "view"), [COUNTS]).fetchall()
            == built.execute(about.format("duckdb_tables()", "table"), [COUNTS]).fetchall()
            == [("One row per day; it's small.",)]
        )


def test_as_many_rows_as_the_file_may_hold_are_in_it(publisher):
    assert beside(publish(publisher, published_file_rows=5)) == []


def test_rows_lie_by_day_and_then_by_key_whatever_order_they_were_built_in(publisher):
    build(
        publisher,
        "create table marts.member_days as select 'm' || (n * 7919 % 1000) as member_id, "
        "date '2025-01-01' + (n * 104729 % 400)::int as day, n from range(300000) r (n)",
    )
    path = publish(publisher).with_name("marts") / "member_days.parquet"
    with duckdb.connect() as con:
        rows = con.execute("select day, member_id, n from read_parquet(?, hive_partitioning = false)", [str(path)])
        found = rows.fetchall()
    assert len(found) == 300_000
    assert found == sorted(found)


def test_every_type_that_a_mart_has_is_the_same_beside_the_file(publisher):
    kinds = {
        line.rpartition(":")[2].strip()
        for folder in ("marts", "records")
        for path in (DBT_PROJECT_DIR / "models" / folder).rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("data_type:")
    }
    assert {"bigint", "varchar[]", "timestamp with time zone"} <= kinds
    columns = ", ".join(f'null::{kind} as "{kind}"' for kind in sorted(kinds))
    with duckdb.connect(str(publisher.home.marts)) as built:
        built.execute(f"create table marts.kinds as select {columns} from range(9)")
        expected = built.execute("describe marts.kinds").fetchall()
    with duckdb.connect(str(publish(publisher))) as con:
        assert con.execute("describe marts.kinds").fetchall() == expected


def test_names_that_are_not_to_be_shown_are_not_beside_it_either(publisher):
    build(
        publisher,
        "create table marts.dim_members as select 'm' || n as member_id, 'Ana Quince' as display_name, "
        "'https://x.org/ana' as profile_url from range(9) r (n)",
    )
    database = publish(publisher, show_names=False)
    with open_published(database) as con:
        rows = con.execute("select distinct display_name, profile_url from marts.dim_members").fetchall()
        assert rows == [(None, None)]
        assert con.execute("describe marts.dim_members").fetchall()[1][:2] == ("display_name", "VARCHAR")
    assert [path.stem for path in beside(database)] == [COUNTS, "dim_members"]
    assert b"Quince" not in beside(database)[1].read_bytes()


def test_a_reader_finds_it_wherever_it_works_and_a_copy_tells_it_where(publisher, tmp_path, monkeypatch):
    database = publish(publisher)
    monkeypatch.chdir("/")
    with duckdb.connect(str(database)) as con:
        assert counted(con) == ROWS
    moved = publisher.home.root.rename(tmp_path / "elsewhere [2]")
    with duckdb.connect(str(moved / "published" / "analytics.duckdb")) as con:
        with pytest.raises(duckdb.IOException, match="No files found"):
            counted(con)
        con.execute(f"set variable {FOLDER} = '{as_named(moved / 'versions' / '1')}'")
        assert counted(con) == ROWS
    with open_published(moved / "published" / "analytics.duckdb") as con:
        assert counted(con) == ROWS


def test_who_has_opened_one_reads_no_row_of_the_next(publisher):
    first = duckdb.connect(str(publish(publisher).resolve()), read_only=True)
    ours = open_published(publisher.home.published / "analytics.duckdb")
    build(publisher, f"""update marts."{COUNTS}" set "order" = 100""")
    second = publish(publisher)
    with first, ours, open_published(second) as con:
        assert counted(first) == counted(ours) == ROWS
        assert counted(con) == [(100,)] * 5
    assert versions.rollback(publisher.home) == 1
    with duckdb.connect(str(second)) as con:
        assert counted(con) == ROWS


def test_it_goes_with_its_publication(publisher):
    for _ in range(4):
        publish(publisher)
    assert sorted(path.name for path in publisher.home.versions.glob("*/marts/*")) == [f"{COUNTS}.parquet"] * 3


def test_an_agent_reads_it_and_no_other_file(publisher):
    database = publish(publisher)
    secret = database.resolve().with_name("marts") / "secret.parquet.txt"
    secret.write_text("secret")
    with opened(publisher.home, "UTC") as con:
        assert counted(con) == ROWS
        for place in (secret, publisher.home.marts, f"{database.resolve().parent}/marts/*"):
            with pytest.raises(duckdb.PermissionException):
                con.execute(f"select * from read_text('{place}')").fetchall()


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_damage_to_it_is_found_before_it_is_read_and_by_a_look_at_all_files(publisher, damage):
    (path,) = beside(publish(publisher).resolve())
    before = path.read_bytes()
    path.unlink()
    if damage == "flipped":
        path.write_bytes(before[:40] + bytes([before[40] ^ 1]) + before[41:])
    with pytest.raises(UserError, match=r"day's counts\.parquet is damaged.*guildbook rollback"):
        sums.published(publisher.home)
    assert any(str(path) in one for one in check_files(publisher.home).damaged)


def test_nobody_can_write_it(publisher):
    (path,) = beside(publish(publisher))
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_status_and_export_have_it_as_any_mart(publisher, tmp_path, monkeypatch):
    publish(publisher)
    monkeypatch.setattr(metrics, "newest", lambda *_: pa.table({"metric": ["none"]}))
    assert [line.split()[-1] for line in mart_lines(publisher.home)] == ["5", "1", "1"]
    done = export(publisher.home, publisher.settings, tmp_path / "out", "parquet", [COUNTS])
    assert done.files[f"{COUNTS}.parquet"] == 5


def test_figures_of_it_are_compared_with_those_of_the_next_run(publisher):
    figures = Figures(mart="sold_days", period="day", metrics=("n",), logs=(), looks_back=0)
    build(publisher, "create table marts.sold_days as select date '2025-03-01' + n::int as day, n from range(5) r (n)")
    database = publish(publisher)
    build(publisher, "update marts.sold_days set n = 7 where n = 2")
    moved = publisher.home.root.rename(publisher.home.root.with_name("moved"))
    with duckdb.connect() as con:
        _, changes = compare(con, moved / "published" / database.name, Home(moved).marts, [figures])
    assert [(one.day, one.old_value, one.new_value) for one in changes] == [(date(2025, 3, 3), 2.0, 7.0)]
