"""Days on which campaigns are judged: when each was first named, so that nobody names one after a look."""

from __future__ import annotations

from datetime import date

from pipelines import clock
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.settings import Settings

NAMED = "judgement_days"


def record_judgement_days(home: Home, settings: Settings, through_day: date, run_id: str) -> list[str]:
    """Record the days of campaigns that had none, as named on the last day of the data; return what is ignored.

    The first naming holds: a day that is changed later, or taken out of the settings, is judged as first named.
    """
    named = {row["campaign_id"]: row["judgement_day"] for row in ledger.read(home, NAMED).to_pylist()}
    ledger.append(
        home,
        NAMED,
        [
            {
                "campaign_id": campaign,
                "judgement_day": day,
                "named_day": through_day,
                "run_id": run_id,
                "named_at": clock.now(),
            }
            for campaign, day in sorted(settings.judgement_days.items())
            if campaign not in named
        ],
    )
    late = [
        f"{campaign} is judged every morning: its day {day} was named when the data reached {through_day}"
        for campaign, day in sorted(settings.judgement_days.items())
        if campaign not in named and day <= through_day
    ]
    changed = [
        f"{campaign} keeps {named[campaign]} as its day of judgement: it was named first, {day} later"
        for campaign, day in sorted(settings.judgement_days.items())
        if named.get(campaign, day) != day
    ]
    return late + changed
