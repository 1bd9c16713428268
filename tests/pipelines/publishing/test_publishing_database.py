"""The published database holds the marts, all of them and nothing else, and nobody can write it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import duckdb
import pytest

from pipelines.lake import versions
from pipelines.lake.duck import connect
from pipelines.lake.staging import spill_folder
from pipelines.publishing import database
from pipelines.publishing.database import STORAGE_VERSION, copy_marts
from tests.support.tiny_warehouse import DAY


def copy(publisher, version=1):
    """Publish a version that is the database alone."""
    draft = versions.draft_folder(publisher.home, version)
    copy_marts(publisher.home.marts, draft / "analytics.duckdb", publisher.settings, version=version, through_day=DAY)
    versions.publish(publisher.home, version, kept=2)
    return publisher.home.published / "analytics.duckdb"


@pytest.fixture
def published(publisher):
    with duckdb.connect(str(copy(publisher)), read_only=True) as con:
        yield con


def test_only_the_marts_are_copied_row_for_row(publisher, published):
    tables = published.execute("select schema_name || '.' || table_name from duckdb_tables() order by 1").fetchall()
    assert tables == [("marts.day's counts",), ("marts.publication",), ("marts.tags",)]
    with duckdb.connect(str(publisher.home.marts), read_only=True) as warehouse:
        for table in ("day's counts", "tags"):
            for sql in (f'from marts."{table}" order by all', f'describe marts."{table}"'):
                assert published.execute(sql).fetchall() == warehouse.execute(sql).fetchall()


@pytest.mark.parametrize("shows", [True, False])
def test_names_are_in_it_unless_they_are_not_to_be_shown(publisher, shows):
    with duckdb.connect(str(publisher.home.marts)) as warehouse:
        warehouse.execute(
            "create table marts.dim_members as select 'm1' as member_id, 'Ana' as display_name, "
            "'https://x.org/ana' as profile_url, true as is_excluded;"
            "comment on column marts.dim_members.display_name is 'What people say.'"
        )
    target = publisher.home.versions / "of names" / "analytics.duckdb"
    settings = publisher.settings.model_copy(update={"show_names": shows})

    copy_marts(publisher.home.marts, target, settings, version=1, through_day=DAY)

    with duckdb.connect(str(target), read_only=True) as con:
        row = con.execute("from marts.dim_members").fetchone()
        described = con.execute(
            "select column_name, data_type, comment from duckdb_columns() where table_name = 'dim_members'"
        )
        columns = {name: (kind, comment) for name, kind, comment in described.fetchall()}
    assert row == (("m1", "Ana", "https://x.org/ana", True) if shows else ("m1", None, None, True))
    assert list(columns) == ["member_id", "display_name", "profile_url", "is_excluded"]
    assert columns["display_name"] == ("VARCHAR", "What people say.")


def test_no_block_of_it_holds_a_name_that_is_not_to_be_shown(publisher):
    with duckdb.connect(str(publisher.home.marts)) as built:
        built.execute("pragma force_compression = 'uncompressed'")
        for of in ("Ana Quince", "Bo Quince"):  # the first table's blocks are free as soon as the second is written
            built.execute(
                f"create or replace table marts.dim_members as select 'm' || range as member_id, "
                f"'{of} ' || range as display_name, null::varchar as profile_url from range(5000)"
            )
            built.execute("checkpoint")
    names = (b"Ana Quince", b"Bo Quince")
    assert all(name in publisher.home.marts.read_bytes() for name in names)
    publisher.settings = publisher.settings.model_copy(update={"show_names": False})
    published = copy(publisher).read_bytes()
    assert not any(name in published for name in names)


def test_it_says_which_publication_it_is(published):
    assert published.execute("select version, through_day from marts.publication").fetchall() == [(1, DAY)]


def test_comments_come_along(published):
    tables = published.execute("select table_name, comment from duckdb_tables() where comment is not null order by 1")
    assert tables.fetchall() == [
        ("day's counts", "One row per day; it's small."),
        ("publication", "One row: number and last day of this publication."),
    ]
    columns = published.execute(
        "select column_name, comment from duckdb_columns() where comment is not null and table_name <> 'publication'"
    )
    assert columns.fetchall() == [("order", "Place, counted from 0.")]


def test_older_clients_can_open_it(published):
    [(tags,)] = published.execute("select tags from duckdb_databases() where database_name = 'analytics'").fetchall()
    assert tags == {"storage_version": f"{STORAGE_VERSION}+"}


def test_nobody_can_write_it(publisher):
    path = copy(publisher)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert not path.with_name(f"{path.name}.wal").exists()


def test_the_marts_are_left_as_they_were(publisher):
    before = publisher.home.marts.read_bytes()
    copy(publisher)
    assert publisher.home.marts.read_bytes() == before


def test_a_file_that_is_there_already_is_not_added_to(publisher):
    path = copy(publisher)
    with pytest.raises(FileExistsError):
        copy_marts(publisher.home.marts, path.resolve(), publisher.settings, version=2, through_day=DAY)


def test_readers_see_whole_publications_one_after_the_other(publisher):
    """A reader opens what is up, over and over, while publications are swapped in and old ones removed."""
    path = copy(publisher)
    is_over = Event()

    def read():
        seen = []
        while not is_over.is_set():
            with duckdb.connect(str(path), read_only=True) as con:
                seen += con.execute(
                    """select version, (select count(*) from marts."day's counts") from marts.publication"""
                ).fetchall()
        return seen

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read)
        try:
            for version in range(2, 13):
                copy(publisher, version)
        finally:
            is_over.set()
        seen = reader.result()

    assert {n_days for _, n_days in seen} == {5}
    assert [version for version, _ in seen] == sorted(version for version, _ in seen)
    assert len({version for version, _ in seen}) > 2


def test_a_reader_keeps_what_it_opened(publisher):
    with duckdb.connect(str(copy(publisher)), read_only=True) as con:
        for version in (2, 3, 4):
            copy(publisher, version)
        assert not (publisher.home.versions / "1").exists()
        assert con.execute("select version from marts.publication").fetchall() == [(1,)]


def test_it_is_written_with_the_memory_of_the_settings_and_spills_into_the_home(publisher, monkeypatch):
    asked = []

    def spied(home, settings):
        con = connect(home, settings)
        names = "select current_setting('memory_limit'), current_setting('temp_directory')"
        asked.extend(con.execute(names).fetchall())
        return con

    monkeypatch.setattr(database, "connect", spied)
    publisher.settings = publisher.settings.model_copy(update={"memory_limit": "64MiB"})
    copy(publisher)
    assert asked == [("64.0 MiB", str(spill_folder(publisher.home)))]
