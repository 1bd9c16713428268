"""A database as a source, tried with SQLite and with a real PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from pipelines.sources.definition import SourceError
from tests.support.postgres import MISSING, postgres

SCHEMA = [
    "create table posts (id integer primary key, at timestamp not null, kind varchar(20), who integer, paid boolean)",
    "create table people (id integer primary key, since timestamp not null, changed timestamp not null, plan text)",
]
ROWS = [
    "insert into people values (1, '2026-01-01 10:00:00', '2026-01-01 10:00:00', 'pro')",
    "insert into people values (2, '2026-01-02 10:00:00', '2026-01-02 10:00:00', null)",
    "insert into posts values (7, '2026-01-05 12:00:00', 'like', 1, true)",
    "insert into posts values (8, '2026-01-06 12:00:00', 'reply', 2, false)",
]
CONFIG = """kind: database
secrets: {url: FORUM_DATABASE}
queries:
  members: select id as member_id, changed as occurred_at, since as joined_at, plan from people where changed >= :since
  interactions: select id as interaction_id, at as occurred_at, kind, who as member_id from posts where at >= :since
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request, tmp_path_factory):
    """The address of a database that nothing is in yet."""
    folder = tmp_path_factory.mktemp("database")
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'forum.db'}"
    elif MISSING:
        pytest.skip(MISSING)
    else:
        with postgres(folder) as url:
            yield url


@pytest.fixture
def run(address, monkeypatch):
    """Run statements in the database, which begins with the tables and a few rows."""
    monkeypatch.setenv("FORUM_DATABASE", address)
    engine = create_engine(address)

    def run(*statements):
        with engine.begin() as connection:
            for one in statements:
                connection.execute(text(one))

    run("drop table if exists posts", "drop table if exists people", *SCHEMA, *ROWS)
    yield run
    engine.dispose()


def test_each_query_fills_its_log(run, connected):
    connected.source("forum", CONFIG)
    connected.pull()
    assert [(row["day"], row["member_id"], row["joined_at"], row["plan"]) for row in connected.rows("members")] == [
        ("2026-01-01", "forum:1", "2026-01-01T10:00:00Z", "pro"),
        ("2026-01-02", "forum:2", "2026-01-02T10:00:00Z", ""),
    ]
    assert [(row["interaction_id"], row["kind"], row["member_id"]) for row in connected.rows("interactions")] == [
        ("forum:7", "like", "forum:1"),
        ("forum:8", "reply", "forum:2"),
    ]


def test_the_next_pull_brings_what_is_new_and_what_changed(run, connected):
    connected.source("forum", CONFIG + 'prefix: ""\n')
    connected.pull()
    run(
        "update people set plan = null, changed = '2026-03-02 09:00:00' where id = 1",
        "insert into posts values (9, '2026-03-02 12:00:00', 'ask', 2, false)",
        "update posts set kind = 'vote' where id = 8",  # older than the days that are asked for again
    )
    connected.turn("2026-03-03T12:00:00")
    connected.pull()
    assert [(row["member_id"], row["day"], row["plan"]) for row in connected.rows("members")] == [
        *(("1", "2026-01-01", "pro"), ("2", "2026-01-02", ""), ("1", "2026-03-02", "")),
    ]
    assert [(row["interaction_id"], row["kind"]) for row in connected.rows("interactions")] == [
        *(("7", "like"), ("8", "reply"), ("9", "ask")),
    ]
    connected.pull(everything=True)
    assert [(row["interaction_id"], row["kind"], row["source_seq"]) for row in connected.rows("interactions")] == [
        *(("7", "like", "1"), ("8", "reply", "1"), ("8", "vote", "2"), ("9", "ask", "1")),
    ]


def test_rows_that_a_whole_query_no_longer_gives_are_a_warning(run, connected):
    connected.source("forum", CONFIG.replace("where at >= :since", ""))
    connected.pull()
    run("delete from posts where id = 7")
    connected.turn("2026-03-03T12:00:00")
    assert connected.pull().remarks == (
        "forum: the query of interactions gave 2 keys before and gives 1 of them now; the other 1 stay: "
        "look whether it still sees all",
    )
    assert len(connected.rows("interactions")) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("at as occurred_at, ", ""),
            r"the query of interactions gives no occurred_at, which the log requires",
        ),
        (("from posts", "from nowhere"), r"the query of interactions fails: .*nowhere"),
        (("  interactions:", "  acts:"), r"queries \(line 3\): 'acts' is no log; one of members, content"),
        (("secrets: {url: FORUM_DATABASE}\n", "secrets: {}\n"), r"name the variable that holds the database's address"),
    ],
)
def test_what_is_wrong_is_one_line_and_landing_stays_empty(run, connected, change, message):
    connected.source("forum", CONFIG.replace(*change))
    with pytest.raises(SourceError, match=message) as error:
        connected.pull()
    assert "\n" not in str(error.value)
    assert connected.files() == {}


def test_a_column_that_the_log_lacks_is_named(run, connected):
    connected.source("forum", CONFIG.replace("who as member_id", "who as member_id, paid"))
    assert connected.pull().remarks == (
        "forum: paid: no column of the log interactions, left out; name it as one, or leave it out of the query",
    )


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql+psycopg://reader:hush-hush@127.0.0.1:9/forum", "the database cannot be reached: "),
        ("postgres:/nowhere hush-hush", "FORUM_DATABASE is no address of a database that can be read here"),
        ("oracle+cx_oracle://reader:hush-hush@x/y", "FORUM_DATABASE is no address of a database that can be read here"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_password(url, message, connected, monkeypatch):
    monkeypatch.setenv("FORUM_DATABASE", url)
    connected.source("forum", CONFIG)
    with pytest.raises(SourceError, match=message) as error:
        connected.pull()
    assert "hush-hush" not in str(error.value)


def test_nothing_can_be_written_through_a_query(run, connected, address):
    if not address.startswith("postgresql"):
        pytest.skip("SQLite has no read-only transactions")
    run("create sequence if not exists numbers")
    connected.source(
        "forum", CONFIG.replace("select id as interaction_id", "select nextval('numbers') as interaction_id")
    )
    with pytest.raises(SourceError, match=r"cannot execute nextval.* in a read-only transaction"):
        connected.pull()
