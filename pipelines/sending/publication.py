"""What is published, opened for messages: its marts, what the pages know besides, and the line that they open with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading import sums
from pipelines.reading.publication import open_published
from pipelines.report.context import SiteContext, site_context
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header, read_header
from pipelines.settings import Settings


@dataclass(frozen=True)
class Published:
    """One publication, as its last day or an earlier one saw it."""

    marts: Marts
    context: SiteContext
    header: Header

    @property
    def day(self) -> date:
        """The last day that is spoken of."""
        return self.context.through_day


def last_day(home: Home) -> date | None:
    """Last day of what is published; None before the first publication."""
    database = sums.published(home)
    return _read(database)[0] if database else None


def _read(database: Path) -> tuple[date, int]:
    """Last day and number of a publication."""
    with open_published(database) as con:
        found = con.execute("select through_day, version from marts.publication").fetchall()
    return found[0]


@contextmanager
def opened(home: Home, settings: Settings, through_day: date) -> Iterator[Published]:
    """Open the publication that is up, as of one of its days."""
    if (database := sums.published(home)) is None:
        raise UserError("nothing is published yet: guildbook run publishes")
    _, version = _read(database)
    with Marts(database, timezone=settings.timezone, least_shown=settings.least_shown_count) as marts:
        context = site_context(settings, through_day, version)
        yield Published(marts, context, read_header(marts, context))
