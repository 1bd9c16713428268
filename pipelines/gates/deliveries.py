"""Gate 1: is a log day's delivery fit for the warehouse? One verdict per log and log day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from expectations.runner import validate
from expectations.suites import LEAST_BROKEN_ROWS, delivery_rules
from pipelines.gates import verdicts
from pipelines.ingest.findings import SHARED_KEY
from pipelines.lake import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from expectations.runner import Verdict
    from pipelines.gates.verdicts import GateOutcome
    from pipelines.home import Home
    from pipelines.lake.manifest import Candidate
    from pipelines.settings import Settings

GATE = "deliveries"
_BASELINE_DAYS = 28
_SHOWN_EXAMPLES = 3
_EXAMPLES = {"shared_key_rows": SHARED_KEY}
"""Column of a rule -> the findings that are its examples."""


def judge(home: Home, settings: Settings, log: str, days: Sequence[date], run_id: str) -> GateOutcome:
    """Judge the candidate parts of ``log`` on ``days`` and move the accepted ones into the lake.

    A day that fails keeps its last accepted part, if it has one; its candidate stays beside the lake until a better
    delivery replaces it or somebody waives the failure.
    """
    waiting = manifest.candidates(home, log, days)
    if not waiting:
        return verdicts.outcome(GATE, log, [], set())
    rules = delivery_rules(max_quarantine_share=settings.max_quarantine_share)
    found = _named(validate(log, rules, _profile(home, waiting)), waiting)
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
        share = quarantined / delivered if delivered else None
        is_few = quarantined < LEAST_BROKEN_ROWS and quarantined <= accepted
        rows.append(
            {
                "day": candidate.log_day,
                "quarantine_share": None if is_few else share,
                "quarantine_share_of_few": share if is_few else None,
                "unaccounted": delivered - accepted - quarantined,
                "rejected_files": profile["rejected_files"],
                "rejected_without_rows": int(profile["rejected_files"] > 0 and accepted == 0),
                "duplicate_share": profile["duplicates"] / accepted if accepted else None,
                "shared_key_rows": profile.get("shared_key_rows"),
                "max_lateness_days": profile["max_lateness_days"],
                "volume_ratio": accepted / baseline if baseline else None,
            }
        )
    return pd.DataFrame(rows)


def _named(found: Sequence[Verdict], waiting: Sequence[Candidate]) -> list[Verdict]:
    """Put examples beside the counts of failed rules: the delivery knows which keys they are about."""
    findings = {candidate.log_day: candidate.delivery.get("findings", []) for candidate in waiting}
    named = []
    for verdict in found:
        kind = _EXAMPLES.get(verdict.expectation.split()[0])
        examples = [one["said"] for one in findings[verdict.day] if one["finding"] == kind] if verdict.day else []
        shown = "; ".join(examples[:_SHOWN_EXAMPLES])
        more = f"; and {len(examples) - _SHOWN_EXAMPLES} more" if len(examples) > _SHOWN_EXAMPLES else ""
        if verdict.is_passed or not examples:
            named.append(verdict)
        else:
            named.append(replace(verdict, observed=f"{verdict.observed} ({shown}{more})"))
    return named


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
