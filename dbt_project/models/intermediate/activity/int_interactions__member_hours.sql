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

-- A day that came without a time was made midnight or noon of it, here or by whoever exported it.
timeless as (
    select
        source,
        kind,
        day
    from interactions
    group by source, kind, day
    having 2 * count(*) filter (where is_at_turn) >= count(*)
),

known as (
    select
        interactions.member_id,
        interactions.kind,
        case when not interactions.is_at_turn or timeless.day is null then interactions.hour end as hour,
        interactions.day
    from interactions
    left join timeless
        on
            interactions.source = timeless.source
            and interactions.kind = timeless.kind
            and interactions.day = timeless.day
),

final as (
    select
        member_id,
        cast(hour as bigint) as hour,
        cast(count(*) filter (where kind not in {{ in_list(var('read_kinds')) }}) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ in_list(var('read_kinds')) }}) as bigint) as n_reads,
        day
    from known
    group by member_id, hour, day
)

select * from final
