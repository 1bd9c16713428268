"""What a run says on the console: what the steps report and what went wrong, not Dagster's own book-keeping."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.defs.spoken import spoken
from pipelines.report.parts.text import Text

_MARKS = {"WARNING": Text("WARNING: ", "警告："), "ERROR": Text("ERROR: ", "错误：")}


class _ProgressFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {})
        step = str(meta.get("step_key") or "run").replace("__", "/")
        text = meta.get("orig_message") or spoken(record.getMessage())
        mark = "" if record.levelno <= logging.INFO else spoken(_MARKS.get(record.levelname, f"{record.levelname}: "))
        return f"{self.formatTime(record, '%H:%M:%S')}  {step:<28} {mark}{text}"


class _StepMessages(logging.Filter):
    """Passes what a step logs, and that it failed; drops Dagster's other events and what follows."""

    def filter(self, record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is not None:
            return bool(event.is_step_failure)
        return not str(meta.get("orig_message")).startswith("Dependencies for step ")


_EVENTS = logging.getLogger("guildbook.events")
_EVENTS.propagate = False


@contextmanager
def heard_by(listener: logging.Handler) -> Iterator[None]:
    """Let somebody hear every event of the runs that begin meanwhile, also those that are not printed."""
    _EVENTS.addHandler(listener)
    try:
        yield
    finally:
        _EVENTS.removeHandler(listener)


@dg.logger({}, description=spoken("One line per message of a step, on standard error."))
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """Logger that prints progress for people."""
    logger = logging.Logger("guildbook.progress", logging.DEBUG if _EVENTS.handlers else logging.INFO)
    logger.parent = _EVENTS
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.INFO)
    handler.setFormatter(_ProgressFormatter())
    handler.addFilter(_StepMessages())
    logger.addHandler(handler)
    return logger
