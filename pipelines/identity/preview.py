"""What a link would change in the last months' figures: the real models, run on a copy of the warehouse.

The copy and a view of the lake, with the link as one more part, lie in a folder for temporary files. Nothing is
written under the home but its lock file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines import lock
from pipelines.contract import IDENTITY_LINKS
from pipelines.files import copy_file
from pipelines.home import Home
from pipelines.identity.links import LinkError, sorted_pair
from pipelines.lake.duck import open_warehouse
from pipelines.lake.scratch import link_lake
from pipelines.lake.sources import LINK_DAY, part_columns
from pipelines.privacy.pseudonyms import known_as
from pipelines.settings import Settings
from pipelines.sql import identifier, literal
from pipelines.warehouse import dbt
from pipelines.warehouse.control import write_plan
from pipelines.warehouse.plan import completed_build, make_plan
from pipelines.warehouse.results import raise_for_failures

MODELS = ("+community_days", "+revenue_months", "+int_members__active_months", "-resource_type:test")
"""Models that the figures come from, with all that these are built on."""

_FIGURES = """
    with months as (
        select distinct date_trunc('month', day)::date as month from marts.community_days
        order by month desc limit {months}
    ),
    ends as (
        select date_trunc('month', day)::date as month, arg_max(mau, day) as mau,
            sum(new_members) as new_members, sum(resurrected_members) as resurrected_members,
            sum(lost_members) as lost_members, sum(joined_members) as joined_members
        from marts.community_days group by all
    ),
    active as (
        select day as month, count(*) as n_active from intermediate.int_members__active_months group by day
    )
    select month, 'active members' as figure, coalesce(n_active, 0)::bigint as amount, 1 as place
    from months left join active using (month)
    union all
    select month, name, amount::bigint, place
    from months inner join ends using (month), lateral (values
        ('MAU at the end', mau, 2), ('new members', new_members, 3), ('resurrected members', resurrected_members, 4),
        ('lost members', lost_members, 5), ('joined members', joined_members, 6)
    ) as named (name, amount, place)
    union all
    select month, name || ' ' || currency, amount, place
    from months inner join marts.revenue_months using (month), lateral (values
        ('paying members at the end', n_payers_end, 7), ('MRR at the end, minor units', mrr_end_minor, 8),
        ('new MRR, minor units', mrr_new_minor, 9), ('churned MRR, minor units', mrr_churn_minor, 10)
    ) as named (name, amount, place)
    where amount is not null
    order by month, place, figure
