"""The communities of the case studies: what is imported, by which settings, over which days."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

DATA = PROJECT_DIR.parent / "shared" / "data"
PAGES = PROJECT_DIR / "docs" / "cases"


@dataclass(frozen=True)
class Case:
    """A community, and the page that tells of it."""

    name: str
    """Of the page in docs/cases."""
    mapping: str
    """Of docs/mappings."""
    data: str
    """The folder of its tables."""
    first: str
    last: str
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def page(self) -> Path:
        """The page whose queries it answers."""
        return PAGES / f"{self.name}.md"

    @property
    def is_here(self) -> bool:
        """Whether its tables are on this machine."""
        return (DATA / self.data).is_dir()

    def publish(self, home: Path) -> Path:
        """Import the tables into a new home, run over all days, and return the published database."""
        environment = os.environ | {
            "GUILDBOOK_HOME": str(home),
            "GUILDBOOK_TIMEZONE": "UTC",
            "GUILDBOOK_FIRST_LOG_DAY": "2005-01-01",
            **dict(self.settings),
        }
        mapping = str(PROJECT_DIR / "docs" / "mappings" / f"{self.mapping}.yaml")
        imported = ["import", "table", mapping, "--data", str(DATA / self.data)]
        for arguments in (imported, ["run", "--from", self.first, "--to", self.last]):
            command = [sys.executable, "-c", "from pipelines.cli import app; app()", *arguments]
            done = subprocess.run(
                command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
            )
            if done.returncode:
                msg = (
                    f"{self.name}: guildbook {' '.join(arguments)} ended with {done.returncode}\n{done.stderr[-2000:]}"
                )
                raise RuntimeError(msg)
        return home / "published" / "analytics.duckdb"


CASES = (
    Case("public-chat", "lean_zulip", "lean_zulip", "2018-02-26", "2026-02-27"),
    Case(
        "project-history", "git", "git", "2005-04-01", "2026-08-31", settings=(("GUILDBOOK_CHURN_HORIZON_DAYS", "90"),)
    ),
)
