"""The steps of docs/mart-versions.md, taken on a copy of the project: two versions of a mart side by side."""

from __future__ import annotations

import gc
import re
import shutil
from datetime import date

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.reference import interface
from pipelines.reference.manifest import load_manifest, published_marts
from pipelines.reference.marts import page
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.project import dbt_environment

UNTIL = date(2027, 3, 31)
SAID = f"Deprecated: gone after {UNTIL}; use log_coverage_v2."


@pytest.fixture(scope="module")
def changed(project, tmp_path_factory):
    """Marts of a project in which log_coverage counts log days under another name, and the rows it built."""
    folder = tmp_path_factory.mktemp("versions")
    shutil.copytree(PROJECT_DIR / "dbt_project", folder / "project", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(project.home.root, folder / "home", ignore=shutil.ignore_patterns("target"))
    marts = folder / "project" / "models" / "marts" / "deliveries"
    old = marts / "log_coverage.sql"
    (marts / "log_coverage_v2.sql").write_text(
        old.read_text().replace("        delivered.n_log_days,", "        delivered.n_log_days as n_days,")
    )
    old.rename(marts / "log_coverage_v1.sql")
    (model,) = yaml.safe_load((marts / "log_coverage.yml").read_text())["models"]
    columns = [dict(one, name="n_days") if one["name"] == "n_log_days" else one for one in model["columns"]]
    model["versions"] = [
        {
            "v": 1,
            "config": {"alias": "log_coverage"},
            "deprecation_date": UNTIL,
            "description": f"{model['description'].strip()} {SAID}",
            "columns": [
                {"include": "all", "exclude": ["n_days"]},
                *(one for one in model["columns"] if one["name"] == "n_log_days"),
            ],
        },
        {"v": 2},
    ]
    model |= {"latest_version": 2, "columns": columns}
    (marts / "log_coverage.yml").write_text(yaml.safe_dump({"version": 2, "models": [model]}))

    places = ["--project-dir", str(folder / "project"), "--profiles-dir", str(folder / "project")]
    output = ["--target-path", str(folder / "target"), "--log-path", str(folder / "target")]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dbt_environment(Settings(home=folder / "home")).items():
            patch.setenv(name, value)
        try:
            result = dbtRunner().invoke(["--quiet", "run", "--select", "log_coverage", *places, *output])
        finally:
            DuckDBConnectionManager.close_all_connections()
            gc.collect()
    assert result.success, result.exception or [one.message for one in result.result]
    return folder, load_manifest(folder / "target" / "manifest.json")


def test_both_versions_are_built_and_the_old_one_keeps_its_name_and_says_that_it_goes(changed):
    folder, _ = changed

    with open_warehouse(Home(folder / "home")) as con:
        tables = con.execute(
            "select table_name, table_comment from information_schema.tables "
            "where table_name like 'log_coverage%' order by 1"
        ).fetchall()
        old = [row[0] for row in con.execute("describe marts.log_coverage").fetchall()]
        new = [row[0] for row in con.execute("describe marts.log_coverage_v2").fetchall()]

    assert [name for name, _ in tables] == ["log_coverage", "log_coverage_v2"]
    assert tables[0][1].endswith(SAID)
    assert "Deprecated" not in tables[1][1]
    assert ("n_log_days" in old, "n_days" in old) == (True, False)
    assert ("n_log_days" in new, "n_days" in new) == (False, True)


def test_two_versions_break_no_promise_and_the_old_one_is_committed_as_deprecated(changed):
    _, manifest = changed

    merged = interface.merge(interface.read(), published_marts(manifest))

    assert merged["log_coverage"]["deprecated_until"] == UNTIL
    assert "n_days" in merged["log_coverage_v2"]["columns"]
    without = {name: promise for name, promise in merged.items() if name != "log_coverage"}
    assert interface.breaking_changes(merged, without) == []


def test_the_page_of_the_old_version_says_it_on_top(changed):
    _, manifest = changed
    marts = {mart.name: mart for mart in published_marts(manifest)}

    assert f"**Deprecated:** gone after {UNTIL}." in page(marts["log_coverage"], {})
    assert "Deprecated" not in page(marts["log_coverage_v2"], {})


def test_what_is_deprecated_says_so_in_its_comment(project, changed):
    _, manifest = changed
    deprecated = [mart for mart in published_marts(manifest) if mart.deprecated_until]
    deprecated += [mart for mart in published_marts(project.manifest) if mart.deprecated_until]

    assert deprecated
    for mart in deprecated:
        assert re.search(rf"Deprecated: gone after {mart.deprecated_until}; use \w+\.$", mart.description), mart.name
