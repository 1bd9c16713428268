"""What went wrong in a run, as its steps say it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

UNKNOWN = "the run failed; its page in Dagster says more"


def failure_message(events: "Iterable[dg.DagsterEvent]") -> str:
    """Join the innermost error of each failed step; other events are passed over."""
    messages = []
    for event in events:
        if not event.is_step_failure:
            continue
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            # "SomeError: what it says"; the name of a class tells an operator nothing
            kind, separator, said = error.message.strip().partition(": ")
            is_class = separator and all(part.isidentifier() for part in kind.split("."))
            messages.append(said if is_class else error.message.strip())
    return "; ".join(messages) or UNKNOWN
