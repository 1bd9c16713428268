"""SQL of somebody who is not trusted: one select statement, and nothing else is run, read or written."""

from __future__ import annotations

import hashlib
import time

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.agents.bounded import LONGEST_CELL, LONGEST_SQL, MOST_CHARACTERS, RefusedError, plain, select
from pipelines.agents.server import build
from pipelines.metrics.published import opened
from pipelines.settings import Settings
from tests.support.asking import ToldError, answers, publish

HOSTILE = {
    "insert into marts.publication values (9, null)": "INSERT",
    "update marts.publication set version = 9": "UPDATE",
    "delete from marts.publication": "DELETE",
    "drop table marts.publication": "DROP",
    "create table marts.mine as select 1": "CREATE",
    "create temp table mine as select 1": "CREATE",
    "create or replace macro f() as 1": "CREATE",
    "alter table marts.publication add column x int": "ALTER",
    "comment on table marts.publication is 'x'": "ALTER",
    "copy marts.publication to '{folder}/out.csv'": "COPY",
    "copy (select 1) to '{folder}/out.parquet' (format parquet)": "COPY",
    "export database '{folder}/out'": "EXPORT",
    "import database '{folder}'": "one select",
    "attach '{folder}/other.duckdb' as other": "ATTACH",
    "detach analytics": "DETACH",
    "use marts": "SET",
    "set memory_limit = '100GB'": "SET",
    "set enable_external_access = true": "SET",
    "reset lock_configuration": "SET",
    "pragma enable_external_access": "PRAGMA",
    "call enable_logging()": "CALL",
    "install httpfs": "LOAD",
    "load '{folder}/evil.duckdb_extension'": "LOAD",
    "begin": "TRANSACTION",
    "checkpoint": "CALL",
    "vacuum": "VACUUM",
    "prepare p as select 1": "PREPARE",
    "explain analyze select 1": "EXPLAIN",
    "select 1; drop table marts.publication": "SELECT, DROP",
    "select 1; select 2": "SELECT, SELECT",
    "/* select */ drop table marts.publication -- select": "DROP",
    "": "nothing",
    " ; -- nothing": "nothing",
    "select * from": "syntax error",
    "with gone as (delete from marts.publication returning *) select * from gone": "",
    "select * from read_csv('{folder}/secret.csv')": "file system operations are disabled",
    "select * from '{folder}/secret.csv'": "",
    "from read_text('{folder}/secret.csv')": "file system operations are disabled",
    "select * from read_blob('/proc/self/environ')": "file system operations are disabled",
    "select * from glob('{folder}/*')": "file system operations are disabled",
    "select * from read_parquet('https://example.org/x.parquet')": "file system operations are disabled",
    "select * from read_duckdb('{folder}/warehouse.duckdb')": "file system operations are disabled",
    "select * from sniff_csv('{folder}/secret.csv')": "file system operations are disabled",
    "select * from query('select * from read_text(''{folder}/secret.csv'')')": "file system operations are disabled",
    "select getenv('HOME')": "getenv",
    "select * from secret_frame": "does not exist",
    "select ?": "parameters",
    "select $1": "parameters",
    "select * from enable_logging()": "locked",
    "select error('stop')": "stop",
    "select 1/*": "",
    "\x00": "",
}
"""Statement -> a word of what is said about it."""


@pytest.fixture
def home(tmp_path):
    home = publish(tmp_path / "home", lambda marts: marts.insert("community_days", day="2026-02-10", mau=8))
    (tmp_path / "secret.csv").write_text("word\nxyzzy-secret\n", encoding="utf-8")
    return home


@pytest.fixture
def con(home):
    with opened(home, "UTC") as con:
        yield con


