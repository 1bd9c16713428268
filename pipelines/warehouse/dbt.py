"""The builds of the warehouse: by dbt inside this process, or by the statements that it sent in such a build before.

One import and one parse serve both builds of a run, and a killed run leaves no child that goes on holding the
warehouse. What dbt adds to its statements takes ten times as long as they do on a quiet day, so it runs where a build
is new (``statements``), or where one does not succeed.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings
from pipelines.warehouse import statements
from pipelines.warehouse.project import (
    DBT_PROJECT_DIR,
    MANIFEST_PATH,
    STAMP_PATH,
    dbt_environment,
    environment,
    project_digest,
)
from pipelines.warehouse.replay import Unfit, replay
from pipelines.warehouse.results import DbtError, NodeResult, seen

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def ensure_manifest() -> Path:
    """Parse the project unless the manifest on disk is of these very files; returns its path."""
    digest = project_digest()
    if not (MANIFEST_PATH.exists() and STAMP_PATH.exists() and STAMP_PATH.read_text() == digest):
        _invoke(["parse"])
        STAMP_PATH.write_text(digest)
    return MANIFEST_PATH


def build(
    settings: Settings,
    select: Sequence[str],
    *,
    full_refresh: bool = False,
    completes_run: bool = False,
    is_part: bool = False,
) -> list[NodeResult]:
    """Run ``dbt build`` to its end; arguments, results and errors are those of ``node_results``."""
    return list(node_results(settings, select, full_refresh=full_refresh, completes_run=completes_run, is_part=is_part))


def node_results(
    settings: Settings,
    select: Sequence[str],
    *,
    full_refresh: bool = False,
    completes_run: bool = False,
    is_part: bool = False,
) -> Iterator[NodeResult]:
    """Run ``dbt build`` on the warehouse of ``settings.home``; the caller holds the home's lock.

    Results come as they are known, so the warehouse is open in between.

    Args:
        settings: Settings of the community.
        select: dbt selectors; a leading ``-`` excludes. Data tests run too; unit tests belong to the test suite.
        full_refresh: Whether incremental tables are rebuilt too (everything is).
        completes_run: Whether success marks the run's stale days as done.
        is_part: Whether models outside the selection may be missing: tests that compare with them are left out.

    Yields:
        One result per node, failed and skipped ones too; ``raise_for_failures`` turns those into an error. A node that
        succeeded may be told a second time, if it then failed.

    Raises:
        DbtError: dbt itself failed, so no node ran to its end.
    """
    # The results are read in this process: artifacts and a log of every statement would take seconds and help nobody.
    arguments = ["build", "--no-write-json", "--log-level-file", "none"]
    if chosen := [selector for selector in select if not selector.startswith("-")]:
        arguments += ["--select", *chosen]
    if left_out := [selector[1:] for selector in select if selector.startswith("-")]:
        arguments += ["--exclude", *left_out]
    arguments += ["--exclude-resource-type", "unit_test"]
    if is_part:
        arguments += ["--indirect-selection", "cautious"]
    if full_refresh:
        arguments.append("--full-refresh")
    if full_refresh and not is_part:
        # No block that was freed outlives a full rebuild, which follows whenever rows are told differently.
        for path in (Home(settings.home).marts, Home(settings.home).marts.with_suffix(".duckdb.wal")):
            path.unlink(missing_ok=True)
    variables = dbt_environment(settings) | {"GUILDBOOK_COMPLETES_RUN": "yes" if completes_run else "no"}
    if settings.engine == "spark":
        yield from _on_spark(settings, variables, arguments)
        return
    place = statements.script_path(settings, variables, arguments)
    told: set[str] = set()
    if (script := statements.load(place, settings)) is not None:
        try:
            for node in replay(script, settings.home / "warehouse.duckdb"):
                told.add(node.unique_id)
                yield node
        except Unfit:
            pass
        else:
            return
    recorder = statements.Recorder()
    with environment(variables):
        outcome = _invoke(arguments, target=settings.home / "lake" / ".staging" / "dbt", recorder=recorder)
    nodes = _seen(Home(settings.home), [_node_result(result) for result in outcome])
    if recorder.credentials is not None and all(node.succeeded for node in nodes):
        statements.keep(place, recorder.script(outcome), settings)
    yield from (node for node in nodes if node.unique_id not in told or not node.succeeded)


def _on_spark(settings: Settings, variables: dict[str, str], arguments: list[str]) -> list[NodeResult]:
    """Let the server build; what Python reads is copied once all of it is built."""
    from pipelines.warehouse.spark import copies, session, tables  # noqa: PLC0415 - an extra

    home = Home(settings.home)
    server = session.connect(settings)
    tables.register(server, home, settings)
    with environment(variables | {"SPARK_REMOTE": session.address(settings)}), session.quiet_about_hive():
        outcome = _invoke(arguments, target=settings.home / "lake" / ".staging" / "dbt", engine="spark")
    nodes = [_node_result(result) for result in outcome]
    if all(node.succeeded for node in nodes):
        copies.copy(server, home, [one.node for one in outcome if str(one.node.resource_type) == "model"])
        nodes = _seen(home, nodes)
    return nodes


def _seen(home: Home, nodes: list[NodeResult]) -> list[NodeResult]:
    """Return the results with what the marts hold; where a build broke off early there are none."""
    if not home.marts.exists():
        return nodes
    with open_warehouse(home) as con:
        return [seen(con, node) for node in nodes]


def write_docs(settings: Settings, folder: Path) -> Path:
    """Write dbt's own site of the warehouse of ``settings.home`` as one file that opens from disk; returns its path.

    The caller holds the home's lock. Every model has to be built: the site shows the columns that it finds.

    Raises:
        DbtError: dbt could not compile the project or read the warehouse.
    """
    target = settings.home / "lake" / ".staging" / "dbt"
    page = target / "static_index.html"
    page.unlink(missing_ok=True)
    with environment(dbt_environment(settings)):
        catalog = _invoke(["docs", "generate", "--static"], target=target)
    if catalog.errors or not page.exists():
        raise DbtError("; ".join(catalog.errors or ["a model does not compile"]))
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(page, folder / "index.html"))


@lru_cache(maxsize=1)
def _manifest(digest: str, engine: str = "duckdb") -> Manifest:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - importing dbt takes seconds

    # dbt parses everything again when the profile differs from the last time's, and nothing parsed depends on the home.
    with environment({"GUILDBOOK_HOME": "any"}):
        folder = MANIFEST_PATH.parent if engine == "duckdb" else MANIFEST_PATH.parent / engine
        result = dbtRunner().invoke(["parse", *_common_arguments(folder, engine)])
    if not result.success:
        raise DbtError(str(result.exception)) from result.exception
    manifest: Manifest = result.result
    return manifest


def _invoke(
    arguments: list[str],
    target: Path | None = None,
    recorder: statements.Recorder | None = None,
    engine: str = "duckdb",
) -> Any:  # noqa: ANN401 - dbt's results are untyped
    """Invoke dbt; returns its node results. Closes the warehouse before it returns."""
    manifest = _manifest(project_digest(), engine)
    if arguments == ["parse"]:
        return []
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    assert target is not None
    target.mkdir(parents=True, exist_ok=True)
    try:
        runner = dbtRunner(manifest=manifest, callbacks=[recorder] if recorder else [])
        result = runner.invoke([*arguments, *_common_arguments(target, engine)])
        if recorder is not None:
            recorder.credentials = DuckDBConnectionManager.env().creds
    finally:
        DuckDBConnectionManager.close_all_connections()
        gc.collect()
    if result.exception is not None:
        raise DbtError(str(result.exception)) from result.exception
    return result.result


def _common_arguments(target: Path, engine: str) -> list[str]:
    return [
        "--target",
        engine,
        "--quiet",
        "--log-level",
        "none",
        "--project-dir",
        str(DBT_PROJECT_DIR),
        "--profiles-dir",
        str(DBT_PROJECT_DIR),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    ]


def _node_result(result: Any) -> NodeResult:  # noqa: ANN401 - dbt's results are untyped
    return NodeResult(
        unique_id=result.node.unique_id,
        resource_type=str(result.node.resource_type),
        name=result.node.name,
        status=str(result.status),
        message=result.message or "",
        seconds=result.execution_time,
        failures=result.failures or 0,
    )
