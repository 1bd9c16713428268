{% set horizon = env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int %}

with

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

known_days as (
    select * from {{ ref('int_churn_known_days') }}
    where n_contents + n_interactions > 0
),

member_states as (
    {{ known_versions(source('lake', 'members'), ['member_id', 'occurred_at']) }}
),

active as (
    select
        known_days.member_id,
        feature_days.as_of_day,
        count(distinct known_days.day) filter (
            where known_days.day > {{ add_days('feature_days.as_of_day', -30) }}
        ) as n_days_now,
        count(distinct known_days.day) filter (
            where known_days.day <= {{ add_days('feature_days.as_of_day', -30) }}
            and known_days.day > {{ add_days('feature_days.as_of_day', -60) }}
        ) as n_days_before,
        max(known_days.day) > {{ add_days('feature_days.as_of_day', -horizon) }} as is_active
    from feature_days
    inner join known_days
        on
            feature_days.as_of_day >= known_days.day
            and known_days.day > {{ add_days("feature_days.as_of_day", -([60, horizon] | max)) }}
            and feature_days.as_of_day >= known_days.known_from
            and feature_days.as_of_day < known_days.known_to
    group by known_days.member_id, feature_days.as_of_day
),

states as (
    select
        active.member_id,
        active.as_of_day,
        member_states.role,
        {{ local_day('member_states.joined_at') }} as joined_day,
        row_number() over (
            partition by active.member_id, active.as_of_day
            order by member_states.occurred_at desc, member_states.source asc, member_states.role asc
        ) as state_rank
    from active
    inner join member_states
        on
            active.member_id = member_states.member_id
            and member_states.op = 'upsert'
            and active.as_of_day >= member_states.known_from
            and active.as_of_day < member_states.known_to
),

final as (
    select
        active.member_id,
        active.as_of_day,
        active.is_active,
        active.n_days_now,
        active.n_days_before,
        states.joined_day
    from active
    left join states
        on active.member_id = states.member_id and active.as_of_day = states.as_of_day and states.state_rank = 1
    where coalesce(states.role, 'member') not in {{ in_list(var('excluded_roles')) }}
)

select * from final
