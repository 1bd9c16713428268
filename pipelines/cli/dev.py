"""``make dev``: Dagster's pages and daemon on loopback, with the home's configuration and history."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from pipelines.cli.instance import prepare_instance
from pipelines.cli.said import read_settings, say
from pipelines.cli.unlock import free_of_dead_runs
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.dbt import ensure_manifest


def main() -> None:
    """Replace this process by ``dagster dev``; options of the command line are passed on."""
    ensure_manifest()
    try:
        settings = read_settings()
    except typer.Exit as wrong:
        raise SystemExit(wrong.exit_code) from wrong
    home = Home(settings.home)
    prepare_instance(home, settings)
    for line in free_of_dead_runs(home, settings):
        say(line)
    command = [
        str(Path(sys.executable).with_name("dagster")),
        "dev",
        "--workspace",
        str(PROJECT_DIR / "workspace.yaml"),
        "--host",
        "127.0.0.1",
        *sys.argv[1:],
    ]
    os.chdir(PROJECT_DIR)
    os.execv(command[0], command)  # noqa: S606 - no shell, a command made of constants


if __name__ == "__main__":
    main()
