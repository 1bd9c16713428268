"""How far a run or an import is, on a terminal: one line below what is said. Without a terminal there is none."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.cli.console import spoken
from pipelines.cli.stages import STAGES, Course, Stage, seconds_by_stage, stage_of
from pipelines.report.parts.text import Text

if TYPE_CHECKING:
    import dagster as dg
    from rich.console import Console
    from rich.table import Table

_LOOKED_AT = 10
"""Last completed runs among which one is looked for that is like this one."""


@contextmanager
def run_shown(instance: dg.DagsterInstance, days: Sequence[date], logs: Collection[str]) -> Iterator[None]:
    """Show how far the run is that is launched meanwhile, of these days and logs."""
    if (console := _terminal()) is None:
        yield
        return
    from rich.live import Live  # noqa: PLC0415 - a terminal alone needs it

    from pipelines.defs.loggers import heard_by  # noqa: PLC0415 - importing dagster takes seconds

    course = Course(_pieces(logs), _earlier(instance, len(days)))
    with (
        Live(console=console, get_renderable=lambda: _line(course), transient=True, refresh_per_second=2),
        heard_by(_Listener(course)),
    ):
        yield


@contextmanager
def import_shown(stages: Sequence[Stage]) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far an import is; gives what it tells that to."""
    course = Course([1] * len(stages), stages=stages)
    if (console := _terminal()) is None:
        yield course.reached
        return
    from rich.live import Live  # noqa: PLC0415 - as above

    with Live(console=console, get_renderable=lambda: _line(course), transient=True, refresh_per_second=2):
        yield course.reached


def _line(course: Course) -> Table:
    from rich.progress_bar import ProgressBar  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text as Line  # noqa: PLC0415

    line = Table.grid(padding=(0, 1))
    line.add_row(ProgressBar(total=1.0, completed=course.done, width=20), Line(described(course)))
    return line


def described(course: Course) -> str:
    """Say which stage is at work and how long it will still take."""
    number, of = course.stage + 1, len(course.stages)
    left = course.seconds_left
    said = Text(f"stage {number} of {of}: ", f"第 {number}/{of} 步：") + course.stages[course.stage].said
    return spoken(said if left is None else said + _left(left))


def _left(seconds: float) -> Text:
    if seconds < 60:
        return Text(", less than a minute left", "，剩余不到一分钟")
    minutes = round(seconds / 60)
    return Text(f", about {minutes} min left", f"，剩余约 {minutes} 分钟")


class _Listener(logging.Handler):
    """Hears of each event of a run, as Dagster logs it."""

    def __init__(self, course: Course) -> None:
        super().__init__(logging.DEBUG)
        self._course = course

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of steps that began and of assets that were made."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None or not event.step_key:
            return
        if event.event_type_value == "STEP_START":
            self._course.step_began(event.step_key)
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            self._course.made(event.step_key, event.asset_key.to_string())


def _terminal() -> Console | None:
    """Return the terminal that messages go to; None where they go elsewhere, or it cannot move its cursor."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console  # noqa: PLC0415 - as above

    console = Console(stderr=True)
    return None if console.is_dumb_terminal else console


def _pieces(logs: Collection[str]) -> list[int]:
    """How many assets each stage of a run of these logs makes."""
    from pipelines.defs.jobs import STEPS  # noqa: PLC0415 - importing dagster takes seconds

    made = [0] * len(STAGES)
    for step in STEPS:
        if (number := stage_of(step.op.name)) is not None:
            made[number] += len(step.keys)
    made[0] = len(logs)
    return made


def _earlier(instance: dg.DagsterInstance, n_days: int) -> list[float] | None:
    """Return the seconds by stage of the completed run whose days are nearest in number; None where there is none."""
    import dagster as dg  # noqa: PLC0415 - as above

    from pipelines.defs.partitions import tagged_days  # noqa: PLC0415

    completed = dg.RunsFilter(job_name="main", statuses=[dg.DagsterRunStatus.SUCCESS])
    runs = instance.get_runs(completed, limit=_LOOKED_AT)
    for run in sorted(runs, key=lambda run: abs(_n_days(run.tags, tagged_days) - n_days)):
        ended = {
            one.step_key: (one.end_time or 0) - (one.start_time or 0) for one in instance.get_run_step_stats(run.run_id)
        }
        if ended.get("published"):  # else nothing had changed, and it says nothing of those stages
            spent = seconds_by_stage(ended)
            spent[0] *= n_days / max(
                _n_days(run.tags, tagged_days), 1
            )  # logs alone take as long as their days are many
            return spent
    return None


def _n_days(tags: Mapping[str, str], tagged_days: Any) -> int:  # noqa: ANN401 - a function
    try:
        return len(tagged_days(tags))
    except ValueError:
        return 0
