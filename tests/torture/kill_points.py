"""Where a command can be killed: each change of a file, statement, flush, connection and event, called by what does it.

Used inside the process that is to die. A point is ``step | what | of what | number``: the step is an asset of the job,
a model of dbt's or a room of ``pipelines``; the number counts the same thing in the same step. Nothing in it depends on
the time, the process or the folder, so a point of one run is found again in another.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PIPELINES = f"{Path(__file__).parents[2] / 'pipelines'}{os.sep}"
_CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "sqlite3.connect",
}  # fmt: skip
_IN_FOLDERS = {"os.remove", "os.rmdir"}
_TOOLS = {"files", "sql"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_DRAWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\.)\d+(?=\.tmp)|(?<=\.published-)\d+|(?<=/tmp)\w{8}|(?<=\.site\.)\w{8}"
    r"|(?<=[a-z]-)[a-z0-9_]{8}(?=/|$)"
)
"""Ids of runs, of processes, and what ``tempfile`` draws: another one in each process."""
_QUIET = re.compile(r"\s*(/\*.*?\*/\s*)*(select|with|describe|set|pragma|load)\b", re.DOTALL | re.IGNORECASE)


def watch(home: Path, reached: Callable[[str], None]) -> None:
    """Call ``reached`` with each point of this process before it happens, from now on."""
    counts: Counter[str] = Counter()
    inside = [False]

    def tell(what: str, of: str) -> None:
        if inside[0]:
            return
        inside[0] = True
        try:
            name = f"{_step(sys._getframe(2))} | {what} | {_DRAWN.sub('*', of)}"
            counts[name] += 1
            reached(f"{name} | {counts[name]}")
        finally:
            inside[0] = False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            if of := _below(home, arguments[0]):
                tell("write", of)
        elif event in _CHANGES:
            if of := _below(home, arguments[1 if event == "os.rename" else 0]):
                tell(event.removeprefix("os."), of)
            elif event in _IN_FOLDERS and arguments[1] >= 0:  # of a tree that goes, named below an open folder
                tell(event.removeprefix("os."), f"…/{os.fsdecode(arguments[0])}")
        elif event == "socket.connect":
            tell("connect", "the other side")

    sys.addaudithook(hook)
    _wrap(os, "fsync", lambda _: tell("flush", "a file"))
    _wrap(os, "sync", lambda *_: tell("flush", "everything"))
    _watch_libraries(home, tell)


def die(after_ms: float) -> None:
    """End this process as ``kill -9`` does: now, or in the middle of what it does some milliseconds later.

    The timer's signal has no handler, so the system ends the process wherever it is: in native code too.
    """
    if after_ms:
        signal.setitimer(signal.ITIMER_REAL, after_ms / 1000)
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch_libraries(home: Path, tell: Callable[[str, str], None]) -> None:
    """Tell of what libraries written in C do: no hook of Python's sees it."""
    import duckdb  # noqa: PLC0415 - not before the process is one of its own
    import pyarrow.parquet as pq  # noqa: PLC0415

    def statement(_: Any, sql: Any, *__: Any) -> None:
        text = " ".join(str(sql).split())
        if not _QUIET.match(text):
            first = " ".join(re.sub(r"/\*.*?\*/", "", text).split()[:2])
            tell("sql", first.replace(f"{home}/", "").lower())

    _wrap(duckdb.DuckDBPyConnection, "execute", statement)
    _wrap(pq.ParquetWriter, "write_table", lambda *_: tell("rows", "Parquet"))
    if "dagster" in sys.modules:
        from pipelines.defs.event_store import EventStore  # noqa: PLC0415

        _wrap(EventStore, "store_event", lambda _, event: tell("event", _kind(event)))


def _kind(event: Any) -> str:
    return str(event.dagster_event.event_type_value) if event.dagster_event else "log"


def _wrap(owner: Any, name: str, before: Callable[..., None]) -> None:
    real = getattr(owner, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        before(*given)
        return real(*given, **named)

    setattr(owner, name, wrapped)


def _below(home: Path, path: Any) -> str:
    """Return the path inside the home; nothing where it lies elsewhere or is an open file."""
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    text = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no link is followed
    return text[len(str(home)) + 1 :] if text.startswith(f"{home}{os.sep}") else ""


def _step(frame: Any) -> str:
    """Return who does it: dbt's node, else the outermost asset of the job or room, and the innermost room for it."""
    room, asset, innermost = "the job itself", "", ""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_PIPELINES):
            inside = file[len(_PIPELINES) : -3]
            if frame.f_code.co_name == "_send_step":
                return _node(str(frame.f_locals["step"].unique_id))
            if inside.startswith("defs/") and not inside.endswith(("event_store", "resources", "jobs")):
                asset = _asset(inside, frame)
            elif not inside.startswith(("defs/", "cli/")) and inside not in _TOOLS:
                room = inside.split("/")[0]
                innermost = innermost or room
        frame = frame.f_back
    outermost = asset or room
    return f"{outermost} > {innermost}" if innermost not in ("", outermost) else outermost


def _asset(inside: str, frame: Any) -> str:
    """Name an asset or check by its function, and where one function serves several, by the log or mart."""
    log, mart = frame.f_locals.get("log"), frame.f_locals.get("table_name", "")
    return " ".join(
        filter(None, [f"{inside.removeprefix('defs/')}.{frame.f_code.co_name}", getattr(log, "name", mart)])
    )


def _node(unique_id: str) -> str:
    kind, _, name = unique_id.partition(".")
    return f"model {name.split('.')[-1]}" if kind == "model" else f"dbt {kind}"
