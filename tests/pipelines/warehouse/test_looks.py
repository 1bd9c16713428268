"""What is seen of a mart at once: its rows counted, and the last of those in which nobody is."""

from __future__ import annotations

import duckdb
import pytest
import yaml

from pipelines.warehouse.looks import _SHOWN, Look, look
from pipelines.warehouse.project import DBT_PROJECT_DIR
from pipelines.warehouse.replay import replay
from pipelines.warehouse.results import NodeResult, seen
from pipelines.warehouse.statements import Node, Script, Step


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as built")
        con.execute("create schema built.marts")
        con.execute(
            "create table built.marts.content_days as select date '2025-01-01' + i::int as day, 'a|b' as kind, "
            "i as n_published, null as n_reads, 0 as n_interactions from range(7) as days(i)"
        )
        con.execute("create table built.marts.member_ids as select 'm1' as member_id from range(3)")
        con.execute("delete from built.marts.member_ids where rowid = 0")
        yield con


def test_the_last_rows_come_first_and_a_bar_in_a_text_makes_no_cell(con):
    seen_of_it = look(con, "content_days")

    lines = seen_of_it.last_rows.splitlines()
    assert seen_of_it.n_rows == 7
    assert lines[:3] == [
        "| day | kind | n_published | n_reads | n_interactions |",
        "| --- | --- | --- | --- | --- |",
        "| 2025-01-07 | a\\|b | 6 |  | 0 |",
    ]
    assert len(lines) == 2 + 5


def test_a_mart_of_members_is_counted_and_not_shown_and_rows_that_were_deleted_do_not_count(con):
    assert look(con, "member_ids") == Look(2)


def test_what_is_no_mart_is_not_looked_at(con):
    assert look(con, "stg_lake__members") is None
    assert seen(con, NodeResult("test.x", "test", "member_ids", "pass", "", 0.1, 0)).look is None
    assert seen(con, NodeResult("model.x", "model", "member_ids", "error", "", 0.1, 0)).look is None


def test_a_replayed_build_tells_of_each_mart_what_it_holds_by_then(tmp_path):
    node = Node("model.one", "model", "one", "success", "OK")
    step = Step("model.one", ("create schema built.marts", "create table built.marts.one as select 1 from range(4)"))
    attached = (f"attach '{tmp_path / 'built.duckdb'}' as built",)

    (told,) = replay(Script({"threads": 1}, attached, {}, (node,), (step,)), tmp_path / "w.duckdb")

    assert told.look == Look(4)


@pytest.mark.parametrize("mart", _SHOWN)
def test_what_is_shown_are_columns_of_the_mart_in_which_nobody_is(mart):
    (described,) = (DBT_PROJECT_DIR / "models" / "marts").rglob(f"{mart}.yml")
    (model,) = yaml.safe_load(described.read_text(encoding="utf-8"))["models"]
    columns = {column["name"] for column in model["columns"]}

    assert set(_SHOWN[mart]) <= columns
    assert {name for name in columns if name.endswith("_id") or name in ("title", "display_name", "tag")} == set()
