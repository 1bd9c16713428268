"""``guildbook run``: launches the main job in this process, or says what it would do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines import lock, run_start
from pipelines.cli.console import Say, labelled
from pipelines.cli.instance import prepare_instance
from pipelines.cli.progress import run_shown
from pipelines.cli.status import annotation_lines
from pipelines.erasure.stated import finish
from pipelines.faults import sentence
from pipelines.home import Home
from pipelines.ingest.ignored import ignored_entries
from pipelines.lake import ledger, versions
from pipelines.publishing.outcome import AlertError, explain_failure, note_failure
from pipelines.report.parts.text import Text
from pipelines.settings import Settings
from pipelines.warehouse.dbt import ensure_manifest
from pipelines.watch import alive
from pipelines.watch.dead import fail_dead_runs


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended.

    ``failed_gate`` is empty unless a gate stopped it; ``unchanged_since`` is the version that is up where nothing
    changed, so that the run published none.
    """

    succeeded: bool
    run_id: str
    failed_gate: str = ""
    reason: str = ""
    unchanged_since: int | None = None


def log_days_between(settings: Settings, first: date, last: date) -> list[date]:
    """The log days of a range.

    Raises:
        ValueError: The range is empty or starts before the first log day.
    """
    if last < first:
        raise ValueError(f"--to {last} lies before --from {first}")
    if first < settings.first_log_day:
        raise ValueError(
            f"--from {first} lies before the first log day {settings.first_log_day}; "
            f"set GUILDBOOK_FIRST_LOG_DAY={first} to go back that far"
        )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def range_without_last_day(outcome: RunOutcome, first: date, last: date) -> tuple[date, date] | None:
    """The days that can still be published where gate 1 withheld only the last one, as of an export cut at noon."""
    is_last_withheld = outcome.failed_gate.startswith("gate deliveries: ") and outcome.failed_gate.endswith(f" {last}")
    return (first, last - timedelta(days=1)) if is_last_withheld and first < last else None


def execute(settings: Settings, first: date, last: date, *, full: bool, say: Say) -> RunOutcome:
    """Run the main job over a range of log days as one Dagster run.

    What goes wrong before its first step, or after its last, is reported like a failure of a step.

    Raises:
        ValueError: The range is empty or starts before the first log day.
    """
    days = log_days_between(settings, first, last)
    home = Home(settings.home)
    try:
        return _launch(home, settings, days, full=full, say=say)
    except Exception as error:
        reason = sentence(error, home)
        _note(home, settings, "", reason or f"{type(error).__name__}: {error}", "", say)
        if reason is None:
            raise
        return RunOutcome(succeeded=False, run_id="", reason=reason)


def _launch(home: Home, settings: Settings, days: list[date], *, full: bool, say: Say) -> RunOutcome:
    run_start.check_disk(home, settings)
    prepare_instance(home, settings)
    ensure_manifest()
    import dagster as dg  # noqa: PLC0415 - importing dagster takes seconds

    from pipelines.definitions import defs  # noqa: PLC0415
    from pipelines.defs.errors import failure_message  # noqa: PLC0415
    from pipelines.defs.jobs import RUN_CONFIG, selection_for  # noqa: PLC0415
    from pipelines.defs.launch import delivered_logs, run_tags  # noqa: PLC0415

    with dg.DagsterInstance.get() as instance, lock.hold(home, on_wait=say, what="guildbook run"):
        for dead in fail_dead_runs(home, settings, instance):
            say(str(dead))
        for ignored in ignored_entries(home, settings.first_log_day):
            say(labelled(Text("not read", "未读取"), str(ignored)))
        for line in annotation_lines(home):
            say(line)
        delivered = delivered_logs(home, settings, days, full=full)
        run_id = str(uuid.uuid4())
        with alive.marked(home, run_id), run_shown(instance, days, delivered):
            result = defs.resolve_job_def("main").execute_in_process(
                instance=instance,
                run_config=RUN_CONFIG,
                tags=run_tags(days[0], days[-1], full=full),
                asset_selection=selection_for(delivered),
                raise_on_error=False,
                run_id=run_id,
            )
        for sentence_left in finish(home, settings):
            say(sentence_left)
        if result.success:
            return RunOutcome(succeeded=True, run_id=run_id, unchanged_since=_unchanged_since(home, run_id))
        # As they are stored, not as they were said: the run may have erased a member whom an error names.
        stored = [entry.dagster_event for entry in instance.all_logs(run_id) if entry.dagster_event is not None]
        message = failure_message(stored)
        gate, reason = explain_failure(home, result.run_id, message, last_day=days[-1])
        _note(home, settings, gate, reason, result.run_id, say)
        return RunOutcome(succeeded=False, run_id=result.run_id, failed_gate=gate, reason=reason)


def _note(home: Home, settings: Settings, gate: str, reason: str, run_id: str, say: Say) -> None:
    try:
        note_failure(home, settings, failed_gate=gate, reason=reason, run_id=run_id)
    except AlertError as error:
        say(str(error))


def _unchanged_since(home: Home, run_id: str) -> int | None:
    """Return the version that is up, where a run that came to its end did not make it."""
    published = ledger.read(home, "publications").to_pylist()
    return None if published and published[-1]["run_id"] == run_id else versions.current(home)
