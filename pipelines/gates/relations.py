"""Gate 2, between logs: do the rows that came since the last completed run agree with those of other logs?

dbt counts, for each rule, log and log day, the rows that could be judged and those that break the rule. A few warn; a
share of them that the log's own past does not have blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

import pandas as pd

from expectations.relations import RELATIONS, relation_rules
from expectations.rule import WARNING
from expectations.runner import Verdict, validate
from pipelines.gates import verdicts
from pipelines.gates.facts import GATE, nothing_rebuilt
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings

TABLE = "relation_checks"
_NAMED_DAYS = 7
"""Last days that are judged one by one, as pages show them; of earlier ones those with enough broken rows are."""

_KNOWN_SHARE = 0.05
"""Share of a log's earlier rows from which breaking a rule is nothing new: a members log may list payers alone."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Rows of a log day, or of several, that a rule could judge; ``usual`` is the share of broken ones in its past."""

    rule: str
    log: str
    day: date
    n_rows: int
    n_broken: int
    examples: str = ""
    usual: float | None = None
    n_days: int = 1
    is_of_all_days: bool = False

    @property
    def said(self) -> str:
        """The counts and a few keys in words."""
        keys = f": {self.examples}" if self.examples else ""
        more = f" and {self.n_broken - 3:,} more" if self.n_broken > 3 else ""
        days = f" on {self.n_days:,} log days" if self.n_days > 1 else ""
        return f"{self.n_broken:,} of {self.n_rows:,} rows{days}{keys}{more}"


def judge(home: Home, settings: Settings, run_id: str) -> GateOutcome:
    """Judge the rows of every log that came since the last completed run; the caller holds the home's lock."""
    with open_warehouse(home) as con:
        profile = con.execute(
            "select rule, log, day, n_rows, n_broken, coalesce(examples, ''), n_past_rows, n_past_broken "
            "from gates.gate_relations order by log, rule, day"
        ).fetchall()
    counted = [
        Counted(
            rule=rule,
            log=log,
            day=day,
            n_rows=n_rows,
            n_broken=n_broken,
            examples=examples,
            usual=n_past_broken / n_past_rows if n_past_rows >= settings.relation_least_rows else None,
        )
        for rule, log, day, n_rows, n_broken, examples, n_past_rows, n_past_broken in profile
    ]
    found = judge_counts(counted, settings) or [nothing_rebuilt(TABLE)]
    verdicts.record(home, GATE, found, run_id)
    tables = sorted({verdict.table_name for verdict in found})
    of_table = [
        verdicts.outcome(
            GATE, table, [one for one in found if one.table_name == table], verdicts.waived_days(home, table)
        )
        for table in tables
    ]
    return _joined(of_table)


def judge_counts(counted: Sequence[Counted], settings: Settings) -> list[Verdict]:
    """Return the verdicts on counts that are in order of log, rule and day."""
    judged = [
        one
        for _, days in groupby(counted, key=lambda one: (one.log, one.rule))
        for one in _grouped(list(days), settings)
    ]
    if not judged:
        return []
    found = validate(TABLE, relation_rules(max_share=settings.max_relation_share), _frame(judged, settings))
    pairs = ((judged[number % len(judged)], verdict) for number, verdict in enumerate(found))
    return [_named(one, verdict) for one, verdict in pairs if _is_about(one, _measure(verdict))]


def excess(one: Counted, settings: Settings) -> float | None:
    """Share of broken rows above the usual one; None where it is too few rows, or a rule that only warns, to judge."""
    relation = RELATIONS[one.rule]
    if not relation.blocks or one.rule in settings.relations_only_warned or one.n_broken < settings.relation_least_rows:
        return None
    if relation.needs_past and one.usual is None:
        return None
    return max(0.0, one.n_broken / one.n_rows - (one.usual or 0))


def is_known(one: Counted, settings: Settings) -> bool:
    """Whether about as many of the log's earlier rows break the rule, so that it is no news."""
    if one.usual is None or one.usual < _KNOWN_SHARE:
        return False
    return one.n_broken / one.n_rows <= one.usual + settings.max_relation_share


def _grouped(days: Sequence[Counted], settings: Settings) -> Iterable[Counted]:
    """Yield what is judged of a rule: its last days one by one, earlier ones together unless they block, and all."""
    after = days[-1].day - timedelta(days=_NAMED_DAYS)
    blocking = [one for one in days if (excess(one, settings) or 0) > settings.max_relation_share]
    earlier = [one for one in days if one.day <= after and one not in blocking]
    if earlier:
        yield _together(earlier)
    yield from (one for one in days if one.day > after or one in blocking)
    rest = [one for one in days if one not in blocking]
    if len(rest) > 1:
        yield replace(_together(rest), day=days[-1].day, is_of_all_days=True)


def _together(days: Sequence[Counted]) -> Counted:
    """Sum days up, under the last of them and with the keys of the worst."""
    return replace(
        days[-1],
        n_rows=sum(one.n_rows for one in days),
        n_broken=sum(one.n_broken for one in days),
        examples=max(days, key=lambda one: one.n_broken).examples,
        n_days=len(days),
    )


def _frame(judged: Sequence[Counted], settings: Settings) -> pd.DataFrame:
    """One row for each thing judged; what blocks, and what is known, is not reported again as a warning."""
    rows = []
    for one in judged:
        share = excess(one, settings)
        is_said = (share is not None and share > settings.max_relation_share) or is_known(one, settings)
        rows.append(
            {
                "day": one.day,
                "broken_share": None if one.is_of_all_days else share,
                "share_of_all_days": share if one.is_of_all_days else None,
                "broken_rows": None if one.is_of_all_days or is_said else one.n_broken,
            }
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(("broken_share", "share_of_all_days", "broken_rows"), float))


def _measure(verdict: Verdict) -> str:
    return verdict.expectation.split()[0]


def _is_about(one: Counted, measure: str) -> bool:
    """Whether a measure says anything of what was judged."""
    if measure == "share_of_all_days":
        return one.is_of_all_days and RELATIONS[one.rule].blocks
    return not one.is_of_all_days and (measure == "broken_rows" or RELATIONS[one.rule].blocks)


def _named(one: Counted, verdict: Verdict) -> Verdict:
    """Put the rule's name, the counts and what to do into a verdict."""
    relation, measure = RELATIONS[one.rule], _measure(verdict)
    what = {"broken_rows": one.rule, "broken_share": f"{one.rule} share"}.get(measure, f"{one.rule} share of all days")
    share = f"{one.n_broken / one.n_rows:.2g} ({one.said})"
    setting = f", or if it is right let it only warn: GUILDBOOK_RELATIONS_ONLY_WARNED={one.rule}"
    return replace(
        verdict,
        table_name=one.log,
        day=one.day,
        expectation=f"{what} {verdict.expected}",
        observed=one.said if measure == "broken_rows" else share,
        reason=f"the row {relation.said}; {relation.cure}{'' if verdict.severity == WARNING else setting}",
    )


def _joined(outcomes: Sequence[GateOutcome]) -> GateOutcome:
    """One outcome for all logs; each reason names its log."""
    return GateOutcome(
        gate=GATE,
        table_name="rules between logs",
        n_days=max(one.n_days for one in outcomes),
        withheld=tuple(sorted({day for one in outcomes for day in one.withheld}, key=lambda day: day or date.min)),
        warned=tuple(sorted({day for one in outcomes for day in one.warned}, key=lambda day: day or date.min)),
        reasons=tuple(f"{one.table_name}: {reason}" for one in outcomes for reason in one.reasons),
    )
