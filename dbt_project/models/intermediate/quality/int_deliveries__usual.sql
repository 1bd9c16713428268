-- Outages may last longer than any fixed look-back, so a day is compared with the last 8 same weekdays that had rows,
-- and how regular and how even a log is shows in its last 56 and 364 days with rows.
with

deliveries as (
    select * from {{ ref('int_deliveries__days') }}
),

-- One row a member and day, so this counts members, bots too: rows of one busy member say little about a quiet day.
members as (
    select
        day,
        count(member_id) as n_members
    from {{ ref('int_interactions__member_days') }}
    group by day
),

-- Interactions are looked at on the day on which they were done: rows that come late end an outage.
measured as (
    select
        deliveries.log,
        deliveries.day,
        deliveries.is_held_out,
        {{ days_since('deliveries.day', "cast('1970-01-01' as date)") }} % 7 as day_of_week,
        case
            when deliveries.log = 'interactions' then deliveries.n_event_rows else deliveries.n_rows
        end as n_rows,
        case
            when deliveries.log = 'interactions' then coalesce(members.n_members, 0) else deliveries.n_rows
        end as n_counted
    from deliveries
    left join members on deliveries.day = members.day
),

flagged as (
    select
        log,
        day,
        is_held_out,
        day_of_week,
        n_rows,
        n_counted,
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
        is_held_out,
        day_of_week,
        n_rows,
        n_counted,
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

looking_back as (
    select
        numbered.log,
        numbered.day,
        numbered.day_of_week,
        numbered.n_weekdays_before - steps.steps_back as n_weekdays_before
    from numbered
    cross join steps
),

usual as (
    select
        looking_back.log,
        looking_back.day,
        cast(median(delivered.n_rows) as double) as usual_rows,
        cast(median(delivered.n_counted) as double) as usual_count,
        count(*) as n_weeks
    from looking_back
    inner join delivered
        on
            looking_back.log = delivered.log
            and looking_back.day_of_week = delivered.day_of_week
            and looking_back.n_weekdays_before = delivered.n_weekdays_before
    group by looking_back.log, looking_back.day
),

-- A day is regular that comes right after another and isn't far below its own usual count.
checked as (
    select
        delivered.log,
        delivered.day,
        delivered.n_days_before,
        case
            when delivered.follows_on = 0 then 0
            when delivered.n_counted < {{ double(var('outage_regular_rows')) }} * usual.usual_count then 0
            else 1
        end as is_regular,
        -- Twice the spread below the usual count: busy days say nothing about quiet ones.
        2 * power(least(0, delivered.n_counted / nullif(usual.usual_count, 0) - 1), 2)
        - 1 / nullif(usual.usual_count, 0) as spread
    from delivered
    left join usual on delivered.log = usual.log and delivered.day = usual.day
),

history as (
    select
        log,
        n_days_before,
        cast(sum(is_regular) over last_56 as double) / count(*) over last_56 as share_regular,
        avg(spread) over last_364 as mean_spread
    from checked
    window
        last_56 as (partition by log order by day rows between 55 preceding and current row),
        last_364 as (partition by log order by day rows between 363 preceding and current row)
),

compared as (
    select
        numbered.log,
        numbered.day,
        numbered.is_held_out,
        numbered.n_rows,
        numbered.n_counted,
        numbered.n_days_before,
        usual.usual_rows,
        usual.usual_count,
        usual.n_weeks
    from numbered
    left join usual on numbered.log = usual.log and numbered.day = usual.day
),

-- How quiet the season was a year ago: the quietest of the seven days around the same weekday.
days_of_a_year as (
    select {{ each_number(361, 368) }} as n_days
),

shares_of_usual as (
    select
        compared.log,
        (compared.n_counted + 1) / (compared.usual_count + 1) as share_of_usual,
        {{ add_days('compared.day', 'days_of_a_year.n_days') }} as day
    from compared
    cross join days_of_a_year
),

seasons as (
    select
        compared.log,
        compared.day,
        least(1e0, coalesce(min(shares_of_usual.share_of_usual), 1e0)) as share_of_season
    from compared
    left join shares_of_usual on compared.log = shares_of_usual.log and compared.day = shares_of_usual.day
    group by compared.log, compared.day
),

final as (
    select
        compared.log,
        cast(compared.n_rows as bigint) as n_rows,
        compared.usual_rows,
        cast(compared.n_counted as bigint) as n_counted,
        compared.usual_count * seasons.share_of_season as expected_count,
        case
            when history.mean_spread * {{ double(var('outage_evenness')) }} > 1 then round(1 / history.mean_spread, 6)
            else {{ double(var('outage_evenness')) }}
        end as evenness,
        history.share_regular,
        coalesce(
            compared.n_weeks >= {{ var('completeness_least_weeks') }}
            and compared.n_rows < {{ double(var('outage_rows')) }} * compared.usual_rows
            and not compared.is_held_out,
            false
        ) as is_next_to_nothing,
        compared.day
    from compared
    inner join seasons on compared.log = seasons.log and compared.day = seasons.day
    left join history on compared.log = history.log and compared.n_days_before - 1 = history.n_days_before
)

select * from final
