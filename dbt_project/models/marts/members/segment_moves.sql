with

segments as (
    select * from {{ ref('member_segments') }}
    where move is not null
),

moves as (
    select
        'activity_level' as dimension,
        coalesce(previous_activity_level, 'outside') as previous_value,
        coalesce(activity_level, 'outside') as current_value,
        is_complete,
        day
    from segments
    union all
    select
        'lifecycle' as dimension,
        coalesce(previous_lifecycle, 'outside') as previous_value,
        coalesce(lifecycle, 'outside') as current_value,
        is_complete,
        day
    from segments
),

counted as (
    select
        dimension,
        previous_value,
        current_value,
        is_complete,
        day,
        cast(count(*) as bigint) as n_members
    from moves
    group by dimension, previous_value, current_value, is_complete, day
),

shared as (
    select
        *,
        cast(n_members as double) / sum(n_members) over (partition by day, dimension) as share_of_moves,
        cast(n_members as double) / sum(n_members) over (partition by day, dimension, previous_value)
            as share_of_previous
    from counted
),

final as (
    select
        day,
        dimension,
        previous_value,
        current_value,
        n_members,
        share_of_moves,
        share_of_previous,
        is_complete
    from shared
)

select * from final
