"""The definitions as Dagster sees them: what comes after what, which checks block, what Dagster is told to leave."""

import ast

import dagster as dg
import pytest

from pipelines.cli.instance import prepare_instance
from pipelines.contract import LOGS
from pipelines.definitions import defs
from pipelines.defs.jobs import selection_for
from pipelines.defs.raw import raw_key
from pipelines.defs.warehouse import records, warehouse
from pipelines.gates import facts, relations
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings

GRAPH = defs.resolve_asset_graph()
RAW = {raw_key(name) for name in LOGS}
MARTS = {key for key in warehouse.keys if key.path[0] == "marts"}


def key(*path):
    return dg.AssetKey(list(path))


def gates():
    """Keys of the gates' checks; dbt's own tests are checks too, but stop the step that runs them."""
    return {check for check in GRAPH.asset_check_keys if check.name.startswith("gate_")}


def test_the_definitions_load():
    dg.Definitions.validate_loadable(defs)


IN_ORDER = [
    ("raw logs before the plan", RAW, key("build_plan")),
    ("the plan before every mart", {key("build_plan")}, key("marts", "fct_member_days")),
    ("gated facts before the model", {key("marts", name) for name in facts.SUITES}, key("churn_model")),
    ("features before the model", {key("churn", "churn_features"), key("churn", "churn_labels")}, key("churn_model")),
    ("the model before the scores", {key("churn_model")}, key("churn_scores")),
    ("scores before the list of members to contact", {key("churn_scores")}, key("retention_list")),
    ("the list before its record", {key("retention_list")}, key("marts", "retention_actions")),
    ("scores before each record", {key("churn_scores")}, key("marts", "churn_predictions")),
    ("everything before the publication", RAW | MARTS | set(records.keys) | {key("churn_scores")}, key("published")),
    ("the publication before the messages", {key("published")}, key("sent_messages")),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in IN_ORDER], ids=[case[0] for case in IN_ORDER])
def test_what_comes_before_what(before, after):
    assert before <= GRAPH.get_ancestor_asset_keys(after)


def test_every_log_and_gated_mart_has_its_gate_and_every_gate_blocks():
    expected = {(raw_key(name), "gate_deliveries") for name in LOGS}
    expected |= {(key("marts", name), "gate_facts") for name in facts.SUITES}
    expected |= {(key("churn_scores"), "gate_predictions"), (key("marts", relations.TABLE), "gate_relations")}

    assert {(check.asset_key, check.name) for check in gates()} == expected
    assert [check for check in gates() if not GRAPH.get_check_spec(check).blocking] == []


def test_a_run_leaves_out_the_raw_logs_without_a_delivery_and_nothing_else():
    keys = sorted(GRAPH.materializable_asset_keys)

    left_out = set(keys) - set(selection_for({"interactions", "members"}))

    assert left_out == RAW - {raw_key("interactions"), raw_key("members")}


def test_dagster_keeps_to_one_run_and_reports_to_nobody(tmp_path, monkeypatch):
    home = Home(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    prepare_instance(home, Settings(max_run_hours=2))
    (home.dagster / "dagster.yaml").write_text("telemetry: {enabled: true}\n")
    prepare_instance(home, Settings(max_run_hours=2))

    with dg.DagsterInstance.get() as instance:
        assert instance.root_directory == str(home.dagster)
        assert not instance.telemetry_enabled
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
        assert instance.run_monitoring_enabled


def test_an_operators_own_dagster_home_is_used_and_left_as_it_is(tmp_path, monkeypatch):
    home, own = Home(tmp_path / "home"), tmp_path / "own"
    own.mkdir()
    (own / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    prepare_instance(home, Settings(dagster_home=own))

    with dg.DagsterInstance.get() as instance:
        assert instance.root_directory == str(own)
    assert (own / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"
    assert not (home.dagster / "dagster.yaml").exists()


def test_nothing_private_of_dagster_is_imported():
    """Names that begin with an underscore may go with any release."""
    found = []
    for path in sorted((PROJECT_DIR / "pipelines").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [
                f"{path.name}: {name}"
                for name in modules
                if name.split(".")[0].startswith("dagster") and any(part.startswith("_") for part in name.split("."))
            ]
    # Dagster has no public way to say how its events are stored and how a run is begun in another process; the tests of
    # both hold ours to what its own do.
    assert found == [
        "event_store.py: dagster._core.storage.event_log.SqliteEventLogStorage",
        "launcher.py: dagster._grpc.types.ExecuteRunArgs",
    ]