def everything(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_whatever_is_no_select_of_the_marts_is_refused_and_changes_nothing(home, tmp_path):
    secret_frame = ["xyzzy-secret"]
    before = everything(tmp_path)
    statements = [one.format(folder=tmp_path) for one in HOSTILE]

    found = answers(build(home, Settings(home=home.root)), [("run_sql", {"sql": one}) for one in statements])

    assert secret_frame
    for statement, said, told in zip(statements, HOSTILE.values(), found, strict=True):
        assert isinstance(told, ToldError), (statement, told)
        assert said in str(told), (statement, told)
        assert "xyzzy-secret" not in str(told)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "sql",
    [
        "select version, through_day from marts.publication",
        "from marts.publication",
        "table marts.publication",
        "with one as (select * from marts.publication) select * from one;",
        "-- a comment\nselect * from marts.publication -- and one more",
        "select * from query_table('marts.publication')",
    ],
)
def test_selects_of_any_form_are_run(con, sql):
    assert select(con, sql, 10).rows == [[1, "2026-02-10"]]


def test_rows_and_long_texts_are_cut_and_that_is_said(con):
    whole = select(con, "select * from range(10)", 10)
    assert (whole.columns, len(whole.rows), whole.is_whole) == (["range"], 10, True)
    assert select(con, "select * from range(11)", 10).is_whole is False
    assert len(select(con, "select * from range(10000000000)", 10).rows) == 10

    (row,) = select(con, f"select repeat('x', {LONGEST_CELL + 1}), 1", 10).rows
    assert (len(row[0]), row[1]) == (LONGEST_CELL + 1, 1)
    wide = select(con, f"select repeat('x', {LONGEST_CELL}) from range(1000)", 1000)
    assert (len(wide.rows), wide.is_whole) == (MOST_CHARACTERS // LONGEST_CELL, False)


def test_what_takes_too_long_is_stopped_and_the_next_one_runs(home):
    with opened(home, "UTC") as con:
        began = time.monotonic()
        with pytest.raises(RefusedError, match=r"stopped after 0\.3 seconds"):
            select(con, "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 7", 10, 0.3)
        assert time.monotonic() - began < 10
    with opened(home, "UTC") as con:
        assert select(con, "select 1", 10).rows == [[1]]


@pytest.mark.parametrize(
    "sql", ["select * from range(100000000) order by random()", "select list(range) from range(300000000)"]
)
def test_what_needs_too_much_memory_is_stopped(con, sql):
    with pytest.raises(RefusedError, match="more memory than there is"):
        select(con, sql, 10)


def test_a_statement_that_is_too_long_is_not_read(con):
    with pytest.raises(RefusedError, match="characters, at most"):
        select(con, "select '" + "x" * LONGEST_SQL + "'", 10)


_WORDS = (
    *("select", "1", "from", "marts.publication", ";", "drop table", "insert into", "values (1, null)", "copy", "to"),
    *("'x.csv'", "attach", "--", "/*", "*/", "(", ")", "with a as", "delete", "returning *", "set", "call", "'"),
)


@given(words=st.lists(st.sampled_from(_WORDS), max_size=8))
def test_no_row_of_words_changes_what_is_published(module_home, words):
    home, before = module_home
    with opened(home, "UTC") as con:
        try:
            table = select(con, " ".join(words), 5)
        except RefusedError:
            table = None

    assert table is None or len(table.rows) <= 5
    assert everything(home.root) == before


@pytest.fixture(scope="module")
def module_home(tmp_path_factory):
    home = publish(tmp_path_factory.mktemp("agents") / "home")
    return home, everything(home.root)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("null", None),
        ("'nan'::double", None),
        ("'inf'::double", None),
        ("true", True),
        ("170141183460469231731687303715884105727::hugeint", 2**127 - 1),
        ("1.50::decimal(4, 2)", "1.50"),
        ("date '2026-02-10'", "2026-02-10"),
        ("timestamp '2026-02-10 01:02:03'", "2026-02-10T01:02:03"),
        ("interval 1 day", "1 day, 0:00:00"),
        ("['a', null]", "['a', None]"),
        ("{'a': date '2026-02-10'}", "{'a': '2026-02-10'}"),
        ("'\\x00'::blob", "b'\\x00'"),
        ("'a\nb'", "a\nb"),
    ],
)
def test_any_value_has_a_form_in_json(sql, value):
    with duckdb.connect() as con:
        ((found,),) = con.execute(f"select {sql}").fetchall()

    assert plain(found) == value
