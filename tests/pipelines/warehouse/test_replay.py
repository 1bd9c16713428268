"""A build that was written down is run without dbt, judged as dbt judges it, and left to dbt where anything fails."""

from __future__ import annotations

import signal

import duckdb
import pytest

from pipelines.warehouse.replay import Unfit, replay
from pipelines.warehouse.results import NodeResult
from pipelines.warehouse.statements import Node, Script, Step

MODEL = Node("model.one", "model", "one", "success", "OK")
CREATE = Step("model.one", ("begin", "drop table if exists one", "create table one as select 1 as n", "COMMIT"))


def check(severity, warn_if="!= 0"):
    return Node("test.one", "test", "test_one", "pass", "", severity, warn_if)


def counting(failures, *, warns, fails):
    return Step(
        "test.one", ("BEGIN", f"select {failures} as failures, {warns} as should_warn, {fails} as should_error")
    )


def run(folder, nodes, steps):
    script = Script({"threads": 1}, (), {"TimeZone": "UTC"}, tuple(nodes), tuple(steps))
    told = []
    try:
        for node in replay(script, folder / "w.duckdb"):
            told.append((node.name, node.status, node.message, node.failures))
    except Unfit:
        told.append(None)
    return told


@pytest.mark.parametrize(
    ("node", "step", "told"),
    [
        (check("ERROR"), counting(0, warns=False, fails=False), ("pass", "", 0)),
        (
            check("WARN"),
            counting(1, warns=True, fails=True),
            ("warn", "Got 1 result, configured to warn if != 0", 1),
        ),
        (
            check("WARN", ">3"),
            counting(4, warns=True, fails=True),
            ("warn", "Got 4 results, configured to warn if >3", 4),
        ),
        (
            check("ERROR", ">1"),
            counting(2, warns=True, fails=False),
            ("warn", "Got 2 results, configured to warn if >1", 2),
        ),
    ],
)
def test_a_test_is_judged_as_dbt_does(tmp_path, node, step, told):
    assert run(tmp_path, [MODEL, node], [CREATE, step]) == [
        ("one", "success", "OK", 0),
        ("test_one", *told),
    ]


@pytest.mark.parametrize(
    ("node", "step"),
    [
        (check("ERROR"), counting(1, warns=True, fails=True)),
        (check("ERROR"), Step("test.one", ("select * from no_such_table",))),
    ],
)
def test_what_fails_is_left_to_dbt(tmp_path, node, step):
    assert run(tmp_path, [MODEL, node], [CREATE, step]) == [("one", "success", "OK", 0), None]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:  # and the database is closed for it
        assert con.execute("from one").fetchall() == [(1,)]


def test_a_statement_that_fails_leaves_its_table_as_it_was(tmp_path):
    assert run(tmp_path, [MODEL], [CREATE]) == [("one", "success", "OK", 0)]
    broken = Step("model.one", ("BEGIN", "drop table if exists one; create table one as select n from nowhere"))
    assert run(tmp_path, [MODEL], [broken]) == [None]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        assert con.execute("from one").fetchall() == [(1,)]


def test_each_step_has_a_connection_of_its_own(tmp_path):
    """As dbt's nodes have: what one leaves open or makes for a moment is gone for the next."""
    first = Step(
        "model.one", ("BEGIN", "create temp table seen as select 1 as n", "create table lost as select 1 as n")
    )
    second = Step(
        "model.one", ("create table one as select count(*) as n from duckdb_tables() where table_name <> 'one'",)
    )
    assert run(tmp_path, [MODEL], [first, second]) == [("one", "success", "OK", 0)]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        assert con.execute("from one").fetchall() == [(0,)]


def test_seconds_are_those_of_the_node(tmp_path):
    script = Script({}, (), {}, (MODEL,), (Step("", ("select 1",)), CREATE))
    (node,) = replay(script, tmp_path / "w.duckdb")
    assert isinstance(node, NodeResult)
    assert node.seconds > 0


SLOW = Step("model.two", ("create table two as select sum(hash(i)) as n from range(100_000_000_000) r(i)",))
QUICK = Step("model.two", ("create table two as select 1 as n",))
TWO = Node("model.two", "model", "two", "success", "OK")


def test_a_node_is_told_while_the_next_ones_are_built(tmp_path):
    """And whoever asks no further breaks off what is being built, and finds the database closed."""
    results = replay(Script({}, (), {}, (MODEL, TWO), (CREATE, SLOW)), tmp_path / "w.duckdb")
    assert next(results).name == "one"
    results.close()
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("one",)]


def test_an_interrupt_breaks_off_what_is_being_built(tmp_path):
    results = replay(Script({}, (), {}, (MODEL, TWO), (CREATE, SLOW)), tmp_path / "w.duckdb")
    assert next(results).name == "one"
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(KeyboardInterrupt):
        next(results)
    signal.signal(signal.SIGALRM, before)
    duckdb.connect(str(tmp_path / "w.duckdb")).close()


def test_a_node_without_statements_is_told_in_its_place(tmp_path):
    nothing = Node("model.none", "model", "none", "no-op", "")
    told = [
        node.name for node in replay(Script({}, (), {}, (MODEL, nothing, TWO), (CREATE, QUICK)), tmp_path / "w.duckdb")
    ]
    assert told == ["one", "none", "two"]
