-- Spans of days in which a member plays an excluded role; before its first state a member has that state's role.
with

members as (
    select * from {{ ref('stg_lake__members') }}
),

-- One state a day: the last of the day counts for the whole day.
daily_states as (
    select
        member_id,
        event_day,
        role,
        role in {{ in_list(var('excluded_roles')) }} as is_excluded
    from (
        select
            *,
            row_number() over (
                partition by member_id, event_day order by occurred_at desc, source asc, account_id asc
            ) as state_rank
        from members
    ) as ranked
    where state_rank = 1
),

spans as (
    select
        member_id,
        role,
        coalesce(is_excluded, false) as is_excluded,
        case
            when lag(event_day) over (partition by member_id order by event_day) is null then cast('0001-01-01' as date)
            else event_day
        end as from_day,
        lead(event_day) over (partition by member_id order by event_day) as next_day
    from daily_states
),

final as (
    select
        member_id,
        role,
        from_day,
        coalesce({{ add_days('next_day', -1) }}, cast('9999-12-31' as date)) as to_day
    from spans
    where is_excluded
)

select * from final
