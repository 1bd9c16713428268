"""``guildbook dev``: Dagster on loopback, with the home's configuration and history.

It runs the pages and the daemon. ``guildbook dev pages`` serves the pages alone, to look at and not to change, for a
web server to pass on: ``docs/access.md``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipelines.cli.console import read_settings, say
from pipelines.cli.instance import prepare_instance
from pipelines.cli.unlock import free_of_dead_runs
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.dbt import ensure_manifest

LOOPBACK = ("--host", "127.0.0.1")
"""Where Dagster listens: it knows no passwords, so nobody else may reach it."""
PAGES = "pages"
"""Word of the command line that asks for the pages alone."""


def start(words: list[str]) -> None:
    """Replace this process by Dagster; further words of the command line are passed on to it."""
    ensure_manifest()
    settings = read_settings()
    home = Home(settings.home)
    prepare_instance(home, settings)
    # Dagster's processes start in another folder, by which they would find no home.
    os.environ["GUILDBOOK_HOME"] = str(home.root)
    workspace = ("--workspace", str(PROJECT_DIR / "workspace.yaml"))
    if words[:1] == [PAGES]:
        pages = ("--read-only", "--path-prefix", "/dagster", "--port", "3001")
        _become("dagster-webserver", *pages, *workspace, *LOOPBACK, *words[1:])
        return
    for line in free_of_dead_runs(home, settings):
        say(line)
    _become("dagster", "dev", *workspace, *LOOPBACK, *words)


def _become(program: str, *words: str) -> None:
    path = str(Path(sys.executable).with_name(program))
    os.chdir(PROJECT_DIR)
    os.execv(path, [path, *words])  # noqa: S606 - no shell, a command made of constants
