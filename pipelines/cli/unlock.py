"""``guildbook unlock``: says who holds the home, and clears away what dead runs left in Dagster's history."""

from __future__ import annotations

from dataclasses import dataclass

from filelock import Timeout

from pipelines import lock
from pipelines.cli.console import spoken
from pipelines.cli.instance import prepare_instance
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.settings import Settings
from pipelines.watch.dead import fail_dead_runs, young_runs

_MOMENT = 0.5
"""Seconds in which a process that is just being started may still hold the lock of the one that starts it."""
_NEVER_RUN = Text("nothing to do: no run was ever started on ", "无需处理：尚未在此启动过运行：")


@dataclass(frozen=True)
class Unlocked:
    """What was found, in lines; not free where a process that lives holds the home."""

    is_free: bool
    lines: list[Text]


def unlock(home: Home, settings: Settings) -> Unlocked:
    """Fail dead runs; does nothing while a process holds the lock."""
    if not home.lock.exists() and not home.dagster.exists():
        return Unlocked(is_free=True, lines=[_NEVER_RUN + str(home.root)])
    left = lock.last_holder(home)
    try:
        with lock.hold(home, timeout=_MOMENT, what="guildbook unlock"):
            return Unlocked(is_free=True, lines=_clear(home, settings, left))
    except Timeout:
        return Unlocked(is_free=False, lines=_held(home))


def free_of_dead_runs(home: Home, settings: Settings) -> list[Text]:
    """Do the same before something is launched: lines about dead runs only, none where the home is at work."""
    try:
        with lock.hold(home, timeout=0, what="the start of make dev"):
            return _dead_lines(home, settings)
    except Timeout:
        who = lock.holder(home)
        return [
            Text(
                f"{who or 'another process'} is at work; its run goes on", f"{who or '另一个进程'} 正在工作；其运行继续"
            )
        ]


def _clear(home: Home, settings: Settings, left: lock.Holder | None) -> list[Text]:
    lines = [Text("the lock is free", "锁已释放")]
    if left:
        lines[0] += Text(f"; {left} held it last and is gone", f"；最后持有者 {left} 已不在")
    dead = _dead_lines(home, settings)
    lines += dead or [Text("no dead run was found", "没有发现已中断的运行")]
    import dagster as dg  # noqa: PLC0415

    with dg.DagsterInstance.get() as instance:
        for run in (run_id[:8] for run_id in young_runs(home, instance)):
            lines.append(Text(f"run {run} has only just begun and is left alone", f"运行 {run} 刚刚开始，未作处理"))
        queued = instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    if queued:
        lines.append(
            Text(
                f"{queued} run(s) wait in the queue of Dagster's daemon (make dev), which starts them",
                f"{queued} 个运行在 Dagster 守护进程（make dev）的队列中等待，由它启动",
            )
        )
    return lines


def _dead_lines(home: Home, settings: Settings) -> list[Text]:
    prepare_instance(home, settings)
    import dagster as dg  # noqa: PLC0415 - importing dagster takes seconds

    with dg.DagsterInstance.get() as instance:
        return [Text(str(dead), spoken(str(dead))) for dead in fail_dead_runs(home, settings, instance)]


def _held(home: Home) -> list[Text]:
    holder = lock.holder(home)
    if holder is None or not holder.is_there:
        return [
            Text(
                f"another process holds {home.lock}: nothing was done; try again when it has ended",
                f"另一个进程持有 {home.lock}：未作任何处理；请在其结束后重试",
            )
        ]
    return [
        Text(f"{holder} holds {home.lock}: nothing was done", f"{holder} 持有 {home.lock}：未作任何处理"),
        Text(f"if it hangs, end it with: kill -9 {holder.pid}", f"若它停滞不动，请结束它：kill -9 {holder.pid}"),
        Text("then run guildbook unlock again", "然后再次运行 guildbook unlock"),
    ]
