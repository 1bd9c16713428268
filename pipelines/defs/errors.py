"""What went wrong in a run, as its steps say it, or the run itself where no step had begun or its process died."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from pipelines.faults import sentence
from pipelines.home import Home
from pipelines.publishing.outcome import note_failure
from pipelines.settings import get_settings

UNKNOWN = "the run failed; its page in Dagster says more"
_SAYS_NOTHING = ("Steps failed:", "marked as failed from outside")
"""What Dagster says of a run whose steps say more, and of one that it failed itself."""


@contextmanager
def said_to_people() -> Iterator[None]:
    """Report an error of a sensor or schedule, after which no run comes, on the pages and to the alert command.

    Dagster shows it beside the tick, where nobody looks.
    """
    try:
        yield
    except Exception as error:
        settings = get_settings()
        home = Home(settings.home)
        reason = sentence(error, home) or f"{type(error).__name__}: {error}"
        note_failure(home, settings, failed_gate="", reason=reason)
        raise


def failure_message(events: "Iterable[dg.DagsterEvent]") -> str:
    """Join the innermost error of each failed step, or say what failed the run; other events are passed over."""
    of_steps, of_run = [], []
    for event in events:
        if event.is_step_failure:
            of_steps += _innermost(event.step_failure_data.error)
        elif event.is_run_failure:
            said = _innermost(getattr(event.event_specific_data, "error", None))
            message = event.message or ""
            of_run += said or ([message] if message and not any(word in message for word in _SAYS_NOTHING) else [])
    return "; ".join(of_steps or of_run) or UNKNOWN


def _innermost(error: Any) -> list[str]:  # noqa: ANN401 - Dagster's record of an error is private to it
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return []
    # "SomeError: what it says"; the name of a class tells an operator nothing
    kind, separator, said = error.message.strip().partition(": ")
    is_class = separator and all(part.isidentifier() for part in kind.split("."))
    return [said if is_class else error.message.strip()]
