"""Links that are proposed where all member ids changed at once: new ids that contain an old one, or differ by case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipelines import lock
from pipelines.home import Home
from pipelines.identity.links import LinkError
from pipelines.lake.duck import open_warehouse
from pipelines.warehouse.plan import completed_build

PROPOSED = r"""
    with
    flagged as (
        select day, day - lag(day) over (order by day) as n_days_since
        from marts.data_completeness
        where is_identity_break
    ),

    breaks as (
        select day from flagged
        where n_days_since is null or n_days_since > 14
    ),

    spans as (
        select member_id, lower(member_id) as name, min(day) as first_day, max(day) as last_day
        from marts.fct_member_days
        where is_active and exists (from breaks)
        group by member_id
    ),

    cuts as (
        select *, unnest(range(1, length(name) + 1)) as cut
        from spans
    ),

    -- The whole id, what stands before a sign in it, and what stands after: nick!user@host, irc:nick.
    names as (
        select member_id, first_day, last_day, 0 as place, name from spans
        union all
        select cuts.member_id, cuts.first_day, cuts.last_day, n.place, n.name
        from cuts, lateral (values
            (1, left(cuts.name, cuts.cut - 1)), (2, substr(cuts.name, cuts.cut + 1))
        ) as n (place, name)
        where contains('!@:/#| ', substr(cuts.name, cuts.cut, 1)) and n.name <> ''
    ),

    pairs as (
        select
            breaks.day,
            old.member_id as old_id,
            new.member_id as new_id,
            min(greatest(old.place, new.place)) as place,
        from breaks
        inner join names as old on old.first_day < breaks.day and old.last_day <= breaks.day
        inner join names as new on new.first_day >= breaks.day and old.name = new.name
        where least(old.place, new.place) = 0
        group by all
    ),

    -- A new id that fits several old ones equally well says nothing.
    clear as (
        select * from pairs
        qualify place = min(place) over (partition by new_id)
            and count(*) over (partition by new_id, place, day) = 1
    )

    select min(day) as day, old_id, new_id
    from clear
    group by old_id, new_id
    order by day desc, old_id, new_id
"""
"""Query on the schema ``marts``: a row per proposed link, the latest day first."""


@dataclass(frozen=True)
class Proposal:
    """An id that was last seen before a day on which ids changed, and the one that took its place."""

    day: date
    old: str
    new: str


def proposed_links(home: Home, on_wait: Callable[[str], None] | None = None) -> list[Proposal]:
    """Return the links that the last completed run proposes; they are written nowhere.

    Raises:
        LinkError: No run was completed yet.
    """
    with lock.hold(home, on_wait=on_wait, what="guildbook identity"):
        if completed_build(home) is None:
            raise LinkError("nothing is built yet: run some log days first")
        with open_warehouse(home) as con:
            return [Proposal(*row) for row in con.execute(PROPOSED).fetchall()]
