"""Gates 2 and 3 as blocking checks, and how a gate's outcome becomes a check's result. Gate 1 is beside its assets."""

from collections.abc import Sequence

import dagster as dg

from pipelines.contract import LOGS
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.gates import facts, predictions, relations, verdicts
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.report.sections.cures import cures
from pipelines.warehouse.control import read_plan

SCORES_KEY = dg.AssetKey("churn_scores")

_FIRST = Text("first_reasons", "最先被拒的行")


def mart_key(name: str) -> dg.AssetKey:
    """Key of a mart's asset."""
    return dg.AssetKey(["marts", name])


def gate_result(
    context: dg.AssetCheckExecutionContext,
    home: Home,
    outcome: GateOutcome,
    *,
    blocks: bool,
    reasons: Sequence[str] = (),
) -> dg.AssetCheckResult:
    """Turn a gate's outcome into a check's result; it fails the run only where ``blocks`` is set.

    Where it fails it says what to do. ``reasons`` name what was refused, by file and line.
    """
    say = context.log.error if blocks else context.log.warning if outcome.withheld else context.log.info
    if outcome.n_days:
        say(spoken(f"gate {outcome.gate}: {outcome.summary}"))
    said = [spoken(one) for one in reasons]
    return dg.AssetCheckResult(
        passed=not outcome.withheld,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        description="\n".join([spoken(outcome.summary), *said, *_to_do(home, outcome, context.run.run_id)]),
        metadata={
            **({spoken(_FIRST): dg.MetadataValue.md("\n".join(f"* {one}" for one in said))} if said else {}),
            spoken(Text("days_checked", "检查的天数")): outcome.n_days,
            spoken(Text("days_withheld", "扣留的天数")): len(outcome.withheld),
            spoken(Text("days_warned", "有警告的天数")): len(outcome.warned),
        },
    )


def _to_do(home: Home, outcome: GateOutcome, run_id: str) -> list[str]:
    """Say what mends what a gate withheld, as the page of a run that stopped says it; nothing where all passed."""
    if not outcome.withheld:
        return []
    tables = LOGS if outcome.table_name == relations.TABLE else [outcome.table_name]
    rows = [one for one in verdicts.blocking(home, run_id) if one["table_name"] in tables]
    return [spoken(one) for one in cures(rows, f"gate {outcome.gate}: {outcome.table_name}")]


def _facts_check(table_name: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=mart_key(table_name),
        name="gate_facts",
        blocking=True,
        description=spoken("Gate 2: the rebuilt days must add up, or nothing is scored and published."),
    )
    def check(context: dg.AssetCheckExecutionContext, home: HomeResource) -> dg.AssetCheckResult:
        outcome = facts.judge(home.paths, table_name, context.run.run_id)
        return gate_result(context, home.paths, outcome, blocks=bool(outcome.withheld))

    return check


facts_checks = [_facts_check(table_name) for table_name in facts.SUITES]


@dg.asset_check(
    asset=mart_key(relations.TABLE),
    name="gate_relations",
    blocking=True,
    description=spoken(
        "Gate 2: rows that came must agree with those of other logs, or nothing is scored and published."
    ),
)
def relations_check(context: dg.AssetCheckExecutionContext, home: HomeResource) -> dg.AssetCheckResult:
    """Judge the rows that came since the last completed run by the rules between logs."""
    outcome = relations.judge(home.paths, home.settings, context.run.run_id)
    return gate_result(context, home.paths, outcome, blocks=bool(outcome.withheld))


@dg.asset_check(
    asset=SCORES_KEY,
    name="gate_predictions",
    blocking=True,
    description=spoken("Gate 3: predictions must be complete, in range and calibrated, or nothing is published."),
)
def predictions_check(context: dg.AssetCheckExecutionContext, home: HomeResource) -> dg.AssetCheckResult:
    """Judge the predictions of the run's last day."""
    day = read_plan(home.paths).through_day
    outcome = predictions.judge(home.paths, home.settings, day, context.run.run_id)
    return gate_result(context, home.paths, outcome, blocks=bool(outcome.withheld))
