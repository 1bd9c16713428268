with

states as (
    select * from {{ ref('stg_lake__members') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

current_states as (
    select *
    from (
        select
            *,
            row_number() over (partition by member_id order by occurred_at desc, source asc) as state_rank
        from states
    ) as ranked
    where state_rank = 1
),

final as (
    select
        first_days.member_id,
        first_days.first_day,
        first_days.joined_day,
        first_days.last_active_day,
        current_states.role,
        current_states.status,
        current_states.plan,
        current_states.locale,
        coalesce(current_states.role in {{ in_list(var('excluded_roles')) }}, false) as is_excluded
    from first_days
    left join current_states on first_days.member_id = current_states.member_id
)

select * from final
