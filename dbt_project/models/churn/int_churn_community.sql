with

members as (
    select * from {{ ref('int_churn_members') }}
),

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

levels as (
    select
        as_of_day,
        count(*) filter (where n_days_now > 0) as community_active_30,
        round(ln((sum(n_days_now) + 1e0) / (sum(n_days_before) + 1e0)), 12) as community_trend
    from members
    group by as_of_day
),

-- The day from which each optional log was known, if it ever was.
collected as (
    select
        (
            select known_from from {{ ref('int_churn_logged') }}
            where kind in {{ in_list(var('read_kinds')) }}
            order by known_from
            limit 1
        ) as reads_from,
        (select min(greatest(event_day, log_day)) from {{ source('lake', 'event_participation') }}) as events_from,
        (select min(greatest(event_day, log_day)) from {{ source('lake', 'subscriptions') }}) as subscriptions_from
),

final as (
    select
        feature_days.as_of_day,
        levels.community_active_30,
        levels.community_trend,
        coalesce(collected.reads_from <= feature_days.as_of_day, false) as has_reads,
        coalesce(collected.events_from <= feature_days.as_of_day, false) as has_events,
        coalesce(collected.subscriptions_from <= feature_days.as_of_day, false) as has_subscriptions
    from feature_days
    cross join collected
    left join levels on feature_days.as_of_day = levels.as_of_day
)

select * from final
