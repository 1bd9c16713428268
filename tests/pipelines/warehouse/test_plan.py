"""What a run decides to build: the calendar's ends, and what makes everything stale. No dbt runs here."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta

import pytest

from pipelines import run_start
from pipelines.churn.schedule import training_days
from pipelines.lake import manifest
from pipelines.settings import Settings
from pipelines.warehouse import plan
from pipelines.warehouse import project as project_module
from pipelines.warehouse.control import read_plan, write_plan
from pipelines.warehouse.plan import NothingAcceptedError, make_plan
from pipelines.warehouse.project import DBT_PROJECT_DIR, project_files
from pipelines.warehouse.results import DbtError, NodeResult, raise_for_failures
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction

NO_TRANSFORMATION_USES = {"GUILDBOOK_HOME", "GUILDBOOK_THREADS", "GUILDBOOK_MEMORY_LIMIT", "GUILDBOOK_COMPLETES_RUN"}
ONLY_WHAT_EVERY_RUN_MAKES_ANEW_USES = {"GUILDBOOK_TREATED_SHARES"}
CHANGED = {
    "GUILDBOOK_SPARK_TABLES": {"engine": "spark", "spark_tables": "parquet"},
    "GUILDBOOK_TIMEZONE": {"timezone": "UTC"},
    "GUILDBOOK_ENGAGEMENT_WINDOWS": {"engagement_windows": "30,90"},
    "GUILDBOOK_ENGAGEMENT_HIGH": {"engagement_high": 0.7},
    "GUILDBOOK_ENGAGEMENT_MEDIUM": {"engagement_medium": 0.1},
    "GUILDBOOK_CHURN_HORIZON_DAYS": {"churn_horizon_days": 60},
    "GUILDBOOK_RENEWAL_GRACE_DAYS": {"renewal_grace_days": 14},
    "GUILDBOOK_ACTIVE_BY_EVENTS": {"active_by_events": True},
}


@pytest.fixture
def house(tmp_path):
    """An empty home with its sources in place."""
    house = House(tmp_path / "home")
    run_start.prepare(house.home, house.settings)
    return house


def piece(published, occurred, **more):
    return {
        "content_id": "c1",
        "occurred_at": occurred,
        "published_at": published,
        "kind": "article",
        "author_id": "m1",
    } | more


def test_nothing_accepted_is_said_in_words(house):
    with pytest.raises(NothingAcceptedError, match="landing/<log>/<day>/"):
        make_plan(house.home, house.settings)


def test_a_first_delivery_that_gate_1_holds_out_is_named_and_never_called_nothing(house):
    rows = [interaction(n, FIRST, f"m{n}") for n in range(3)]
    broken = [row | {"occurred_at": "04/02/2026 10:00"} for row in rows[1:]]
    house.deliver("interactions", FIRST, [rows[0], *broken])
    house.accept([FIRST])

    with pytest.raises(NothingAcceptedError) as error:
        make_plan(house.home, house.settings)

    assert str(error.value).startswith(
        f"gate 1 withheld all that was delivered, so there is nothing to build: interactions {FIRST}; "
        f"landing/interactions/{FIRST}/rows.jsonl:2 occurred_at '04/02/2026 10:00' is no ISO 8601 time"
    )


@pytest.mark.parametrize(
    ("log", "row", "first_day"),
    [
        ("interactions", interaction(1, FIRST - timedelta(days=3), "m1"), FIRST - timedelta(days=3)),
        ("content", piece("2020-05-05T10:00:00", "2025-03-01T10:00:00"), date(2020, 5, 5)),
        ("content", piece("2020-05-05T23:00:00Z", "2025-03-01T10:00:00"), date(2020, 5, 6)),
        ("content", piece("2020-05-05T10:00:00", "2025-03-01T10:00:00", op="delete"), FIRST),
        (
            "members",
            {"member_id": "m1", "occurred_at": "2001-01-01T00:00:00", "joined_at": "2001-01-01T00:00:00"},
            FIRST,
        ),
    ],
    ids=["interaction", "piece published long before its row", "day is the community's", "withdrawn piece", "joining"],
)
def test_the_calendar_opens_on_the_first_day_on_which_anything_counts(house, log, row, first_day):
    house.deliver(log, FIRST, [row])
    house.accept([FIRST])
    made = make_plan(house.home, house.settings)
    assert (made.first_day, made.through_day) == (first_day, FIRST)


@pytest.mark.dbt
@pytest.mark.long
def test_without_any_activity_the_calendar_opens_on_the_first_log_day_and_moves_with_the_first_interaction(house):
    days = [FIRST + timedelta(days=number) for number in range(4)]
    for number in (0, 3):
        told = f"{days[number]}T10:00:00"
        house.deliver("members", days[number], [{"member_id": f"m{number}", "occurred_at": told, "joined_at": told}])
    house.run(days)
    assert house.query("select day, joined_members from marts.community_days order by day") == [
        (day, int(number in (0, 3))) for number, day in enumerate(days)
    ]

    house.deliver("interactions", days[2], [interaction(1, days[2], "m0")])
    made = house.run(days)
    assert (made.first_day, made.is_full) == (days[2], True)
    assert house.query("select min(day) from marts.community_days") == [(days[2],)]


def test_a_plan_is_read_back_as_it_was_written(house):
    house.deliver(
        "interactions", FIRST, [interaction(1, FIRST, "m1"), interaction(2, FIRST - timedelta(days=200), "m1")]
    )
    house.accept([FIRST])
    made = make_plan(house.home, house.settings, schedule=training_days)
    write_plan(house.home, made)
    assert made.training_days
    assert read_plan(house.home) == made


def test_a_plan_without_a_schedule_trains_nothing(house):
    house.deliver(
        "interactions", FIRST, [interaction(1, FIRST, "m1"), interaction(2, FIRST - timedelta(days=200), "m1")]
    )
    house.accept([FIRST])
    assert make_plan(house.home, house.settings).training_days == ()


def test_every_setting_that_a_transformation_reads_is_part_of_the_fingerprint():
    text = "\n".join(path.read_text() for path in project_files())
    read = set(re.findall(r"env_var\(\s*['\"](GUILDBOOK_\w+)", text))
    assert read - NO_TRANSFORMATION_USES - ONLY_WHAT_EVERY_RUN_MAKES_ANEW_USES == set(CHANGED)


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_setting_makes_everything_stale(built_house, name):
    settings = Settings(home=built_house.home.root, **CHANGED[name])
    assert make_plan(built_house.home, settings).full_because == "a transformation or a setting changed"


@pytest.mark.parametrize("changed", [{"seed": 8}, {"threads": 3}, {"daily_hour": 7}, {"publications_kept": 9}])
def test_a_setting_that_no_transformation_reads_makes_nothing_stale(built_house, changed):
    settings = Settings(home=built_house.home.root, **changed)
    assert make_plan(built_house.home, settings).full_because == ""


@pytest.mark.parametrize(
    ("path", "is_transformation"),
    [
        ("dbt_project.yml", True),
        ("models/marts/one.sql", True),
        ("macros/one.sql", True),
        ("models/marts/one.yml", False),
        ("tests/one.sql", False),
        ("target/one.sql", False),
    ],
)
def test_a_changed_transformation_makes_everything_stale(built_house, tmp_path, monkeypatch, path, is_transformation):
    project = tmp_path / "project"
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    monkeypatch.setattr(project_module, "DBT_PROJECT_DIR", project)
    assert make_plan(built_house.home, built_house.settings).full_because == ""
    (project / path).parent.mkdir(exist_ok=True)
    with (project / path).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert make_plan(built_house.home, built_house.settings).is_full == is_transformation


def test_full_is_full(built_house):
    assert make_plan(built_house.home, built_house.settings, full=True).full_because == "asked for"


@pytest.mark.parametrize("end", [0, -1], ids=["first", "last"])
def test_days_withdrawn_at_an_end_make_everything_stale(built_house, tmp_path, monkeypatch, end):
    house = built_house.copy_to(tmp_path / "home")
    table = manifest.current(house.home)
    days = sorted(set(table["log_day"].to_pylist()))
    kept = [row for row in table.to_pylist() if row["log"] == "interactions" and row["log_day"] != days[end]]
    first = min(row["event_day"] for row in kept)
    kept = [row for row in kept if end or row["event_day"] > first]
    monkeypatch.setattr(manifest, "current", lambda _: table.from_pylist(kept, schema=table.schema))
    monkeypatch.setattr("pipelines.warehouse.plan.check_parts", lambda *_: None)  # their parts still lie there
    assert "withdrawn" in make_plan(house.home, house.settings).full_because


def node(status, name="n"):
    return NodeResult(f"model.{name}", "model", name, status, f"because of {name}", 0.1, 0)


def test_a_failed_node_is_named_and_what_was_skipped_for_it_is_not():
    raise_for_failures([node("success"), node("pass"), node("warn"), node("no-op")])
    with pytest.raises(DbtError) as raised:
        raise_for_failures([node("error", "broken"), node("skipped", "behind"), node("fail", "test")])
    assert str(raised.value) == "broken: error: because of broken; test: fail: because of test"


def test_days_alone_are_built_on_a_server_only_where_its_tables_are_there_and_lose_days(built_house, tmp_path):
    house = built_house.copy_to(tmp_path / "home")
    home = house.home
    on = house.settings.model_copy(update={"engine": "spark", "spark_tables": "delta"})
    assert plan._full_on_engine(home, house.settings) == ""
    assert plan._full_on_engine(home, on) == "tables of the server are gone"
    for (name,) in house.query("from control.completed_marts"):
        (home.spark / "marts" / name).mkdir(parents=True)
    assert plan._full_on_engine(home, on) == ""
    parquet = on.model_copy(update={"spark_tables": "parquet"})
    assert plan._full_on_engine(home, parquet) == plan.ON_PARQUET
    assert len({plan.code_fingerprint(one) for one in (house.settings, on, parquet)}) == 3
