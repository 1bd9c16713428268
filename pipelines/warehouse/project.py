"""The dbt project as files: where it lies, digests of what it holds, and the settings that it reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.settings import PROJECT_DIR, SECRETS, Settings

DBT_PROJECT_DIR = PROJECT_DIR / "dbt_project"
MANIFEST_PATH = DBT_PROJECT_DIR / "target" / "manifest.json"
STAMP_PATH = MANIFEST_PATH.with_name("manifest.sources")


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
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Have these environment variables for a while, and those of before again after it."""
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
