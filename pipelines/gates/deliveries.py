"""Gate 1: is a log day's delivery fit for the warehouse? One verdict per log and log day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

from expectations.rule import CRITICAL, Rule
from expectations.runner import Verdict, validate, validate_few
from expectations.shape_rules import OF_WHOLE_DAYS, shape_rules
from expectations.suites import LEAST_BROKEN_ROWS, delivery_rules
from pipelines.contract import CONTENT, LOGS
from pipelines.gates import verdicts
from pipelines.gates.nobody import PAST_DAYS, Absent, Judged, judge_absent
from pipelines.gates.shapes.delivered import broken, shapes_seen
from pipelines.gates.shapes.shape import Seen
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.ingest.findings import SHARED_KEY
from pipelines.ingest.unknown import MISSPELT, UNKNOWN
from pipelines.lake import manifest
from pipelines.lake.delivery import read_delivery
from pipelines.lake.manifest import Candidate
from pipelines.settings import Settings

GATE = "deliveries"
Validates = Callable[[str, Sequence[Rule], Sequence[Mapping[str, Any]]], list[Verdict]]

_BASELINE_DAYS = 28
_SHOWN_EXAMPLES = 3
_EXAMPLES = {
    "shared_key_rows": (SHARED_KEY,),
    "misspelt_columns": (MISSPELT,),
    "null_member_share": (MISSPELT, UNKNOWN),
    "null_member_rise": (MISSPELT, UNKNOWN),
    "null_member_rise_in_part": (MISSPELT, UNKNOWN),
}
"""Column of a rule -> the findings that are its examples, the likeliest first."""


def judge(home: Home, settings: Settings, log: str, days: Sequence[date], run_id: str) -> GateOutcome:
    """Judge the candidate parts of ``log`` on ``days`` and move the accepted ones into the lake.

    A day that fails keeps its last accepted part, if it has one; its candidate stays beside the lake until a better
    delivery replaces it or somebody waives the failure.
    """
    waiting = manifest.candidates(home, log, days)
    if not waiting:
        return verdicts.outcome(GATE, log, [], set())
    found = _verdicts(home, settings, waiting, _validate)
    verdicts.record(home, GATE, found, run_id)
    waived = verdicts.waived_days(home, log)
    result = verdicts.outcome(GATE, log, found, waived)
    failed = {verdict.day for verdict in found if verdict.blocks}
    judged = []
    for candidate in waiting:
        if candidate.log_day in result.withheld:
            judged.append((candidate, manifest.WITHHELD))
        else:
            judged.append((candidate, manifest.WAIVED if candidate.log_day in failed else manifest.PASSED))
    manifest.decide(home, judged, run_id)
    return result


def judge_part_of_day(home: Home, settings: Settings, waiting: Sequence[Candidate]) -> GateOutcome:
    """Judge what came so far of a day that is not over; nothing is recorded, and no part is moved.

    Rules that look at a whole day are left out; the others are those of ``judge``, with the same past and waivers.

    Args:
        home: The home whose past the rules compare with.
        settings: Limits of the rules.
        waiting: Candidate parts of one log, wherever they lie.
    """
    log = waiting[0].log
    found = _verdicts(home, settings, waiting, validate_few, left_out={"volume_ratio", *OF_WHOLE_DAYS})
    return verdicts.outcome(GATE, log, found, verdicts.waived_days(home, log))


def is_all_withheld(home: Home, outcome: GateOutcome) -> bool:
    """Tell whether all of a log that names who was active is withheld: pages would say that nobody was."""
    is_about_people = bool(LOGS[outcome.table_name].person)
    return is_about_people and bool(outcome.withheld) and outcome.table_name not in manifest.accepted_logs(home)


def _verdicts(
    home: Home,
    settings: Settings,
    waiting: Sequence[Candidate],
    validates: Validates,
    *,
    left_out: Collection[str] = (),
) -> list[Verdict]:
    log = waiting[0].log
    rules = [rule for rule in _rules(settings) if rule.column not in left_out]
    in_lake = manifest.rows_accepted(home, log)
    profile = _profile(home, settings, waiting, in_lake)
    seen = shapes_seen(home, settings, waiting, _unfit(rules, profile), in_lake)
    asked = {day: {name: one for name, one in of_day.items() if name not in left_out} for day, of_day in seen.items()}
    return _named(validates(log, rules, profile), waiting) + _of_shapes(log, asked, validates)


def _rules(settings: Settings) -> list[Rule]:
    return delivery_rules(
        max_quarantine_share=settings.max_quarantine_share,
        max_null_member_share=settings.max_null_member_share,
        max_null_member_rise=settings.max_null_member_rise,
    )


def _validate(log: str, rules: Sequence[Rule], profile: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    import pandas as pd  # noqa: PLC0415 - only gates need it

    return validate(log, rules, pd.DataFrame(profile))


def _of_shapes(log: str, seen: Mapping[date, Mapping[str, Seen]], validates: Validates) -> list[Verdict]:
    """Judge what the days' shapes broke, with what was found in words; a rule that a day keeps gives no verdict."""
    found = {day: broken(of_day) for day, of_day in seen.items()}
    rules = [rule for rule in shape_rules() if any(rule.column in of_day for of_day in found.values())]
    profile = [
        {"day": day} | {rule.column: of_day[rule.column].value if rule.column in of_day else None for rule in rules}
        for day, of_day in found.items()
        if of_day
    ]
    named = []
    for verdict in validates(log, rules, profile) if rules else []:
        one = found[verdict.day].get(verdict.expectation.split()[0]) if verdict.day else None
        if one and not verdict.is_passed:
            named.append(replace(verdict, observed=f"{verdict.observed} ({one.said})"))
    return named


