"""Variables of the dbt project that Python needs too: limits of alarms, kinds. Each is said there and nowhere else."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from pipelines.warehouse.project import DBT_PROJECT_DIR


@cache
def variables() -> dict[str, Any]:
    """Return the project's variables as its file has them."""
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    found: dict[str, Any] = project["vars"]
    return found
