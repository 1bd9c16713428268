"""``guildbook unlock``: says who holds the home, and clears away what dead runs left in Dagster's history."""

from __future__ import annotations

from dataclasses import dataclass

from filelock import Timeout

from pipelines import lock
from pipelines.cli.instance import prepare_instance
from pipelines.home import Home
from pipelines.settings import Settings
from pipelines.watch.dead import fail_dead_runs, young_runs


@dataclass(frozen=True)
class Unlocked:
    """What was found, in lines; not free where a process that lives holds the home."""

    is_free: bool
    lines: list[str]


def unlock(home: Home, settings: Settings) -> Unlocked:
    """Fail dead runs; does nothing while a process holds the lock."""
    if not home.lock.exists() and not home.dagster.exists():
        return Unlocked(is_free=True, lines=[f"nothing to do: no run was ever started on {home.root}"])
    left = lock.last_holder(home)
    try:
        with lock.hold(home, timeout=0, what="guildbook unlock"):
            return Unlocked(is_free=True, lines=_clear(home, settings, left))
    except Timeout:
        return Unlocked(is_free=False, lines=_held(home))


def free_of_dead_runs(home: Home, settings: Settings) -> list[str]:
    """Do the same before something is launched: lines about dead runs only, none where the home is at work."""
    try:
        with lock.hold(home, timeout=0, what="the start of make dev"):
            return _dead_lines(home, settings)
    except Timeout:
        return [f"{lock.holder(home) or 'another process'} is at work; its run goes on"]


def _clear(home: Home, settings: Settings, left: lock.Holder | None) -> list[str]:
    lines = [f"the lock is free; {left} held it last and is gone" if left else "the lock is free"]
    dead = _dead_lines(home, settings)
    lines += dead or ["no dead run was found"]
    import dagster as dg  # noqa: PLC0415

    with dg.DagsterInstance.get() as instance:
        lines += [f"run {run_id[:8]} has only just begun and is left alone" for run_id in young_runs(home, instance)]
        queued = instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    if queued:
        lines.append(f"{queued} run(s) wait in the queue of Dagster's daemon (make dev), which starts them")
    return lines


def _dead_lines(home: Home, settings: Settings) -> list[str]:
    prepare_instance(home, settings)
    import dagster as dg  # noqa: PLC0415 - importing dagster takes seconds

    with dg.DagsterInstance.get() as instance:
        return [str(dead) for dead in fail_dead_runs(home, settings, instance)]


def _held(home: Home) -> list[str]:
    holder = lock.holder(home)
    if holder is None or not holder.is_there:
        return [f"another process holds {home.lock}: nothing was done; try again when it has ended"]
    return [
        f"{holder} holds {home.lock}: nothing was done",
        f"if it hangs, end it with: kill -9 {holder.pid}",
        "then run guildbook unlock again",
    ]
