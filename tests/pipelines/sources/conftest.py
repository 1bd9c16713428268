"""A home with one source, its platform on loopback, and a clock that the test turns."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import clock
from pipelines.home import Home
from pipelines.report.parts.reasons import chinese
from pipelines.settings import Settings
from pipelines.sources import pull as pulling
from pipelines.sources.definition import SourceError
from tests.support.chinese import CHINESE
from tests.support.platforms import Platform, platform


def must_be_said(*texts: str) -> None:
    """Fail for what has no Chinese; words of other programs that it quotes may stay as they are."""
    assert [one for one in texts if not CHINESE.search(chinese(one))] == []


@dataclass
class Connected:
    """A home whose source is pulled."""

    home: Home
    settings: Settings
    turn: Callable[[str], None]

    def source(self, name: str, text: str) -> None:
        """Write the file of a source."""
        self.home.sources.mkdir(parents=True, exist_ok=True)
        (self.home.sources / f"{name}.yaml").write_text(text, encoding="utf-8")

    def pull(self, name: str = "forum", **how: bool) -> pulling.PullReport:
        """Pull a source; what it says, if only why it cannot be pulled, is there in Chinese too."""
        try:
            report = pulling.pull(self.home, self.settings, name, **how)
        except SourceError as error:
            must_be_said(str(error))
            raise
        must_be_said(*report.remarks)
        return report

    def rows(self, log: str, name: str = "forum") -> list[dict[str, str]]:
        """Every landed row of a log with its day, by day."""
        found = []
        for path in sorted(self.home.landing.glob(f"{log}/*/{name}.csv")):
            with path.open(encoding="utf-8", newline="") as lines:
                found += [{"day": path.parent.name} | row for row in csv.DictReader(lines)]
        return found

    def files(self, *, quiet: bool = False) -> dict[str, bytes]:
        """Every landing file with its bytes; those of quiet days, which have a header alone, only where asked for."""
        found = {
            str(path.relative_to(self.home.landing)): path.read_bytes()
            for path in sorted(self.home.landing.rglob("*.csv"))
        }
        return {name: content for name, content in found.items() if quiet or content.count(b"\n") > 1}


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connected:
    """An empty home in UTC, on 1 March 2026 at noon until the clock is turned."""

    def turn(at: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(at).replace(tzinfo=UTC))

    turn("2026-03-01T12:00:00")
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    return Connected(Home(tmp_path), Settings(home=tmp_path, timezone="UTC"), turn)


@pytest.fixture
def serving() -> Iterator[Callable[[Callable], Platform]]:
    """Start platforms; they end with the test."""
    started = []

    def start(answer: Callable) -> Platform:
        context = platform(answer)
        started.append(context)
        return context.__enter__()

    yield start
    for context in started:
        context.__exit__(None, None, None)
