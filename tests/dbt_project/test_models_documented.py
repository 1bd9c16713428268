"""What the models' YAML says is complete and true, and the SQL keeps to the rules of the house."""

from __future__ import annotations

import re

from pipelines.contract import LOGS
from tests.support.built_project import WINDOWS

BEFORE_STAGING = {"changed_interactions": "interactions"}
PUBLISHED = ("marts", "records")
PROMISED = (*PUBLISHED, "retention")
"""Layers whose columns somebody outside dbt reads."""
FINAL = re.compile(r"\nfinal as \(\n(.*?)\n\)\n\nselect \* from final\n*$", re.DOTALL)
STAR = re.compile(r"^\s*(?:select )?(?:\w+\.)?\*", re.MULTILINE)
BUILDS_DAYS = re.compile(r"\b(?:islands|days_to_build)\(('?)(\w+)\1\)")


def failing(project, rule):
    return sorted(name for name, node in project.models.items() if not rule(node))


def built_columns(project):
    columns = {}
    for schema, table, column, data_type in project.query(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
    ):
        columns.setdefault((schema, table), {})[column] = data_type
    return columns


def said_by_the_contract(model, described):
    """Columns of staging that are the log's own and mean what its contract says."""
    log = LOGS.get(BEFORE_STAGING.get(model, model.removeprefix("stg_lake__")))
    return {column.name for column in log.columns} - described if log else set()


def test_every_description_opens_with_the_grain(project):
    assert failing(project, lambda node: node["description"].startswith("One row per ")) == []


def test_every_column_that_is_built_is_described_and_no_other(project):
    built = built_columns(project)
    wrong = {}
    for name, node in project.models.items():
        described = {column for column, said in node["columns"].items() if said["description"].strip()}
        difference = described ^ (set(built[node["schema"], name]) - said_by_the_contract(name, described))
        if difference:
            wrong[name] = difference
    assert wrong == {}


def test_every_source_is_described(project):
    sources = project.manifest["sources"].values()
    assert [one["name"] for one in sources if not (one["description"] and one["source_description"])] == []


def test_every_incremental_model_says_how_far_a_change_reaches_and_builds_those_days(project):
    incremental = {
        name: node for name, node in project.models.items() if node["config"]["materialized"] == "incremental"
    }
    assert {"fct_member_days", "fct_member_engagement", "community_days"} <= set(incremental)
    for name, node in incremental.items():
        built = {reach for _, reach in BUILDS_DAYS.findall(node["raw_code"])}
        assert built == {str(node["config"]["meta"]["reach_days"])}, name
        assert node["config"]["incremental_strategy"] == "replace_days", name


def test_as_of_days_are_found_for_every_reach_that_a_model_declares(project):
    declared = {node["config"]["meta"].get("reach_days") for node in project.models.values()}
    days = {reach for reach in declared if isinstance(reach, int) and reach > 1}
    windows = {row[0] for row in project.query("select distinct reach_days from rebuild.stale_as_of_days")}
    assert windows == days | {max(WINDOWS)}


def test_every_model_ends_with_its_final_step(project):
    assert failing(project, lambda node: FINAL.search(f"{node['raw_code']}\n")) == []


def test_published_models_list_their_columns(project):
    published = {name: node for name, node in project.models.items() if node["fqn"][1] in PUBLISHED}
    assert len(published) >= 15
    final = {name: FINAL.search(f"{node['raw_code']}\n")[1] for name, node in published.items()}
    assert [name for name, step in final.items() if STAR.search(step)] == []


def test_published_models_select_their_columns_in_the_order_that_is_described(project):
    published = {name: node for name, node in project.models.items() if node["fqn"][1] in PUBLISHED}
    selected = {name: [row[0] for row in project.query(f"describe {project.compiled(name)}")] for name in published}
    assert [name for name, node in published.items() if list(node["columns"]) != selected[name]] == []


def test_published_models_have_an_enforced_contract(project):
    assert failing(project, lambda node: node["fqn"][1] not in PROMISED or node["config"]["contract"]["enforced"]) == []


def test_no_model_knows_its_engine(project):
    assert failing(project, lambda node: "target." not in node["raw_code"] and "adapter." not in node["raw_code"]) == []


def test_no_number_is_of_32_bits(project):
    assert failing(project, lambda node: not re.search(r"\b(float|real)\b", node["raw_code"])) == []
    small = [table for table, columns in built_columns(project).items() if "FLOAT" in columns.values()]
    assert small == []
