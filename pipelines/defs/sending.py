"""Messages: what is due goes out behind the publication, and every few minutes what became due since."""

import dagster as dg

from pipelines.defs.outbox import send_what_is_due
from pipelines.defs.published import published
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.report.parts.text import joined
from pipelines.sending.deliver import Pace
from pipelines.sending.one import Wish
from pipelines.sending.send import send_due
from pipelines.sending.targets import target_files
from pipelines.settings import get_settings


@dg.asset(deps=[published], group_name="published")
def sent_messages(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The messages that are due once a run has published. What cannot be sent is said and fails no run."""
    outcomes = send_what_is_due(context, home)
    n_sent = sum(one.what == "sent" for one in outcomes)
    n_failed = sum(one.is_failure for one in outcomes)
    return dg.MaterializeResult(metadata={"messages_sent": n_sent, "messages_failed": n_failed})


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=spoken("Sends what became due since the last run: at a target's hour, or again what did not go out."),
)
def due_messages(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Send what became due since the last run: at a target's hour, or again what could not be sent."""
    settings = get_settings()
    home = Home(settings.home)
    if not settings.send_enabled or not target_files(home):
        return dg.SkipReason(spoken("sending is not on, or there is no target"))
    try:
        # A tick has a minute; the next one tries again.
        outcomes = send_due(home, settings, Wish(), Pace(tries=1))
    except UserError as error:
        return dg.SkipReason(spoken(str(error)))
    for one in outcomes:
        if one.is_failure:
            context.log.warning(spoken(one.line))
    done = [one.line for one in outcomes if one.what in ("sent", "failed")]
    return dg.SkipReason(spoken(joined(done) if done else "nothing is due"))
