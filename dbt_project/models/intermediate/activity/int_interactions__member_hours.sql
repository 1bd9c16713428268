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
        interactions.kind,
        case
            when
                {{ seconds_between('days.starts_at', 'days.ends_at') }} = 86400
                and interactions.occurred_at >= days.starts_at
                and interactions.occurred_at < days.ends_at
                then {{ times_in(3600, seconds_between('days.starts_at', 'interactions.occurred_at')) }}
            else {{ local_hour('interactions.occurred_at') }}
        end as hour,
        interactions.day
    from {{ ref('changed_interactions') }} as interactions
    inner join days on interactions.day = days.day
),

final as (
    select
        member_id,
        cast(hour as bigint) as hour,
        cast(count(*) filter (where kind not in {{ in_list(var('read_kinds')) }}) as bigint) as n_interactions,
        cast(count(*) filter (where kind in {{ in_list(var('read_kinds')) }}) as bigint) as n_reads,
        day
    from interactions
    group by member_id, hour, day
)

select * from final
