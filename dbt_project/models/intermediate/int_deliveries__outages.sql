-- Outages may last longer than any fixed look-back, so a day is compared with the last 8 same weekdays that had rows,
-- and how regular a log is shows in its last 56 days with rows.
with

deliveries as (
    select * from {{ ref('int_deliveries__days') }}
),

-- Acts are looked at on the day on which they were done: rows that come late end an outage.
measured as (
    select
        log,
        day,
        {{ days_since('day', "cast('1970-01-01' as date)") }} % 7 as day_of_week,
        case when log = 'interactions' then n_event_rows else n_rows end as n_rows
    from deliveries
),

flagged as (
    select
        log,
        day,
        day_of_week,
        n_rows,
        case when n_rows > 0 then 1 else 0 end as has_rows,
        case
            when n_rows > 0 and lag(n_rows) over (partition by log order by day) > 0 then 1 else 0
        end as follows_on
    from measured
),

numbered as (
    select
        log,
        day,
        day_of_week,
        n_rows,
        has_rows,
        follows_on,
        sum(has_rows) over (partition by log, day_of_week order by day rows between unbounded preceding and current row)
        - has_rows as n_weekdays_before,
        sum(has_rows) over (partition by log order by day rows between unbounded preceding and current row)
        - has_rows as n_days_before
    from flagged
),

delivered as (
    select * from numbered
    where has_rows = 1
),

steps as (
    select s.steps_back from (values (1), (2), (3), (4), (5), (6), (7), (8)) as s (steps_back)
),

usual as (
    select
        numbered.log,
        numbered.day,
        cast(median(delivered.n_rows) as double) as usual_rows,
        count(*) as n_weeks
    from numbered
    cross join steps
    inner join delivered
        on
            numbered.log = delivered.log
            and numbered.day_of_week = delivered.day_of_week
            and numbered.n_weekdays_before - steps.steps_back = delivered.n_weekdays_before
    group by numbered.log, numbered.day
),

-- A day is regular that comes right after another and isn't far below its own usual rows.
checked as (
    select
        delivered.log,
        delivered.day,
        delivered.n_days_before,
        case
            when delivered.follows_on = 0 then 0
            when delivered.n_rows < {{ var('outage_regular_rows') }} * usual.usual_rows then 0
            else 1
        end as is_regular
    from delivered
    left join usual on delivered.log = usual.log and delivered.day = usual.day
),

history as (
    select
        log,
        n_days_before,
        cast(sum(is_regular) over last_56 as double) / count(*) over last_56 as share_regular
    from checked
    window last_56 as (partition by log order by day rows between 55 preceding and current row)
),

final as (
    select
        numbered.log,
        cast(numbered.n_rows as bigint) as n_rows,
        usual.usual_rows,
        history.share_regular,
        coalesce(
            usual.n_weeks >= {{ var('completeness_least_weeks') }}
            and usual.usual_rows >= {{ var('outage_least_rows') }}
            and history.share_regular >= {{ var('outage_regular_days') }}
            and numbered.n_rows < {{ var('outage_rows') }} * usual.usual_rows,
            false
        ) as is_outage,
        numbered.day
    from numbered
    left join usual on numbered.log = usual.log and numbered.day = usual.day
    left join history
        on numbered.log = history.log and numbered.n_days_before - 1 = history.n_days_before
)

select * from final
