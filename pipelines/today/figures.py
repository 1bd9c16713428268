"""Figures so far today against the same hour of usual days, and how they ran through the day."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.report.parts.database import Marts, Result
from pipelines.settings import Settings
from pipelines.sql import any_of, literal
from pipelines.today.delivered import Came
from pipelines.today.marks import FIGURES, PUBLISHED, logs_of
from pipelines.today.rows import Moment
from pipelines.warehouse.variables import variables

CHARTED = ("n_interactions", "dau")
"""Figures whose way through the day is drawn."""


def lacking(marts: Marts, settings: Settings, came: Mapping[str, Came]) -> dict[str, tuple[str, ...]]:
    """Return the figures that today cannot have yet, each with the logs that it lacks; of what nobody collects none.

    A log is lacking that the gate withholds, or of which nothing has come though it had come by now on all usual days.
    """
    collected = {
        row["log"] for row in marts.run("today_collected", "select log from marts.log_coverage where is_collected").rows
    }
    late = {row["log"] for row in marts.results["today_logs"].rows if row["is_awaited"]}
    gone = {log for log, one in came.items() if one.part is None} | (late - came.keys())
    return {
        measure: tuple(log for log in logs_of(measure, settings) if log in gone)
        for measure in FIGURES
        if collected.union(came).intersection(logs_of(measure, settings))
    }


def logs(marts: Marts, moment: Moment) -> Result:
    """Rows of each log so far, and how many there were by now on its usual days."""
    weeks = variables()["completeness_least_weeks"]
    return marts.run(
        "today_logs",
        f"""
        with
        counted as (
            select log, day, coalesce(sum(n_rows) filter (where minute * 60 <= {moment.seconds}), 0) as n_rows
            from today_usual left join today_minutes using (log, day)
            group by log, day
        ),

        compared as (
            select
                log, count(*) as n_weeks, min(n_rows) as lowest, max(n_rows) as highest, median(n_rows) as baseline,
            from counted
            where day <> {moment.today}
            group by log
        )

        select
            log,
            counted.n_rows,
            n_ahead,
            timezone(current_setting('TimeZone'), last_at at time zone 'UTC') as last_at,
            n_weeks,
            lowest,
            highest,
            baseline,
            coalesce(n_weeks >= {weeks} and lowest > 0, false) as is_awaited,
        from counted
        left join compared using (log)
        left join today_last_rows using (log)
        where counted.day = {moment.today}
        order by log
        """,
    )


def figures(marts: Marts, moment: Moment, lacks: Mapping[str, tuple[str, ...]]) -> Result:
    """Each figure so far, its usual range at this hour, and the band beyond which it is an alarm."""
    rule, weeks = variables()["alert_rules"]["community"], variables()["completeness_least_weeks"]
    watched = any_of(one for one in variables()["alert_series"] if lacks.get(one, (one,)) == ())
    unknown = any_of(measure for measure, gone in lacks.items() if gone)
    found = marts.run(
        "today_figures",
        f"""
        with
        amounts as (
            select
                measure, day, coalesce(sum(amount) filter (where second <= {moment.seconds}), 0) as amount,
            from today_measured left join today_marks using (measure, day)
            where measure in {any_of(lacks)}
            group by measure, day
        ),

        centred as (
            select
                measure, count(*) as n_weeks, median(amount) as baseline, min(amount) as lowest, max(amount) as highest,
            from amounts where day <> {moment.today} group by measure
        ),

        spread as (
            select measure, 1.4826 * greatest(median(abs(amount - baseline)), 1) as spread
            from amounts inner join centred using (measure) where day <> {moment.today} group by measure
        ),

        banded as (
            select
                *,
                greatest(
                    {rule["threshold"]} * spread, {rule["least_change"]} * baseline, {rule["least_count"]}
                ) as half_band,
            from centred inner join spread using (measure)
        )

        select
            measure,
            case when measure in {unknown} then null else amount end as amount,
            coalesce(n_weeks, 0) as n_weeks,
            lowest,
            highest,
            baseline,
            case when n_weeks >= {weeks} then greatest(baseline - half_band, 0) end as band_low,
            case when n_weeks >= {weeks} then baseline + half_band end as band_high,
            coalesce(
                measure in {watched} and n_weeks >= {weeks} and abs(amount - baseline) > half_band, false
            ) as is_alarm,
        from amounts left join banded using (measure)
        where day = {moment.today}
        order by list_position([{", ".join(map(literal, FIGURES))}], measure)
        """,
    )
    marts.prepare("create temp table today_judged as select * from result")
    return found


def through_the_day(marts: Marts, moment: Moment, lacks: Mapping[str, tuple[str, ...]]) -> Result:
    """How the charted figures ran, hour by hour from midnight; of today the hours that are over."""
    known = any_of(measure for measure in CHARTED if measure in lacks and not lacks[measure])
    return marts.run(
        "today_hours",
        f"""
        with
        hours as (
            select unnest(range(1, 25)) as hour
        ),

        amounts as (
            select
                measure, day, hour, coalesce(sum(amount) filter (where second < 3600 * hour), 0) as amount,
            from today_measured cross join hours left join today_marks using (measure, day)
            where measure in {known}
            group by measure, day, hour
        )

        select
            measure,
            hour,
            max(amount) filter (where day = {moment.today} and 3600 * hour <= {moment.seconds}) as amount,
            min(amount) filter (where day <> {moment.today}) as lowest,
            max(amount) filter (where day <> {moment.today}) as highest,
            median(amount) filter (where day <> {moment.today}) as baseline,
        from amounts
        group by measure, hour
        order by list_position([{", ".join(map(literal, CHARTED))}], measure), hour
        """,
    )


def agreement(marts: Marts, moment: Moment, lacks: Mapping[str, tuple[str, ...]]) -> Result:
    """Of the usual days, what the hours of a whole day come to, beside what is published of it."""
    columns = ", ".join(PUBLISHED)
    return marts.run(
        "today_usual_days",
        f"""
        with
        amounts as (
            select
                measure, day,
                coalesce(sum(amount) filter (where second <= {moment.seconds}), 0) as amount,
                coalesce(sum(amount), 0) as value,
            from today_measured left join today_marks using (measure, day)
            where measure in {any_of(lacks)} and day <> {moment.today}
            group by measure, day
        ),

        published as (
            select *
            from (select day, {columns} from marts.community_days)
            unpivot (published for measure in ({columns}))
        )

        select measure, day, amount, value, published
        from amounts left join published using (measure, day)
        order by measure, day
        """,
    )
