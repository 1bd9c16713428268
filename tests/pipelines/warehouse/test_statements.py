"""What dbt sends is the same on every day and in every home, and is asked for again where it could be another."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import islice

import pytest

from pipelines.settings import Settings
from pipelines.warehouse import dbt, statements
from pipelines.warehouse.control import write_plan
from pipelines.warehouse.plan import make_plan
from pipelines.warehouse.project import dbt_environment
from pipelines.warehouse.replay import Unfit, replay
from tests.support.house import differences
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

DAYS = days_between(FIRST, max(day for _, day in tiny_community(2, members=40)))
NEXT, AFTER = DAYS[-1] + timedelta(days=1), DAYS[-1] + timedelta(days=2)
MODELS = ["+dim_members", "+fct_member_days"]
"""A table that is made anew and one whose changed days are, with all that they rest on and their tests."""


def place(settings, *arguments):
    return statements.script_path(settings, dbt_environment(settings), arguments)


@pytest.fixture
def own_scripts(tmp_path, monkeypatch):
    """A folder of scripts that no other test has filled."""

    def begin(name):
        monkeypatch.setattr(statements, "FOLDER", tmp_path / name)
        return tmp_path / name

    return begin


@pytest.fixture
def house(built_house, tmp_path):
    return built_house.copy_to(tmp_path / "home")


@pytest.fixture
def no_dbt(monkeypatch):
    def begin():
        monkeypatch.setattr(dbt, "_invoke", lambda *_, **__: pytest.fail("dbt was asked"))

    return begin


def build(house):
    return dbt.build(house.settings, MODELS, is_part=True)


def outcome(results):
    return sorted((node.unique_id, node.status, node.message, node.failures) for node in results)


def scripts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("select", [MODELS, pytest.param(["-tag:after_scoring"], marks=pytest.mark.long, id="all")])
def test_dbt_sends_the_same_day_after_day_and_in_every_home(built_house, tmp_path, own_scripts, select):
    one, other = built_house.copy_to(tmp_path / "one"), built_house.copy_to(tmp_path / "other")
    own_scripts("before")
    for home in (one, other):  # so that every table is there
        dbt.build(home.settings, select)
    sent = []
    for name, home, day in (("first", one, NEXT), ("second", one, AFTER), ("third", other, AFTER)):
        folder = own_scripts(name)
        home.deliver("interactions", day, [interaction("new", day, "m1")])
        home.accept([day])
        write_plan(home.home, make_plan(home.home, home.settings))
        dbt.build(home.settings, select)
        sent.append(scripts(folder))
    assert len(sent[0]) == 1
    assert sent[0] == sent[1] == sent[2]
    assert not any(str(home.home.root) in text for home in (one, other) for text in sent[0].values())


def test_the_statements_make_what_dbt_makes(built_house, tmp_path, own_scripts, no_dbt):
    own_scripts("scripts")
    by_dbt, by_statements = (built_house.copy_to(tmp_path / name) for name in ("dbt", "statements"))
    for house in (by_dbt, by_statements):
        house.deliver("interactions", NEXT, [interaction(f"new-{n}", NEXT, f"m{n}") for n in range(5)])
        house.accept([NEXT])
        write_plan(house.home, make_plan(house.home, house.settings))
    made = build(by_dbt)
    no_dbt()
    assert outcome(build(by_statements)) == outcome(made)
    assert {node.resource_type for node in made} == {"model", "test", "operation"}
    assert differences(by_dbt, by_statements) == {}


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ('/* {"app": "dbt"} */\n\n  select 1', "asks"),
        ("/* a */ DESCRIBE (select 1)", "asks"),
        ("/* a */ with one as (select 1) select * from one", "asks"),
        ("/* a */\n create table one as (select 1)", "changes"),
        ("drop table if exists selected", "changes"),
        ("/* select */ delete from one", "changes"),
        ("selected", "changes"),
        ("BEGIN", "transaction"),
        ("/* a */ begin transaction; ", "transaction"),
        ("COMMIT", "transaction"),
        ("begin; drop table one", "changes"),
    ],
)
def test_what_only_asks_is_told_from_what_changes(sql, what):
    found = (statements.asks(sql), statements.only_of_transactions(sql))
    assert found == {"asks": (True, False), "changes": (False, False), "transaction": (False, True)}[what]


def test_only_tests_ask_when_a_script_is_sent(house, own_scripts):
    folder = own_scripts("scripts")
    made = {node.unique_id: node.resource_type for node in build(house)}
    (path,) = folder.iterdir()
    script = statements.load(path, house.settings)
    asked = {made.get(step.unique_id) for step in script.steps for sql in step.statements if statements.asks(sql)}
    assert asked == {"test"}


def test_what_was_told_before_a_failure_is_told_once(house, own_scripts, monkeypatch):
    own_scripts("scripts")
    made = outcome(build(house))

    def breaks_off(script, warehouse):
        yield from islice(replay(script, warehouse), 5)
        raise Unfit

    monkeypatch.setattr(dbt, "replay", breaks_off)
    assert outcome(build(house)) == made


def test_a_test_that_fails_is_told_by_dbt(house, own_scripts):
    folder = own_scripts("scripts")
    unique = ["unique_dim_members_member_id"]
    assert [node.status for node in dbt.build(house.settings, unique) if node.name == unique[0]] == ["pass"]
    kept = scripts(folder)
    house.change("insert into marts.dim_members from marts.dim_members limit 1")
    found = [(node.status, node.message) for node in dbt.build(house.settings, unique) if node.name == unique[0]]
    assert found == [("fail", "Got 1 result, configured to fail if != 0")]
    assert scripts(folder) == kept != {}


def test_a_script_is_for_one_state_of_project_settings_and_tables(house, monkeypatch):
    usual = place(house.settings, "build")
    assert place(house.settings, "build") == usual
    assert place(Settings(**house.settings.model_dump() | {"title": "Another"}), "build") == usual
    others = {
        "arguments": place(house.settings, "build", "--full-refresh"),
        "settings": place(Settings(**house.settings.model_dump() | {"timezone": "UTC"}), "build"),
    }
    house.change("alter table marts.dim_days add column more integer")
    others["columns"] = place(house.settings, "build")
    house.change("create table built.marts.more as select 1 as n")
    others["tables"] = place(house.settings, "build")
    monkeypatch.setattr(statements, "project_digest", lambda: "another")
    others["project"] = place(house.settings, "build")
    assert len({usual, *others.values()}) == 6, others


def test_a_home_with_a_special_name_has_scripts_of_its_own(house, tmp_path):
    odd = [tmp_path / "it's", tmp_path / "a [b]"]
    for folder in odd:
        shutil.copytree(house.home.root, folder)
    names = {place(replace_home(house.settings, folder), "build") for folder in [house.home.root, *odd]}
    assert len(names) == 3


def replace_home(settings, folder):
    return Settings(**settings.model_dump() | {"home": folder})


def test_scripts_of_an_older_project_are_forgotten(house, own_scripts):
    folder = own_scripts("scripts")
    folder.mkdir()
    (folder / "0123456789abcdef-0123456789abcdef.json").write_text("{}")
    build(house)
    assert len(scripts(folder)) == 1


def test_an_installation_that_cannot_be_written_is_built_by_dbt(house, own_scripts):
    folder = own_scripts("scripts")
    folder.write_text("no folder can be made here")
    assert {node.status for node in build(house)} == {"success", "pass"}


def test_a_script_that_cannot_be_read_is_as_good_as_none(house, own_scripts):
    folder = own_scripts("scripts")
    made = build(house)
    (script,) = folder.iterdir()
    script.write_text("{")
    assert outcome(build(house)) == outcome(made)
    assert script.read_text().startswith('{"config"')
