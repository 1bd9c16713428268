"""Files are replaced whole, connections follow the settings, and logs never delivered read as empty."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest

from pipelines.contract import LOGS
from pipelines.files import move_in, remove
from pipelines.home import Home
from pipelines.lake.duck import connect, trimmed
from pipelines.lake.sources import EMPTY_DAY, ensure_empty_parts, part_columns
from pipelines.lake.staging import staging_folder, sweep_staging
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.sql import file_list, identifier, literal


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_file_moved_in_replaces_the_old_one_and_leaves_nothing_behind(home):
    target = home.lake / "raw" / "x.txt"
    for text in ("old", "new"):
        with staging_folder(home) as folder:
            (folder / "x").write_text(text)
            move_in(folder / "x", target)
        assert target.read_text() == text
    assert list(home.staging.iterdir()) == []


def test_a_staging_folder_is_removed_after_a_failure_and_swept_after_a_kill(home):
    def fail() -> None:
        with staging_folder(home) as folder:
            (folder / "half").write_text("")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert list(home.staging.iterdir()) == []
    (home.staging / "killed").mkdir()
    sweep_staging(home)
    assert not home.staging.exists()
    sweep_staging(home)


def test_removing_a_file_removes_its_empty_folder_only(home):
    folder = home.lake / "day"
    folder.mkdir(parents=True)
    (folder / "a").write_text("")
    (folder / "b").write_text("")
    remove(folder / "a")
    assert folder.is_dir()
    remove(folder / "b")
    assert not folder.exists()
    remove(folder / "b")


def test_a_connection_follows_the_settings(tmp_path):
    settings = Settings(home=tmp_path, timezone="Asia/Tokyo", threads=1, memory_limit="200MB")
    with connect(Home(tmp_path), settings) as con:
        names = ("TimeZone", "threads", "memory_limit", "temp_directory")
        values = con.execute(f"select {', '.join(f'current_setting({literal(name)})' for name in names)}").fetchall()[0]
    assert values == ("Asia/Tokyo", 1, "190.7 MiB", str(tmp_path / "lake" / ".staging" / "duckdb"))


def test_a_connection_draws_no_progress_bar_where_duckdb_takes_the_process_for_a_person(tmp_path):
    code = """if True:
        import sys
        from pathlib import Path
        from pipelines.home import Home
        from pipelines.lake.duck import connect
        from pipelines.settings import Settings
        home = Path(sys.argv[1])
        asked = connect(Home(home), Settings(home=home)).execute("select current_setting('enable_progress_bar')")
        sys.exit(asked.fetchone()[0])
    """
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT_DIR, check=False).returncode == 0


def test_a_connection_spills_into_a_private_folder_of_a_new_home(tmp_path):
    home = Home(tmp_path / "new")
    with connect(home, Settings(threads=1, memory_limit="60MB")) as con:
        (spill,) = home.staging.iterdir()
        assert spill.stat().st_mode & 0o077 == 0
        con.execute("create temp table big as select range as n, repeat('x', 100) || range as t from range(1000000)")
        assert con.execute("select count(distinct t) from big").fetchone() == (1_000_000,)
        assert any(spill.iterdir())
    sweep_staging(home)
    assert not home.staging.exists()


@pytest.mark.parametrize("text", ["plain", "it's", 'say "x"', "'; drop table t; --", "[a]*?"])
def test_quoted_text_stays_text(text):
    with duckdb.connect() as con:
        assert con.execute(f"select {literal(text)} as {identifier(text)}").fetchall() == [(text,)]
        assert con.description[0][0] == text


def test_a_file_list_reads_the_files_named_and_no_others(tmp_path):
    for name in ("a[1].csv", "a1.csv", "b*.csv", "bb.csv", "c?.csv", "cc.csv"):
        (tmp_path / name).write_text(f"x\n{name}\n")
    wanted = [tmp_path / name for name in ("a[1].csv", "b*.csv", "c?.csv")]
    with duckdb.connect() as con:
        found = con.execute(f"select x from read_csv({file_list(wanted)}) order by x").fetchall()
    assert found == [("a[1].csv",), ("b*.csv",), ("c?.csv",)]


def test_every_log_reads_as_empty_before_its_first_delivery(home):
    ensure_empty_parts(home)
    ensure_empty_parts(home)
    with duckdb.connect() as con:
        for log in LOGS.values():
            part = home.raw_part(log.name, EMPTY_DAY)
            described = con.execute(f"describe from read_parquet('{part}', hive_partitioning = false)").fetchall()
            assert {name: type_ for name, type_, *_ in described} == part_columns(log)
            assert con.execute(f"from read_parquet('{part}')").fetchall() == []


def test_blanks_are_taken_away_as_duckdb_does_it():
    texts = [f"{chr(code)}x y{chr(code)}" for code in (*range(1, 0xD800), *range(0xE000, 0x30000))]
    with duckdb.connect() as con:
        con.register("given", pa.table({"text": texts}))
        made = [text for (text,) in con.execute("select trim(text) from given").fetchall()]
    assert made == [trimmed(text) for text in texts]
