"""Sources: one asset per file in the home's folder ``sources``, upstream of the raw logs, each with its schedule.

A source is pulled by a run of its own: a platform that does not answer keeps no day from being built.
"""

import dagster as dg

from pipelines.defs.spoken import spoken
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.settings import get_settings
from pipelines.sources.configured import names, read
from pipelines.sources.definition import Source
from pipelines.sources.pull import pull

_settings = get_settings()
_home = Home(_settings.home)
_NAMES = names(_home)

PULL = "pull_"
"""What the name of a job that pulls a source begins with."""

source_keys = [dg.AssetKey(["sources", name]) for name in _NAMES]
"""Keys of the sources' assets."""


def _source_asset(name: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(["sources", name]),
        group_name="sources",
        description=f"What the source `{name}` holds, fetched and written into landing.",
    )
    def source(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        settings = get_settings()  # not the home's resource, which would hold the lock: only moving files waits for it
        report = pull(Home(settings.home), settings, name, say=lambda line: context.log.info(spoken(line)))
        for remark in report.remarks:
            context.log.warning(spoken(remark))
        landed = {f"rows_{log}": rows for log, rows in report.imported.rows_written.items()}
        return dg.MaterializeResult(metadata={**landed, "files_changed": report.imported.files_changed})

    return source


def _schedule(name: str) -> dg.ScheduleDefinition:
    try:
        cron = read(_home, name, _settings).source.schedule
    except UserError:  # the pull says what is wrong
        cron = Source(kind="").schedule
    said = spoken(f"Fetches what is new in the source `{name}` and writes it into landing.")
    job = dg.define_asset_job(f"{PULL}{name}", selection=[dg.AssetKey(["sources", name])], description=said)
    return dg.ScheduleDefinition(
        name=f"{PULL}{name}",
        job=job,
        cron_schedule=cron,
        execution_timezone=_settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=said,
    )


source_assets = [_source_asset(name) for name in _NAMES]
source_schedules = [_schedule(name) for name in _NAMES]
