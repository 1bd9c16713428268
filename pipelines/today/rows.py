"""Rows of the running day and of its usual days, as temporary tables beside the published marts.

Of the usual days the lake's raw parts tell the hours, and the marts whatever has no hour. A row of the running day that
lies after the present moment is of a clock that runs ahead: it is counted, and no figure has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import AUTHORED_INTERACTIONS, EXCLUDED_ROLES, LOGS
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.lake.sources import EMPTY_DAY
from pipelines.lake.staging import spill_folder
from pipelines.report.parts.database import Marts
from pipelines.settings import Settings
from pipelines.sql import any_of, file_list, literal
from pipelines.today.delivered import Came

_WEEKS = 8
"""Weeks back in which the same weekday is a usual day, as for the alarms of whole days."""


@dataclass(frozen=True)
class Moment:
    """The running day and how far it is.

    Attributes:
        day: the running day, in the community's time zone.
        now: the present moment, in UTC.
        as_of: up to when the day has come, in the community's time zone, without it.
        usual_days: the same weekdays before that are published.
    """

    day: date
    now: datetime
    as_of: datetime
    usual_days: tuple[date, ...]

    @property
    def today(self) -> str:
        """The running day as an SQL literal."""
        return f"date '{self.day}'"

    @property
    def until(self) -> str:
        """The present moment as an SQL literal of UTC."""
        return f"timestamp '{self.now:%Y-%m-%d %H:%M:%S.%f}'"

    @property
    def seconds(self) -> int:
        """Seconds of the day that count, by the clock on the wall: of an hour that comes twice, all."""
        return self.as_of.hour * 3600 + self.as_of.minute * 60 + self.as_of.second


def usual_days(day: date, through_day: date, first_day: date) -> tuple[date, ...]:
    """Return the same weekdays of the weeks before that are published, the latest first."""
    before = (day - timedelta(weeks=week) for week in range(1, _WEEKS + 1))
    return tuple(one for one in before if first_day <= one <= through_day)


def load(marts: Marts, home: Home, settings: Settings, came: Mapping[str, Came], moment: Moment) -> None:
    """Make the tables ``today_*`` of rows; those of logs that are withheld have no row of the running day."""
    marts.prepare(f"set threads = {settings.threads}; set memory_limit = {literal(settings.memory_limit)}")
    marts.prepare(f"set temp_directory = {literal(spill_folder(home))}")
    parts = _parts(home, came, moment)
    for log in LOGS:
        marts.prepare(f"create temp view today_delivered_{log} as {_delivered(home, log, parts[log], moment)}")
    local = _local("occurred_at", settings)
    days = any_of((moment.day, *moment.usual_days))
    counts = " union all ".join(
        f"""
        select '{log}' as log, event_day as day, {_second(local)} // 60 as minute, count(*) as n_rows
        from today_delivered_{log} where event_day in {days} and occurred_at <= {moment.until} group by all
        """
        for log in LOGS
    )
    marts.prepare(f"create temp table today_minutes as {counts}")
    ahead = " union all ".join(
        f"""
        select
            '{log}' as log,
            max(occurred_at) filter (where occurred_at <= {moment.until}) as last_at,
            count(*) filter (where occurred_at > {moment.until}) as n_ahead
        from today_delivered_{log} where event_day >= {moment.today}
        """
        for log in LOGS
    )
    marts.prepare(f"create temp table today_last_rows as {ahead}")
    _load_people(marts)
    _load_interactions(marts, settings, moment, days)
    _load_pieces(marts, settings, moment)


def _parts(home: Home, came: Mapping[str, Came], moment: Moment) -> dict[str, list[Path]]:
    """Return the parts that hold rows of the days, by log; what came today stands for the log day that it is of.

    Of members and interactions the days beside them too: a member's state may be told on the day after joining, and the
    interaction of writing a piece be logged on another side of midnight than the piece.
    """
    wanted = {moment.day, *moment.usual_days}
    nearly = {day + timedelta(days=n) for day in wanted for n in (-1, 0, 1)}
    found: dict[str, set[Path]] = {log: set() for log in LOGS}
    table = manifest.current(home)
    for row in table.filter(pc.is_in(table["event_day"], pa.array(sorted(nearly)))).to_pylist():
        log, log_day, day = row["log"], row["log_day"], row["event_day"]
        if (day in wanted or log in ("members", "interactions")) and not (log in came and log_day == moment.day):
            found[log].add(home.raw_part(log, log_day))
    for one in came.values():
        if one.part is not None:
            found[one.log].add(one.part)
    return {log: sorted(path for path in paths if path.is_file()) for log, paths in found.items()}


def _delivered(home: Home, log: str, parts: Collection[Path], moment: Moment) -> str:
    """Return the query of delivered rows; what came today of past days is not published, so no usual day has it."""
    files: Iterable[Path] = parts or [home.raw_part(log, EMPTY_DAY)]
    return (
        f"select * from read_parquet({file_list(files)}, union_by_name = true, hive_partitioning = true, "
        f"hive_types = {{'log_day': date}}) where log_day <> {moment.today} or event_day >= {moment.today}"
    )


def _winning(log: str, *also: str, only: str = "true") -> str:
    """Return the query of the winning versions, as staging has them: of the days that were read."""
    key = ", ".join(("source", *LOGS[log].key, *also))
    rows = f"today_delivered_{log}"
    return f"""
        select * from {rows} where {only}
        qualify row_number() over (
            partition by {key} order by source_seq desc nulls last, log_day desc, hash({rows}) desc
        ) = 1
    """


def _local(column: str, settings: Settings) -> str:
    return f"(({column} at time zone 'UTC') at time zone {literal(settings.timezone)})"


def _second(local: str) -> str:
    return f"(date_part('epoch', {local})::bigint % 86400)"


def _load_people(marts: Marts) -> None:
    """Who is one person, and who is no member but a bot or of the staff; a member's first state holds before it too."""
    marts.prepare(
        f"""
        create temp table today_states as
        select
            coalesce(member_ids.person_id, winning.member_id) as member_id, source, occurred_at, role, status,
            joined_at, event_day,
        from ({_winning("members")}) as winning
        left join marts.member_ids on winning.member_id = member_ids.member_id
        where op = 'upsert'
        """
    )