"""


@dataclass(frozen=True)
class Change:
    """One figure of one month, without and with the link."""

    month: date
    figure: str
    now: int
    linked: int


def preview(
    home: Home,
    settings: Settings,
    one: str,
    other: str,
    *,
    months: int = 3,
    on_wait: Callable[[str], None] | None = None,
) -> list[Change]:
    """Return each figure of the last ``months`` months, today's and that with ``one`` and ``other`` as one person.

    Both sides are built from the same accepted rows, so a delivery that no run has built yet is in both. It costs a
    copy of the warehouse in the temporary folder and two dbt runs: one that usually builds no day, and one that builds
    the days of the ids. Both are on DuckDB; where a server builds the home's own tables, the first builds every day.

    Raises:
        LinkError: The ids are equal, unknown or one person already, or no run was completed yet.
        pipelines.warehouse.results.DbtError: A model failed.
    """
    return preview_all(home, settings, [(one, other)], months=months, on_wait=on_wait)


def preview_all(
    home: Home,
    settings: Settings,
    links: Sequence[tuple[str, str]],
    *,
    months: int = 3,
    on_wait: Callable[[str], None] | None = None,
) -> list[Change]:
    """Return what ``preview`` does, with all these links at once; it costs no more.

    Raises:
        LinkError: As for ``preview``, for any of the links.
        pipelines.warehouse.results.DbtError: A model failed.
    """
    given = [sorted_pair(one, other) for one, other in links]
    pairs = [sorted_pair(known_as(settings, one), known_as(settings, other)) for one, other in given]
    with _copied(home, settings, on_wait) as (scratch, own):
        _write_links(scratch, pairs, None)
        now = _build(scratch, own, months)
        _check(scratch, pairs)
        _write_links(scratch, pairs, make_plan(scratch, own).through_day)
        linked = _build(scratch, own, months)
    keys = sorted(now.keys() | linked.keys())
    return [
        Change(month, figure, now.get((month, place, figure), 0), linked.get((month, place, figure), 0))
        for month, place, figure in keys
    ]


@contextmanager
def _copied(home: Home, settings: Settings, on_wait: Callable[[str], None] | None) -> Iterator[tuple[Home, Settings]]:
    """A home in the temporary folder: its own warehouse and control files, everything else by links to the real one."""
    with tempfile.TemporaryDirectory(prefix="guildbook-preview-") as folder:
        scratch = Home(Path(folder))
        with lock.hold(home, on_wait=on_wait, what="guildbook identity preview"):
            if completed_build(home) is None:
                raise LinkError("nothing is built yet: run some log days first")
            copy_file(home.warehouse, scratch.warehouse)
            copy_file(home.marts, scratch.marts)
            link_lake(home, scratch, own_log=IDENTITY_LINKS.name)
        scratch.raw_part(IDENTITY_LINKS.name, LINK_DAY).parent.mkdir()
        yield scratch, settings.model_copy(update={"home": scratch.root, "engine": "duckdb"})


def _write_links(scratch: Home, pairs: Sequence[tuple[str, str]], day: date | None) -> None:
    """Write the part of the links: a row each that is valid from ``day``, none where that is not given."""
    values = {"member_a": "$first", "member_b": "$second", "source": "'preview'", "op": "'upsert'"}
    types = part_columns(IDENTITY_LINKS)
    selected = [
        f"{values.get(name, literal(day) if name == 'event_day' else 'null')}::{type_} as {identifier(name)}"
        for name, type_ in types.items()
    ]
    part = scratch.raw_part(IDENTITY_LINKS.name, LINK_DAY)
    with duckdb.connect() as con:
        con.execute(f"create table links ({', '.join(f'{identifier(name)} {type_}' for name, type_ in types.items())})")
        for first, second in pairs if day else []:
            con.execute(f"insert into links select {', '.join(selected)}", {"first": first, "second": second})
        con.execute(f"copy links to {literal(part)} (format parquet)")


def _build(scratch: Home, settings: Settings, months: int) -> dict[tuple[date, int, str], int]:
    plan = make_plan(scratch, settings)
    write_plan(scratch, plan)
    results = dbt.build(settings, MODELS, full_refresh=plan.is_full, completes_run=True, is_part=True)
    raise_for_failures(results)
    with open_warehouse(scratch) as con:
        rows = con.execute(_FIGURES.format(months=months)).fetchall()
    return {(month, place, figure): amount for month, figure, amount, place in rows}


def _check(scratch: Home, pairs: Sequence[tuple[str, str]]) -> None:
    """Raise ``LinkError`` where an id did nothing and is no member, or where both are one person already."""
    with open_warehouse(scratch) as con:
        persons = dict(con.execute("select member_id, person_id from base.persons").fetchall())
        for first, second in pairs:
            for member in (first, second):
                if (
                    member not in persons
                    and not con.execute(
                        """
                        select 1 from intermediate.int_members__first_days where member_id = $1
                        union all select 1 from intermediate.int_interactions__member_days where member_id = $1
                        union all select 1 from staging.stg_lake__subscriptions where member_id = $1
                        limit 1
                        """,
                        [member],
                    ).fetchall()
                ):
                    raise LinkError(f"no log of the lake knows {member}; ids are compared exactly")
            if persons.get(first, first) == persons.get(second, second):
                raise LinkError(f"{first} and {second} are one person already, as {persons[first]}")
