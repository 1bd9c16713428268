"""``guildbook run --dry-run``: what a run would ingest and rebuild, and why. Writes nothing.

It looks into the warehouse, so it waits for a run that is writing there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date

from pipelines import lock
from pipelines.cli.console import labelled
from pipelines.cli.run import log_days_between
from pipelines.defs.launch import delivered_logs
from pipelines.home import Home
from pipelines.ingest.ignored import ignored_entries
from pipelines.lake import manifest
from pipelines.lake.duck import open_warehouse
from pipelines.report.parts.text import Text
from pipelines.settings import Settings
from pipelines.warehouse.arrivals import missing_days
from pipelines.warehouse.plan import NothingAcceptedError, completed_build, make_plan

_INGEST, _MISSING, _REBUILD = Text("ingest", "读入"), Text("missing", "缺失"), Text("rebuild", "重建")
_NOTHING = Text(
    "nothing to do: no file changed, and every accepted day is built",
    "无需处理：没有文件变化，所有已接受的日期均已构建",
)


def stale_lines(
    settings: Settings, first: date, last: date, *, full: bool, say: Callable[[str], None] | None = None
) -> list[Text]:
    """Lines: log days to ingest and why, days that never came, and accepted days that no completed run has built yet.

    What nothing reads in the landing folder follows.
    Event days inside a file that is not ingested yet are known only when it is read, so they are not listed.
    ``say`` hears of a run that is waited for.
    """
    home = Home(settings.home)
    days = log_days_between(settings, first, last)
    with lock.hold(home, on_wait=say, what="guildbook run --dry-run") if home.warehouse.exists() else nullcontext():
        found = [
            (day, _INGEST, f"{log}: {reason}")
            for log, changed in delivered_logs(home, settings, days, full=full).items()
            for day, reason in changed.items()
        ]
        found += [(day, _MISSING, said) for day, said in missing_days(home, days).items()]
        found += [(day, _REBUILD, reason) for day, reason in _unbuilt(home, settings, full=full)]
    found.sort(key=lambda line: (line[0], line[1].en, line[2]))
    lines = [Text(f"{day}  ", f"{day}  ") + labelled(what, said, 9) for day, what, said in found]
    ignored = [labelled(Text("not read", "未读取"), str(one)) for one in ignored_entries(home, settings.first_log_day)]
    return [*(lines or [_NOTHING]), *ignored]


def _unbuilt(home: Home, settings: Settings, *, full: bool) -> list[tuple[date, str]]:
    try:
        plan = make_plan(home, settings, full=full)
    except NothingAcceptedError:
        return []
    if plan.is_full:
        return [(plan.first_day, f"every day from {plan.first_day} to {plan.through_day}: {plan.full_because}")]
    accepted: dict[date, int] = {}
    for row in manifest.current(home).to_pylist():
        if row["log"] == "interactions" and row["event_day"] is not None:
            days_late = (row["log_day"] - row["event_day"]).days
            weight = days_late + (days_late >= 0)  # dbt's macro delivered_checksum
            accepted[row["event_day"]] = accepted.get(row["event_day"], 0) + int(row["checksum"]) * weight
    with open_warehouse(home) as con:
        built = dict(
            con.execute(
                "select day, checksum::hugeint from control.completed_day_states where part = 'interactions'"
            ).fetchall()
        )
    completed = completed_build(home)
    assert completed is not None
    found = [(day, "its interactions changed") for day, checksum in accepted.items() if built.get(day) != checksum]
    found += [(day, "its interactions were withdrawn") for day in built.keys() - accepted.keys()]
    if plan.through_day > completed.through_day:
        found.append((plan.through_day, f"new days since {completed.through_day}"))
    return found
