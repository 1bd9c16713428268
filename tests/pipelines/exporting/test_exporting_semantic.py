"""The catalogue as dbt's semantic models: dbt parses them, the library of semantic models finds nothing wrong."""

from __future__ import annotations

import json

import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator

from pipelines.exporting.semantic import export_metrics, exported, project
from pipelines.metrics.metric import AddsUp, catalogue
from pipelines.settings import Settings
from tests.support.asking import publish


def test_a_metric_is_said_as_the_catalogue_counts_it(tmp_path):
    files = project(catalogue(), tmp_path / "analytics.duckdb")
    models = {one["name"]: one for one in yaml.safe_load(files["models/semantic_models.yml"])["semantic_models"]}
    metrics = {one["name"]: one for one in yaml.safe_load(files["models/metrics.yml"])["metrics"]}
    measures = {measure["name"]: measure for one in models.values() for measure in one["measures"]}

    assert measures["mau_value"]["non_additive_dimension"] == {"name": "day_counted", "window_choice": "max"}
    assert measures["dau_value"]["agg"] == "average"
    assert measures["first_responders_value"]["agg"] == "count_distinct"
    assert (
        measures["month_1_retention_numerator"]["expr"]
        == "case when (age_months = 1) and (is_complete) then n_active end"
    )
    assert metrics["mrr"]["description"].endswith("Always group by currency.")
    assert metrics["renewal_rate"]["type_params"] == {
        "numerator": "renewal_rate_numerator",
        "denominator": "renewal_rate_denominator",
    }
    assert metrics["mrr"]["config"]["meta"]["name_zh"] == catalogue()["mrr"].name.zh
    assert {"currency"} <= {one["name"] for one in models["revenue_months"]["dimensions"]}


def test_what_does_not_add_up_is_left_out_and_nothing_else():
    left_out = {key for key, one in catalogue().items() if one.adds_up is AddsUp.NONE}

    assert catalogue().keys() - exported(catalogue()).keys() == left_out
    assert "median_response_hours" in left_out


def test_a_mean_of_days_has_a_row_a_day():
    """The average of rows is the mean of days only then."""
    means = {key: one for key, one in catalogue().items() if one.adds_up is AddsUp.MEAN}

    assert {(one.mart, one.columns) for one in means.values()} == {("community_days", ())}


def test_what_nobody_delivers_is_left_out_as_it_would_be_zero(tmp_path):
    lacking = "update marts.log_coverage set is_collected = false where log in ('payments', 'subscriptions')"
    home = publish(tmp_path / "home", lambda marts: marts.con.execute(lacking))

    export_metrics(home, Settings(home=home.root), tmp_path / "out")

    names = {
        one["name"] for one in yaml.safe_load((tmp_path / "out" / "models" / "metrics.yml").read_text())["metrics"]
    }
    assert "mau" in names
    assert not names & {key for key, one in catalogue().items() if {"payments", "subscriptions"} & {*one.needs}}


@pytest.mark.dbt
def test_dbt_and_the_library_of_semantic_models_take_the_project(tmp_path):
    home = publish(tmp_path / "home")
    out = tmp_path / "out"
    names = export_metrics(home, Settings(home=home.root), out)
    assert {path.relative_to(out).as_posix() for path in out.rglob("*.*")} == {*names, "export.json"}

    folders = ["--project-dir", str(out), "--profiles-dir", str(out), "--target-path", str(tmp_path / "target")]
    result = dbtRunner().invoke(["--quiet", "--log-path", str(tmp_path / "logs"), "parse", *folders])

    assert result.success, result.exception
    manifest = json.loads((tmp_path / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))
    found = SemanticManifestValidator().validate_semantic_manifest(PydanticSemanticManifest.parse_obj(manifest))
    assert [one.message for one in (*found.errors, *found.future_errors, *found.warnings)] == []
    assert {one["name"] for one in manifest["metrics"]} >= exported(catalogue()).keys()
    (spine,) = manifest["project_configuration"]["time_spines"]
    assert spine["primary_column"] == {"name": "day", "time_granularity": "day"}
    relations = {one["node_relation"]["relation_name"] for one in manifest["semantic_models"]}
    assert '"analytics"."marts"."revenue_months"' in relations
