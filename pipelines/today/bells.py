"""Early warnings through the day: the rules of the alarms on what came so far, and two by the hour.

Silence: a log that comes through the day has no row for some time in which each of its usual days had some. Flood: an
hour of a log has far more rows than it usually has.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.report.parts import words
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, integer
from pipelines.settings import Settings
from pipelines.sql import any_of
from pipelines.today.delivered import Came
from pipelines.today.rows import Moment
from pipelines.today.seen import LABELS
from pipelines.warehouse.variables import variables


def ringing(marts: Marts, settings: Settings, came: Mapping[str, Came], moment: Moment, now_seconds: int) -> Result:
    """Alarms at this hour: the figures and logs outside their band, logs that are silent, hours that are flooded.

    Args:
        marts: Has the figures and logs of today already.
        settings: How long a silence has to last.
        came: What came today; a log of which nothing did may be one that comes at night, so it is not silent.
        moment: The running day.
        now_seconds: Seconds of the day until now: silence goes on after the last delivery.
    """
    known, limits = variables(), variables()["today_rules"]
    rows, flood, silence = known["alert_rules"]["deliveries"], limits["flood"], limits["silence"]
    weeks = known["completeness_least_weeks"]
    heard = any_of(log for log, one in came.items() if one.part is not None)
    return marts.run(
        "today_alarms",
        f"""
        with
        minutes as (
            select * from today_minutes where log in {heard} and (log, day) in (select (log, day) from today_usual)
        ),

        days as (
            select log, day from today_usual where log in {heard}
        ),

        -- 1. the rows of a log so far
        so_far as (
            select days.log, days.day, coalesce(sum(n_rows) filter (where minute * 60 <= {moment.seconds}), 0) as value
            from days left join minutes using (log, day) group by days.log, days.day
        ),

        -- 2. an hour of a log
        by_hour as (
            select days.log, days.day, hours.hour, coalesce(sum(n_rows), 0) as value
            from days
            cross join (select unnest(range(0, 24)) as hour) as hours
            left join minutes on days.log = minutes.log and days.day = minutes.day and minute // 60 = hours.hour
            group by days.log, days.day, hours.hour
        ),

        -- 3. what the usual days had since the last row of today
        last_rows as (
            select log, coalesce(max(minute), -1) as minute from minutes where day = {moment.today} group by log
        ),

        since as (
            select
                days.log, days.day, any_value(last_rows.minute) as last_minute,
                coalesce(sum(n_rows) filter (
                    where minutes.minute > last_rows.minute and minutes.minute * 60 <= {now_seconds}
                ), 0) as value,
            from days
            inner join last_rows using (log)
            left join minutes using (log, day)
            group by days.log, days.day
        ),

        compared as (
            select 'deliveries' as rule, log as series, -1 as hour, day, value from so_far
            union all
            select 'flood', log, hour, day, value from by_hour
            union all
            select 'silence', log, last_minute // 60, day, value from since
            where {now_seconds} - last_minute * 60 >= {settings.today_silent_hours * 3600}
        ),

        usual as (
            select rule, series, hour, count(*) as n_weeks, median(value) as baseline, min(value) as lowest
            from compared where day <> {moment.today} group by rule, series, hour
        ),

        spread as (
            select rule, series, hour, 1.4826 * greatest(median(abs(value - baseline)), 1) as spread
            from compared inner join usual using (rule, series, hour)
            where day <> {moment.today} group by rule, series, hour
        ),

        banded as (
            select
                *,
                case rule
                    when 'deliveries' then greatest(
                        {rows["threshold"]} * spread, {rows["least_change"]} * baseline, {rows["least_count"]})
                    when 'flood' then greatest(
                        {flood["threshold"]} * spread, {flood["least_change"]} * baseline, {flood["least_count"]})
                end as half_band
            from usual inner join spread using (rule, series, hour)
            where n_weeks >= {weeks}
        ),

        -- the most rows of a log that came on one of weeks 2 to 8 before
        bursts as (
            select series, max(value) as most_before from marts.alert_days
            where rule = 'deliveries' and day between {moment.today} - 56 and {moment.today} - 8 group by series
        ),

        logs as (
            select rule, series, hour, value, baseline, lowest, half_band, coalesce(most_before, 0) as most_before
            from compared
            inner join banded using (rule, series, hour)
            left join bursts using (series)
            where day = {moment.today}
        )

        select
            'community' as rule, measure as series, null::bigint as hour,
            case when amount > baseline then 'above' else 'below' end as direction,
            amount as value, baseline, band_low, band_high, null::varchar as since,
        from today_judged where is_alarm
        union all
        select
            rule, series, null, case when value > baseline then 'above' else 'below' end, value, baseline,
            greatest(baseline - half_band, 0), greatest(baseline + half_band, most_before), null,
        from logs
        where rule = 'deliveries' and abs(value - baseline) > half_band and (value < baseline or value > most_before)
        union all
        select 'flood', series, max_by(hour, value), 'above', max(value), max_by(baseline, value), 0,
            max_by(baseline + half_band, value), null,
        from logs where rule = 'flood' and value - baseline > half_band group by series
        union all
        select
            'silence', series, null, 'below', 0, baseline, lowest, null,
            printf('%02d:%02d', greatest(minute, 0) // 60, greatest(minute, 0) % 60),
        from logs inner join last_rows on logs.series = last_rows.log
        where rule = 'silence' and lowest > 0 and baseline >= {silence["least_count"]}
        order by rule, series
        """,
    )


def said(row: Row) -> Text:
    """One alarm in a sentence."""
    value, usual = integer(row["value"]), integer(row["baseline"])
    side = Text("above", "高于") if row["direction"] == "above" else Text("below", "低于")
    against = Text(f", {side.en} the usual {usual} at this hour", f"，{side.zh}平常此时的 {usual}")
    if row["rule"] == "community":
        label = LABELS[row["series"]]
        return Text(f"{label.en} so far: {value}", f"{label.zh}（至今）：{value}") + against
    log = words.log(row["series"])
    match row["rule"]:
        case "silence":
            since = row["since"]
            return Text(
                f"{log.en}: no row since {since}, where usual days have {usual}",
                f"{log.zh}：{since} 以来没有任何行，平常这段时间有 {usual} 行",
            )
        case "flood":
            hour = row["hour"]
            return Text(
                f"{log.en}: {value} rows between {hour}:00 and {hour + 1}:00, usually {usual}",
                f"{log.zh}：{hour} 点至 {hour + 1} 点有 {value} 行，常见 {usual} 行",
            )
    return Text(f"{log.en}: {value} rows so far", f"{log.zh}：至今 {value} 行") + against