def _unfit(rules: Sequence[Rule], profile: Sequence[Mapping[str, Any]]) -> set[date]:
    """Return the days that break a rule that withholds them."""
    return {
        row["day"] for row in profile for rule in rules if rule.severity == CRITICAL and rule.breaks(row[rule.column])
    }


def _profile(
    home: Home, settings: Settings, waiting: Sequence[Candidate], in_lake: Mapping[date, int]
) -> list[dict[str, Any]]:
    """One row per candidate with the columns that the rules name; ``in_lake`` are the log's rows by log day."""
    usual = _usual_rows(waiting, in_lake)
    absent = _absent(home, settings, waiting, in_lake)
    rows = []
    for candidate in waiting:
        profile = candidate.delivery["profile"]
        delivered, accepted, quarantined = profile["delivered"], profile["accepted"], profile["quarantined"]
        baseline = usual[candidate.log_day]
        share = quarantined / delivered if delivered else None
        is_few = quarantined < LEAST_BROKEN_ROWS and quarantined <= accepted
        rise = absent[candidate.log_day].rise
        is_in_part = _may_be_erasures(candidate, settings)
        rows.append(
            {
                "day": candidate.log_day,
                "quarantine_share": None if is_few else share,
                "quarantine_share_of_few": share if is_few else None,
                "unaccounted": delivered - accepted - quarantined,
                "null_member_share": absent[candidate.log_day].share,
                "null_member_rise": None if is_in_part else rise,
                "null_member_rise_in_part": rise if is_in_part else None,
                "misspelt_columns": sum(one["finding"] == MISSPELT for one in candidate.delivery.get("findings", [])),
                "rejected_files": profile["rejected_files"],
                "rejected_without_rows": int(profile["rejected_files"] > 0 and accepted == 0),
                "duplicate_share": profile["duplicates"] / accepted if accepted else None,
                "shared_key_rows": profile.get("shared_key_rows"),
                "max_lateness_days": profile["max_lateness_days"],
                "volume_ratio": accepted / baseline if baseline else None,
            }
        )
    return rows


def _may_be_erasures(candidate: Candidate, settings: Settings) -> bool:
    """Tell whether pieces without an author may be those of erased members, delivered again beside others."""
    counted = _counts({candidate.log_day: candidate.delivery["profile"]})
    if candidate.log != CONTENT.name or not counted:
        return False
    return counted[candidate.log_day].share <= settings.max_null_member_share


def _named(found: Sequence[Verdict], waiting: Sequence[Candidate]) -> list[Verdict]:
    """Put examples beside the counts of failed rules: the delivery knows which keys they are about."""
    findings = {candidate.log_day: candidate.delivery.get("findings", []) for candidate in waiting}
    named = []
    for verdict in found:
        kinds = _EXAMPLES.get(verdict.expectation.split()[0], ())
        of_day = findings[verdict.day] if verdict.day else []
        examples = [one["said"] for kind in kinds for one in of_day if one["finding"] == kind]
        shown = "; ".join(examples[:_SHOWN_EXAMPLES])
        more = f"; and {len(examples) - _SHOWN_EXAMPLES} more" if len(examples) > _SHOWN_EXAMPLES else ""
        if verdict.is_passed or not examples:
            named.append(verdict)
        else:
            named.append(replace(verdict, observed=f"{verdict.observed} ({shown}{more})"))
    return named


def _absent(
    home: Home, settings: Settings, waiting: Sequence[Candidate], in_lake: Mapping[date, int]
) -> dict[date, Judged]:
    """What the rules about rows that name nobody look at, for every candidate."""
    log, asked = waiting[0].log, {one.log_day: one.delivery["profile"] for one in waiting}
    days = sorted({day for day, n_rows in in_lake.items() if n_rows} - asked.keys())
    ends = {bisect_left(days, day) for day in asked}
    near = {day for end in ends for day in days[max(0, end - PAST_DAYS) : end]}
    past = {day: (read_delivery(home.raw_part(log, day)) or {}).get("profile", {}) for day in near}
    judged = judge_absent(
        _counts(asked),
        _counts(past),
        max_share=settings.max_null_member_share,
        max_rise=settings.max_null_member_rise,
    )
    return {day: judged.get(day, Judged()) for day in asked}


def _counts(profiles: Mapping[date, dict[str, Any]]) -> dict[date, Absent]:
    """Count each key once; leave out days without rows, and those for which named rows were never counted."""
    distinct = {day: profile["accepted"] - profile.get("duplicates", 0) for day, profile in profiles.items() if profile}
    return {
        day: Absent(distinct[day], min(profile["null_members"], distinct[day]))
        for day, profile in profiles.items()
        if profile.get("accepted") and profile.get("null_members") is not None
    }


def _usual_rows(waiting: Sequence[Candidate], in_lake: Mapping[date, int]) -> dict[date, float | None]:
    """Median of the rows accepted on the 28 log days before each candidate; None with fewer than 7 of them."""
    rows = {**in_lake, **{one.log_day: one.delivery["profile"]["accepted"] for one in waiting}}
    usual: dict[date, float | None] = {}
    for candidate in waiting:
        days = (candidate.log_day - timedelta(days=n) for n in range(1, _BASELINE_DAYS + 1))
        before = [rows[day] for day in days if day in rows]
        usual[candidate.log_day] = median(before) if len(before) >= 7 else None
    return usual
