with

members as (
    select
        member_id,
        min(joined_day) as joined_day
    from {{ ref('stg_lake__members') }}
    group by member_id
),

interactions as (
    select
        member_id,
        min(day) as first_active_day,
        max(day) as last_active_day
    from {{ ref('fct_member_days') }}
    where is_active
    group by member_id
),

everyone as (
    select
        members.joined_day,
        interactions.first_active_day,
        interactions.last_active_day,
        coalesce(members.member_id, interactions.member_id) as member_id
    from members
    full outer join interactions on members.member_id = interactions.member_id
),

final as (
    select
        member_id,
        joined_day,
        first_active_day,
        last_active_day,
        least(joined_day, first_active_day) as first_day
    from everyone
)

select * from final