def _load_interactions(marts: Marts, settings: Settings, moment: Moment, days: str) -> None:
    local = _local("occurred_at", settings)
    authoring = any_of(kind for kinds in AUTHORED_INTERACTIONS.values() for kind in kinds)
    marts.prepare(
        f"""
        create temp table today_spans as
        with spans as (
            select
                member_id, role, to_day,
                case when from_day = min(from_day) over (partition by member_id) then date '0001-01-01' else from_day
                end as from_day,
            from marts.member_history
        ),
        now_known as (
            select member_id, role from today_states where event_day = {moment.today}
            qualify row_number() over (partition by member_id order by occurred_at desc, source) = 1
        )
        select member_id, role, from_day, least(to_day, {moment.today} - 1) as to_day
        from spans where role in {any_of(EXCLUDED_ROLES)}
        union all
        select member_id, role, {moment.today}, {moment.today} from spans
        where role in {any_of(EXCLUDED_ROLES)} and {moment.today} between from_day and to_day
            and member_id not in (select member_id from now_known)
        union all
        select member_id, role, {moment.today}, {moment.today} from now_known where role in {any_of(EXCLUDED_ROLES)};

        create temp table today_interactions as
        select
            event_day as day, {_second(local)} as second, kind, content_id, event_id,
            coalesce(member_ids.person_id, winning.member_id) as member_id,
        from ({_winning("interactions", "event_day", only=f"event_day in {days}")}) as winning
        left join marts.member_ids on winning.member_id = member_ids.member_id
        where op = 'upsert' and event_day in {days} and occurred_at <= {moment.until};

        create temp table today_authoring as
        select distinct content_id, kind from today_delivered_interactions
        where content_id is not null and kind in {authoring} and op = 'upsert' and occurred_at <= {moment.until};

        create temp table today_participation as
        select
            event_day as day, {_second(local)} as second, event_id, state,
            coalesce(member_ids.person_id, winning.member_id) as member_id,
        from ({_winning("event_participation")}) as winning
        left join marts.member_ids on winning.member_id = member_ids.member_id
        where op = 'upsert' and event_day in {days} and occurred_at <= {moment.until};

        create temp table today_payments as
        select event_day as day, {_second(local)} as second, member_id, amount_minor, currency
        from ({_winning("payments")})
        where op = 'upsert' and event_day in {days} and occurred_at <= {moment.until};

        create temp table today_events as
        select event_id, kind, title, capacity, starts_at, op
        from ({_winning("events")}) where event_day = {moment.today}
        """
    )


def _load_pieces(marts: Marts, settings: Settings, moment: Moment) -> None:
    """Content that came today, and pieces of all days with their second; of the past days the mart knows them."""
    published = _local("published_at", settings)
    usual = any_of(moment.usual_days)
    marts.prepare(
        f"""
        create temp table today_content as
        select
            content_id, kind, coalesce(member_ids.person_id, winning.author_id) as author_id, parent_id, root_id,
            channel, title, published_at, deleted_at, op, {published}::date as published_day,
        from ({_winning("content")}) as winning
        left join marts.member_ids on winning.author_id = member_ids.member_id
        where event_day = {moment.today} and published_at <= {moment.until};

        create temp table today_pieces as
        select content_id, kind, author_id, published_day as day, {_second(published)} as second
        from today_content
        where published_day = {moment.today} and op = 'upsert'
        union all
        select content_id, kind, author_id, published_day as day, {_second(published)} as second
        from marts.dim_content
        where published_day in {usual}
            or published_day = {moment.today} and content_id not in (select content_id from today_content)
        """
    )
