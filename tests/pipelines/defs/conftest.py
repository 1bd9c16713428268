"""A home that Dagster's definitions read their settings from, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import clock
from pipelines.settings import get_settings
from pipelines.warehouse.dbt import ensure_manifest
from tests.support.house import House

if TYPE_CHECKING:
    from pathlib import Path

ensure_manifest()  # the definitions read dbt's manifest when they are imported


class WatchedHouse(House):
    """A house whose settings are those of this process, with a clock to set and alerts to read."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.alerts_file = root / "alerts.jsonl"
        monkeypatch.setenv("GUILDBOOK_HOME", str(root))
        monkeypatch.setenv("GUILDBOOK_ALERT_COMMAND", f"(cat; echo) >> '{self.alerts_file}'")
        get_settings.cache_clear()
        super().__init__(root)
        self.settings = get_settings()
        self._monkeypatch = monkeypatch

    def at(self, *moment: int) -> None:
        """Set the clock: year, month, day, hour … in UTC."""
        now = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]
        self._monkeypatch.setattr(clock, "now", lambda: now)

    def alerts(self) -> list[str]:
        """What the alert command got, a line per message."""
        return self.alerts_file.read_text(encoding="utf-8").splitlines() if self.alerts_file.exists() else []


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A house at noon of 10 March 2025 in Shanghai."""
    house = WatchedHouse(tmp_path / "home", monkeypatch)
    house.at(2025, 3, 10, 4)
    return house
