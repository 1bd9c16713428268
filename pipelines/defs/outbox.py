"""Sends what is due at the end of a run, be it that it published or that nothing had changed."""

from __future__ import annotations

import dagster as dg

from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.sending.deliver import Pace
from pipelines.sending.one import Outcome, Wish
from pipelines.sending.send import send_due


def send_what_is_due(context: dg.AssetExecutionContext, home: HomeResource) -> list[Outcome]:
    """Send the messages that are due and log each outcome. What cannot be sent is said and fails no run."""
    try:
        outcomes = send_due(home.paths, home.settings, Wish(shows_only=not home.settings.send_enabled), Pace())
    except Exception as error:
        context.log.warning(spoken(f"no message was sent: {error}"))
        return []
    for one in outcomes:
        (context.log.warning if one.is_failure else context.log.info)(spoken(one.line))
    return outcomes
