"""The charter of the models, ``dbt_project/models/README.md``: subjects in its order, sources read where it says."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.settings import PROJECT_DIR
from pipelines.warehouse import dbt
from pipelines.warehouse.verify import mart_names, record_names

CHARTER = (PROJECT_DIR / "dbt_project" / "models" / "README.md").read_text(encoding="utf-8")
LAYERED = ("intermediate", "marts", "records")
TOGETHER = {"activity", "rebuild"}
"""Subjects on one step that may read each other, as the charter says."""

SOURCE_READERS = {
    "lake": {
        "base",
        "staging",
        "churn",
        "latest_interactions",
        "int_content__prices",
        "quarantine_summary",
    },
    "state": {"base", "rebuild", "int_relations__new_log_days"},
    "ledger": {"records", "int_retention__assignments", "int_retention__compared"},
}
"""Source -> layers and single models that read it; what the run tells dbt (``control``) is for all."""


def order():
    """Subject -> its step, from the one line of the charter that says so."""
    (line,) = re.findall(r"^    (base → .+)$", CHARTER, flags=re.MULTILINE)
    return {subject: step for step, names in enumerate(line.split(" → ")) for subject in names.split(", ")}


def layer(node):
    return node["fqn"][1]


def subject(node):
    return node["fqn"][2] if layer(node) in LAYERED else layer(node)


def wrong_reads(nodes):
    """Pairs of a model and one it reads that is further to the right, or beside it on the same step."""
    steps = order()
    wrong = []
    for node in nodes.values():
        for name in node["depends_on"]["nodes"]:
            one, other = subject(node), subject(nodes[name]) if name in nodes else subject(node)
            if one != other and {one, other} != TOGETHER and steps[other] >= steps[one]:
                wrong.append((node["name"], nodes[name]["name"]))
    return wrong


@pytest.fixture(scope="module")
def models():
    nodes = json.loads(dbt.ensure_manifest().read_text(encoding="utf-8"))["nodes"]
    return {name: node for name, node in nodes.items() if node["resource_type"] == "model"}


def test_every_model_lies_in_the_folder_of_a_layer_and_subject_of_the_charter(models):
    assert {subject(node) for node in models.values()} == set(order())
    layers = re.findall(r"^\| `(\w+)` \|.+\|.*\|.*\|$", CHARTER, flags=re.MULTILINE)
    assert {layer(node) for node in models.values()} == set(layers)
    depth = {name: 4 if layer(node) in LAYERED else 3 for name, node in models.items()}
    assert [name for name, node in models.items() if len(node["fqn"]) != depth[name]] == []


def test_verify_compares_every_mart_and_knows_every_record(models):
    of_layer = {
        name: sorted(one["name"] for one in models.values() if layer(one) == name) for name in ("marts", "records")
    }
    assert len(of_layer["marts"]) > 30
    assert (mart_names(), record_names()) == (of_layer["marts"], of_layer["records"])


def test_models_read_only_what_stands_before_them(models):
    assert wrong_reads(models) == []


def test_the_charters_wrong_example_would_be_found(models):
    fact, history = "model.guildbook.fct_member_days", "model.guildbook.member_history"
    read = {"nodes": [*models[fact]["depends_on"]["nodes"], history]}
    assert wrong_reads(models | {fact: models[fact] | {"depends_on": read}}) == [("fct_member_days", "member_history")]


def test_sources_are_read_only_where_the_charter_says(models):
    found = {source: set() for source in SOURCE_READERS}
    for node in models.values():
        for name in node["depends_on"]["nodes"]:
            source = name.split(".")[2]
            if name.startswith("source.") and source in found:
                known = SOURCE_READERS[source]
                found[source].add(layer(node) if layer(node) in known else node["name"])
    assert found == SOURCE_READERS
