{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'interactions'},
    )
}}

-- On a day of 24 hours the hour is told by the seconds since the day began: a tenth of what it costs to ask the zone's
-- calendar about each interaction. A time before that is of a day that began twice.
with

days as (
    select
        day,
        {{ day_start('day') }} as starts_at,
        {{ day_start(add_days('day', 1)) }} as ends_at
    from {{ days_to_build('interactions') }}
),

interactions as (
    select
        interactions.member_id,
        interactions.source,
        interactions.kind,
        case
            when
                {{ seconds_between('days.starts_at', 'days.ends_at') }} = 86400
                and interactions.occurred_at >= days.starts_at
                and interactions.occurred_at < days.ends_at
                then {{ times_in(3600, seconds_between('days.starts_at', 'interactions.occurred_at')) }}
            else {{ local_hour('interactions.occurred_at') }}
        end as hour,
        interactions.occurred_at = days.starts_at
        or (
            date_trunc('hour', interactions.occurred_at) = interactions.occurred_at
            and extract(hour from interactions.occurred_at) in (0, 12)
        ) as is_at_turn,
        interactions.day
    from {{ ref('changed_interactions') }} as interactions
    inner join days on interactions.day = days.day
),

counted as (
    select
        member_id,
        source,
        kind,
        hour,
        is_at_turn,
        kind in {{ in_list(var('read_kinds')) }} as is_read,
        count(*) as n_acts,
        day
    from interactions
    group by member_id, source, kind, hour, is_at_turn, day
),

-- A day that came without a time was made midnight or noon of it, here or by whoever exported it.
timeless as (
    select
        source,
        kind,
        day
    from counted
    group by source, kind, day
    having 2 * sum(case when is_at_turn then n_acts else 0 end) >= sum(n_acts)
),

final as (
    select
        counted.member_id,
        cast(case when not counted.is_at_turn or timeless.day is null then counted.hour end as bigint) as hour,
        cast(sum(case when counted.is_read then 0 else counted.n_acts end) as bigint) as n_interactions,
        cast(sum(case when counted.is_read then counted.n_acts else 0 end) as bigint) as n_reads,
        counted.day
    from counted
    left join timeless
        on counted.source = timeless.source and counted.kind = timeless.kind and counted.day = timeless.day
    group by
        counted.member_id,
        case when not counted.is_at_turn or timeless.day is null then counted.hour end,
        counted.day
)

select * from final
