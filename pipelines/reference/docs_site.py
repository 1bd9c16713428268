"""``python -m pipelines.reference.docs_site`` (``make docs``): dbt's own site of every table, its lineage and its SQL.

The tables are built without rows in a folder that is thrown away. So the site is the same on a fresh clone and beside
years of data, and no run waits for it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from pipelines.home import Home
from pipelines.settings import Settings, get_settings
from pipelines.warehouse import dbt
from pipelines.warehouse.control import write_plan
from pipelines.warehouse.plan import BuildPlan
from pipelines.warehouse.project import MANIFEST_PATH
from pipelines.warehouse.results import raise_for_failures
from pipelines.warehouse.sources import ensure_sources

SITE_DIR = MANIFEST_PATH.with_name("site")
"""In dbt's own folder of what it makes: git ignores it, and ``make clean`` removes it."""


def write_docs_site(settings: Settings, folder: Path = SITE_DIR) -> Path:
    """Write the site into ``folder`` and return the page to open; needs no data and no network.

    Raises:
        DbtError: A model could not be built, or dbt could not describe it.
    """
    with TemporaryDirectory() as place:
        empty = settings.model_copy(update={"home": Path(place), "engine": "duckdb"})
        home = Home(empty.home)
        ensure_sources(home)
        day = settings.first_log_day
        write_plan(home, BuildPlan(fingerprint="", first_day=day, through_day=day, full_because="", training_days=()))
        raise_for_failures(dbt.build(empty, ["-resource_type:test"]))
        return dbt.write_docs(empty, folder)


def main() -> None:
    """Write the site and say where it is."""
    typer.echo(f"Tables, lineage and SQL: {write_docs_site(get_settings())}")


if __name__ == "__main__":
    main()
