"""Steps of the job by their plain functions, as forks do them: cheap enough for ``make test``."""

from __future__ import annotations

from datetime import date

from pipelines import lock, run_start
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import get_settings


def ingest(first: str, last: str) -> None:
    """Ingest log days, judge them, and move in what passes."""
    from tests.support.house import House  # noqa: PLC0415
    from tests.support.tiny_logs import days_between  # noqa: PLC0415

    house = House(get_settings().home)
    with lock.hold(house.home):
        run_start.prepare(house.home, house.settings)
        house.accept(days_between(date.fromisoformat(first), date.fromisoformat(last)))


def publish(through: str, run_id: str) -> None:
    """Publish the marts of the home, unless that run has: the job has nothing to publish then."""
    from pipelines.publishing.inputs import note_unchanged  # noqa: PLC0415
    from pipelines.publishing.publish import publish as publishing  # noqa: PLC0415

    settings = get_settings()
    home = Home(settings.home)
    with lock.hold(home):
        run_start.prepare(home, settings)
        if done := ledger.rows(home, "publications", run_id=run_id):
            note_unchanged(home, done[-1]["version"])
        else:
            publishing(home, settings, date.fromisoformat(through), run_id)
