"""What the pages know besides the marts, and the literals that their queries are built with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.contract import ACTIVITY_LOGS
from pipelines.home import Home
from pipelines.metrics.targets import Target, read_targets
from pipelines.report.annotations import Annotations, read_annotations
from pipelines.settings import Settings


@dataclass(frozen=True, kw_only=True)
class SiteContext:
    """One publication of one community.

    Attributes:
        community: name in the page head.
        timezone: IANA zone that decides what a day is.
        through_day: last day of the data; the pages' "yesterday".
        version: number of the publication.
        horizon_days: days without activity after which a member counts as churned.
        grace_days: days after a paid term's end within which a renewal still counts as one.
        active_by_events: whether registering for an event and attending it make a member active.
        least_shown: least count of members that the pages show; 0 shows all.
        language: in which the pages open, `en` or `zh`; empty, as the reader's browser says.
        is_sample: whether it is the sample community, which is made up and grows no older.
        targets: what metrics should come to, by their keys.
        annotations: what the operator says of days.
    """

    community: str
    timezone: str
    through_day: date
    version: int
    horizon_days: int = 30
    grace_days: int = 7
    active_by_events: bool = False
    least_shown: int = 0
    language: str = ""
    is_sample: bool = False
    targets: Mapping[str, Target] = field(default_factory=dict)
    annotations: Annotations = field(default_factory=Annotations)

    @property
    def through(self) -> str:
        """The last day as an SQL literal."""
        return f"date '{self.through_day.isoformat()}'"

    @property
    def activity_logs(self) -> tuple[str, ...]:
        """Logs that make members active, participation in events among them where it counts."""
        return ACTIVITY_LOGS + (("event_participation",) if self.active_by_events else ())


def site_context(settings: Settings, through_day: date, version: int) -> SiteContext:
    """Return what the settings say of a publication."""
    return SiteContext(
        community=settings.title,
        timezone=settings.timezone,
        through_day=through_day,
        version=version,
        horizon_days=settings.churn_horizon_days,
        grace_days=settings.renewal_grace_days,
        active_by_events=settings.active_by_events,
        least_shown=settings.least_shown_count,
        language=settings.language,
        is_sample=Home(settings.home).ground_truth.is_dir(),
        targets=read_targets(settings),
        annotations=read_annotations(Home(settings.home)),
    )
