"""Sensors: log days whose files changed, runs that failed or died, daily runs that never came, the day so far."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
from filelock import Timeout

from pipelines import clock, lock
from pipelines.defs.errors import failure_message, said_to_people
from pipelines.defs.jobs import RUN_CONFIG, main_job
from pipelines.defs.launch import changes_through, run_tags
from pipelines.defs.partitions import last_tagged_day, stretches
from pipelines.defs.sources import PULL
from pipelines.defs.spoken import spoken
from pipelines.home import Home
from pipelines.ingest.looked import Looked
from pipelines.publishing.outcome import explain_failure, note_failure, overdue_day
from pipelines.report.parts.text import joined
from pipelines.settings import get_settings
from pipelines.today.look import GaveWayError, NoLookError, look
from pipelines.warehouse.arrivals import came_by_log, is_silent, missing_days
from pipelines.watch import alive
from pipelines.watch.dead import fail_dead_runs, why_died

_GRACE_HOURS = 2
"""Hours after the daily run's hour in which it may still be on its way."""


@dg.sensor(
    job=main_job,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken(
        "Runs log days whose landing files changed since they were ingested; a new day is its daily run's."
    ),
)
def changed_files(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Run log days whose landing files differ from those last ingested; a new day is left to its daily run."""
    settings = get_settings()
    home = Home(settings.home)
    now = clock.now()
    local = now.astimezone(ZoneInfo(settings.timezone))
    newest = local.date() - timedelta(days=1 if local.hour > settings.daily_hour else 2)
    before = Looked.read(context.cursor, now)
    with said_to_people():
        changes = changes_through(home, settings, newest, before)
    context.update_cursor(before.then(now, changes).write())
    if not changes:
        yield dg.SkipReason(spoken("no log day's files changed"))
    for first, last in stretches(list(changes)):
        seen = "\n".join(what for day in sorted(changes) if first <= day <= last for what in changes[day])
        digest = hashlib.sha256(seen.encode()).hexdigest()[:12]
        # With the day in its key a run that died before it read the files is asked for again, once a day.
        yield dg.RunRequest(
            run_key=f"changed-{first}-{last}-{digest}-{newest}", run_config=RUN_CONFIG, tags=run_tags(first, last)
        )


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken("Says on the pages, to the targets and to the alert command why a run failed."),
)
def failed_run(context: dg.RunFailureSensorContext) -> None:
    """Say on the pages, and to the alert command, why a run failed."""
    settings = get_settings()
    home = Home(settings.home)
    run = context.dagster_run
    died = why_died(home, run.run_id)
    message = died or failure_message([*context.get_step_failure_events(), context.failure_event])
    gate, reason = "", message
    if not run.job_name.startswith(PULL):
        gate, reason = explain_failure(home, run.run_id, message, last_day=last_tagged_day(run.tags))
    note_failure(home, settings, failed_gate=gate, reason=reason, run_id=run.run_id)
    if died:
        alive.forget(home, run.run_id)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken("Fails runs whose process is gone, so that the queue goes on."),
)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Fail runs whose process is gone, so that the queue goes on; while a run is at work nothing is looked for."""
    settings = get_settings()
    home = Home(settings.home)
    with said_to_people():
        try:
            with lock.hold(home, timeout=0, what="a look for dead runs"):
                dead = fail_dead_runs(home, settings, context.instance)
        except Timeout:
            return dg.SkipReason(spoken(f"{lock.holder(home) or 'another process'} is at work"))
    return dg.SkipReason(spoken("; ".join(map(str, dead)) or "no run is dead"))


@dg.sensor(
    minimum_interval_seconds=1800,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken("Says once of a log day that it is not published hours after its daily run was due."),
)
def missing_run(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Say once of a log day that it is still not published hours after its daily run was due."""
    settings = get_settings()
    home = Home(settings.home)
    due = overdue_day(home, settings, clock.now(), grace_hours=_GRACE_HOURS)
    if due is None or context.cursor == due.isoformat():
        return dg.SkipReason(spoken("the publication is as fresh as it should be, or this was said today"))
    if is_silent(came_by_log(home, [due]), due):
        return dg.SkipReason(spoken(f"nothing was due on {due.isoformat()}: no log usually comes on that weekday"))
    said = missing_days(home, [due]).get(due, f"the daily run has not published {due.isoformat()}; see the run page")
    note_failure(home, settings, failed_gate="", reason=said)
    context.update_cursor(due.isoformat())
    return dg.SkipReason(spoken(f"said that {due.isoformat()} is missing"))


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken("Looks at the running day every so many minutes, where GUILDBOOK_TODAY_MINUTES says how many."),
)
def day_so_far(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Look at the running day every so many minutes, where a setting says so; a run at work comes first.

    Sources are not pulled here: each has its own schedule.
    """
    settings = get_settings()
    if not settings.today_minutes:
        return dg.SkipReason(spoken("GUILDBOOK_TODAY_MINUTES is 0: the day so far is not looked at"))
    now = clock.now()
    last = datetime.fromisoformat(context.cursor) if context.cursor else None
    if last is not None and timedelta(0) <= now - last < timedelta(minutes=settings.today_minutes):
        return dg.SkipReason(spoken(f"looked {last:%Y-%m-%d %H:%M} UTC, every {settings.today_minutes} minutes"))
    with said_to_people():
        try:
            looked = look(Home(settings.home), settings, pulls=False)
        except (GaveWayError, NoLookError) as error:
            return dg.SkipReason(spoken(str(error)))
    context.update_cursor(now.isoformat())
    said = [looked.today.answer, *(alarm.said for alarm in looked.today.alarms)]
    return dg.SkipReason(spoken(joined(said)))
