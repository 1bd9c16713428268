"""The YAML beside the SQL: one form, nothing missing or cut short, and nothing said word for word in many places."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import yaml

from pipelines.warehouse import dbt
from pipelines.warehouse.project import DBT_PROJECT_DIR, project_files

OFTEN = 3
"""Columns that may bear the same words; more of them name a block of ``models/columns.md``."""

OF_A_COLUMN = {"name", "description", "data_type", "constraints", "data_tests", "config"}


@pytest.fixture(scope="module")
def manifest():
    return json.loads(dbt.ensure_manifest().read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def properties():
    files = [path for path in project_files() if path.suffix == ".yml" and path.parent != DBT_PROJECT_DIR]
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in files}


def columns(properties):
    return [
        (name, column)
        for name, said in properties.items()
        for model in said.get("models", [])
        for column in model.get("columns", [])
    ]


def test_every_macro_is_described(manifest):
    own = {one["name"]: one["description"] for one in manifest["macros"].values() if one["package_name"] == "guildbook"}
    assert {"horizon_days", "winning_versions", "test_unique_together", "materialization_table_duckdb"} <= set(own)
    assert [name for name, description in own.items() if not description.strip().endswith(".")] == []


def test_every_model_has_an_owner(manifest):
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(models) > 100
    assert [node["name"] for node in models if not node["meta"].get("owner")] == []


def test_no_file_says_the_version_of_dbts_yaml(properties):
    assert [name for name, said in properties.items() if "version" in said] == []


def test_no_description_is_cut_at_a_comma(properties):
    assert len(columns(properties)) > 1000
    assert [(name, column["name"]) for name, column in columns(properties) if set(column) - OF_A_COLUMN] == []


def test_what_many_columns_mean_is_said_once(properties):
    said = Counter((column["name"], column.get("description", "").strip()) for _, column in columns(properties))
    assert [one for one, n in said.items() if n > OFTEN and one[1] and "doc(" not in one[1]] == []


def test_every_block_of_meanings_is_named_by_some_columns(properties):
    text = (DBT_PROJECT_DIR / "models" / "columns.md").read_text(encoding="utf-8")
    blocks = {part.split()[0] for part in text.split("{% docs ")[1:]}
    named = Counter(
        column["description"].split("'")[1]
        for _, column in columns(properties)
        if "doc(" in column.get("description", "")
    )
    assert set(named) == blocks
    assert [block for block, n in named.items() if n <= OFTEN] == []


def test_no_column_that_may_hold_what_a_member_wrote_has_to_hold_something(properties):
    """An erasure empties such a text; where it may not be empty, the erasure stops."""
    written = {
        "title",
        "referrer",
        "channel",
        "tag",
        "tags",
        "value",
        "end_reason",
        "plan",
        "display_name",
        "profile_url",
    }
    bound = [
        (model["name"], column["name"])
        for one in properties.values()
        for model in one.get("models", [])
        for column in model.get("columns", [])
        if column["name"] in written and column.get("data_type") == "varchar" and column.get("constraints")
    ]

    assert bound == []
