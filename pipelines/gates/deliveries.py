"""Gate 1: is a log day's delivery fit for the warehouse? One verdict per log and log day."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from expectations.runner import validate
from expectations.suites import delivery_rules
from pipelines.gates import verdicts
from pipelines.lake import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipelines.gates.verdicts import GateOutcome
    from pipelines.home import Home
    from pipelines.lake.manifest import Candidate
    from pipelines.settings import Settings

GATE = "deliveries"
_BASELINE_DAYS = 28


def judge(home: Home, settings: Settings, log: str, days: Sequence[date], run_id: str) -> GateOutcome:
    """Judge the candidate parts of ``log`` on ``days`` and move the accepted ones into the lake.

    A day that fails keeps its last accepted part, if it has one; its candidate stays beside the lake until a better
    delivery replaces it or somebody waives the failure.
    """
    waiting = manifest.candidates(home, log, days)
    if not waiting:
        return verdicts.outcome(GATE, log, [], set())
    found = validate(log, delivery_rules(max_quarantine_share=settings.max_quarantine_share), _profile(home, waiting))
    verdicts.record(home, GATE, found, run_id)
    waived = verdicts.waived_days(home, log)
    result = verdicts.outcome(GATE, log, found, waived)
    failed = {verdict.day for verdict in found if verdict.blocks}
    judged = []
    for candidate in waiting:
        if candidate.log_day in result.held_out:
            judged.append((candidate, manifest.HELD_OUT))
        else:
            judged.append((candidate, manifest.WAIVED if candidate.log_day in failed else manifest.PASSED))
    manifest.decide(home, judged, run_id)
    return result


def _profile(home: Home, waiting: Sequence[Candidate]) -> Any:  # noqa: ANN401 - pandas is imported late
    """One row per candidate with the columns that the rules name."""
    import pandas as pd  # noqa: PLC0415 - only gates need it

    usual = _usual_rows(home, waiting)
    rows = []
    for candidate in waiting:
        profile = candidate.delivery["profile"]
        delivered, accepted, quarantined = profile["delivered"], profile["accepted"], profile["quarantined"]
        baseline = usual[candidate.log_day]
        rows.append(
            {
                "day": candidate.log_day,
                "quarantine_share": quarantined / delivered if delivered else None,
                "unaccounted": delivered - accepted - quarantined,
                "rejected_files": profile["rejected_files"],
                "rejected_without_rows": int(profile["rejected_files"] > 0 and accepted == 0),
                "duplicate_share": profile["duplicates"] / accepted if accepted else None,
                "max_lateness_days": profile["max_lateness_days"],
                "volume_ratio": accepted / baseline if baseline else None,
            }
        )
    return pd.DataFrame(rows)


def _usual_rows(home: Home, waiting: Sequence[Candidate]) -> dict[date, float | None]:
    """Median of the rows accepted on the 28 log days before each candidate; None with fewer than 7 of them."""
    log = waiting[0].log
    accepted: dict[date, int] = {}
    for row in manifest.current(home).to_pylist():
        if row["log"] == log:
            accepted[row["log_day"]] = accepted.get(row["log_day"], 0) + row["n_rows"]
    for candidate in waiting:
        accepted[candidate.log_day] = candidate.delivery["profile"]["accepted"]
    usual: dict[date, float | None] = {}
    for candidate in waiting:
        days = (candidate.log_day - timedelta(days=n) for n in range(1, _BASELINE_DAYS + 1))
        before = [accepted[day] for day in days if day in accepted]
        usual[candidate.log_day] = median(before) if len(before) >= 7 else None
    return usual
