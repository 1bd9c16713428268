"""The members log: everybody's first state, promotions, changes of plan and closed accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S
from pipelines.sample.context import SampleContext
from pipelines.sample.names import display_names, profile_urls

PROMOTED_AFTER = 45
"""Days after joining at which those who will contribute or host are given the role."""


def register(context: SampleContext, upgrades: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the members log."""
    people, trajectories, days = context.people, context.trajectories, context.calendar.days
    inside = np.flatnonzero(people.join_day < days)
    keen = np.isin(people.role, ["contributor", "host"])
    promoted_day = np.where(keen & (people.join_day >= 0), people.join_day + PROMOTED_AFTER, days)
    promoted = np.flatnonzero(
        (promoted_day < days) & ((trajectories.left_day < 0) | (trajectories.left_day > promoted_day))
    )
    begins = np.where(people.join_day < 0, 0, context.joined_s)
    first_role = np.where(keen & (people.join_day >= 0), "member", people.role).astype(object)
    closed = np.flatnonzero(trajectories.announced)
    upgraded = upgrades["member"].to_numpy(dtype=np.int64)
    member = np.concatenate([inside, promoted, upgraded, closed])
    closing = context.within_day(trajectories.left_day[closed], closed, np.full(len(closed), 7200))
    at = np.concatenate([begins[inside], promoted_day[promoted] * DAY_S + 36_000, upgrades["at"], closing])
    new_role = np.where(promoted_day[member] * DAY_S + 36_000 <= at, people.role[member], first_role[member])
    when = pd.Series(upgrades["at"].to_numpy(), index=upgraded).reindex(member).to_numpy(dtype=np.float64)
    plan = np.where(np.nan_to_num(when, nan=np.inf) <= at, "pro", people.plan[member]).astype(object)
    rows = pd.DataFrame(
        {
            "member": member,
            "at": at,
            "joined": context.joined_s[member],
            "role": new_role,
            "status": np.repeat(np.array(["active", "left"], dtype=object), [len(member) - len(closed), len(closed)]),
            "plan": np.where(people.comped[member], "free", plan).astype(object),
            "needs": people.needs[member],
            "locale": people.locale[member],
            "referrer": people.referrer[member],
            "display_name": display_names(people)[member],
            "profile_url": profile_urls(people)[member],
        }
    )
    return rows.sort_values(["at", "member"], kind="stable", ignore_index=True).drop_duplicates(
        ["member", "at"], keep="last"
    )
