"""The daily schedule. Training needs none of its own: the run trains when a week of data has passed."""

from datetime import timedelta

import dagster as dg

from pipelines import clock
from pipelines.defs.errors import said_to_people
from pipelines.defs.jobs import main_job, selection_for
from pipelines.defs.launch import delivered_logs
from pipelines.defs.spoken import spoken
from pipelines.home import Home
from pipelines.settings import get_settings

_settings = get_settings()


@dg.schedule(
    job=main_job,
    cron_schedule=f"0 {_settings.daily_hour} * * *",
    execution_timezone=_settings.timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=spoken("Runs yesterday's log day, from landing files to the publication. It runs without any log too."),
)
def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Run yesterday's log day; a day without any log still runs, so that the pages say so."""
    day = clock.local_day(context.scheduled_execution_time, _settings.timezone) - timedelta(days=1)
    with said_to_people():
        delivered = delivered_logs(Home(_settings.home), _settings, [day])
    return dg.RunRequest(
        run_key=f"daily-{day.isoformat()}",
        partition_key=day.isoformat(),
        asset_selection=selection_for(delivered),
    )
