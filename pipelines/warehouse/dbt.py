"""dbt inside this process, for both invocations of a run.

One import and one parse serve both, and a killed run leaves no child that goes on holding the warehouse.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.settings import PROJECT_DIR, SECRETS, Settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
MANIFEST_PATH = DBT_PROJECT_DIR / "target" / "manifest.json"
_STAMP_PATH = MANIFEST_PATH.with_name("manifest.sources")


class DbtError(RuntimeError):
    """A dbt invocation that did not succeed; the message names each node that failed and why."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one node of dbt's graph: ``status`` as dbt says it, ``seconds`` of execution."""

    unique_id: str
    resource_type: str
    name: str
    status: str
    message: str
    seconds: float
    failures: int

    @property
    def succeeded(self) -> bool:
        """Whether nothing that blocks came up; a warning does not block."""
        return self.status in ("success", "pass", "warn", "no-op")


def project_files() -> list[Path]:
    """Files that decide what dbt builds, in a fixed order."""
    kept = (".sql", ".yml", ".csv")
    ignored = {"target", "logs", "dbt_packages"}
    return sorted(
        path
        for path in DBT_PROJECT_DIR.rglob("*")
        if path.suffix in kept and not ignored & set(path.relative_to(DBT_PROJECT_DIR).parts)
    )


def project_digest() -> str:
    """Digest of all files of the dbt project: with another one it is parsed again."""
    return _digest(project_files())


def transformation_digest() -> str:
    """Digest of what decides the marts' rows: models, macros and the project's variables, not docs and tests."""
    tests = DBT_PROJECT_DIR / "tests"
    decisive = [path for path in project_files() if path.suffix == ".sql" and tests not in path.parents]
    return _digest([DBT_PROJECT_DIR / "dbt_project.yml", *decisive])


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(DBT_PROJECT_DIR)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def ensure_manifest() -> Path:
    """Parse the project unless the manifest on disk is of these very files; returns its path."""
    digest = project_digest()
    if not (MANIFEST_PATH.exists() and _STAMP_PATH.exists() and _STAMP_PATH.read_text() == digest):
        _invoke(["parse"])
        _STAMP_PATH.write_text(digest)
    return MANIFEST_PATH


def build(
    settings: Settings,
    select: Sequence[str],
    *,
    full_refresh: bool = False,
    completes_run: bool = False,
    is_part: bool = False,
) -> list[NodeResult]:
    """Run ``dbt build`` on the warehouse of ``settings.home``; the caller holds the home's lock.

    Args:
        settings: Settings of the community.
        select: dbt selectors; a leading ``-`` excludes. Data tests run too; unit tests belong to the test suite.
        full_refresh: Whether incremental tables are rebuilt too (everything is).
        completes_run: Whether success marks the run's stale days as done.
        is_part: Whether models outside the selection may be missing: tests that compare with them are left out.

    Returns:
        One result per node, failed and skipped ones too; ``raise_for_failures`` turns those into an error.

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
    with _environment(dbt_environment(settings) | {"GUILDBOOK_COMPLETES_RUN": "yes" if completes_run else "no"}):
        outcome = _invoke(arguments, target=settings.home / "lake" / ".staging" / "dbt")
    return [_node_result(result) for result in outcome]


def write_docs(settings: Settings, folder: Path) -> Path:
    """Write dbt's own site of the warehouse of ``settings.home`` as one file that opens from disk; returns its path.

    The caller holds the home's lock. Every model has to be built: the site shows the columns that it finds.

    Raises:
        DbtError: dbt could not compile the project or read the warehouse.
    """
    target = settings.home / "lake" / ".staging" / "dbt"
    page = target / "static_index.html"
    page.unlink(missing_ok=True)
    with _environment(dbt_environment(settings)):
        catalog = _invoke(["docs", "generate", "--static"], target=target)
    if catalog.errors or not page.exists():
        raise DbtError("; ".join(catalog.errors or ["a model does not compile"]))
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(page, folder / "index.html"))


def raise_for_failures(results: Sequence[NodeResult]) -> None:
    """Raise ``DbtError`` with the reason of every node that failed; nodes skipped because of those are not named."""
    failed = [result for result in results if not result.succeeded and result.status != "skipped"]
    if failed:
        raise DbtError("; ".join(f"{node.name}: {node.status}: {node.message}" for node in failed))


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Settings as the environment variables that the dbt project reads; no secret is one."""
    values = settings.model_dump(mode="json", exclude=set(SECRETS))
    return {f"GUILDBOOK_{name.upper()}": _as_text(value) for name, value in values.items()}


def _as_text(value: object) -> str:
    """A setting's value in the way in which the environment gives it."""
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@lru_cache(maxsize=1)
def _manifest(digest: str) -> Manifest:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - importing dbt takes seconds

    # dbt parses everything again when the profile differs from the last time's, and nothing parsed depends on the home.
    with _environment({"GUILDBOOK_HOME": "any"}):
        result = dbtRunner().invoke(["parse", *_common_arguments(MANIFEST_PATH.parent)])
    if not result.success:
        raise DbtError(str(result.exception)) from result.exception
    manifest: Manifest = result.result
    return manifest


def _invoke(arguments: list[str], target: Path | None = None) -> Any:  # noqa: ANN401 - dbt's results are untyped
    """Invoke dbt; returns its node results. Closes the warehouse before it returns."""
    manifest = _manifest(project_digest())
    if arguments == ["parse"]:
        return []
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    assert target is not None
    target.mkdir(parents=True, exist_ok=True)
    try:
        result = dbtRunner(manifest=manifest).invoke([*arguments, *_common_arguments(target)])
    finally:
        DuckDBConnectionManager.close_all_connections()
        gc.collect()
    if result.exception is not None:
        raise DbtError(str(result.exception)) from result.exception
    return result.result


def _common_arguments(target: Path) -> list[str]:
    return [
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
