-- Points are spent in the order in which they expire. So of all points that expire by a moment those are lost that were
-- not spent before it. What is lost at the moment is by how much the largest such loss so far grows.
with

points as (
    select * from {{ ref('stg_lake__actions') }}
    where points <> 0 and coalesce(arm, 'treated') <> 'held_out'
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

given as (
    select
        points.source,
        points.action_id,
        points.member_id,
        points.campaign_id,
        points.occurred_at,
        points.points,
        points.event_day,
        case
            when points.points > 0 and points.expires_at is not null
                then greatest(points.expires_at, points.occurred_at)
        end as expires_at
    from points
    left join excluded_spans
        on
            points.member_id = excluded_spans.member_id
            and points.event_day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null
),

-- What is spent at the very moment of expiry comes too late.
queue as (
    select
        source,
        action_id,
        member_id,
        campaign_id,
        points,
        expires_at,
        0 as queue_rank,
        expires_at as moment
    from given
    where expires_at is not null
    union all
    select
        source,
        action_id,
        member_id,
        campaign_id,
        points,
        cast(null as timestamp) as expires_at,
        1 as queue_rank,
        occurred_at as moment
    from given
    where points < 0
),

unspent as (
    select
        *,
        sum(points) over (
            partition by member_id
            order by moment, queue_rank, source, action_id
            rows between unbounded preceding and current row
        ) as expiring_less_spent
    from queue
),

lost as (
    select
        *,
        greatest(
            coalesce(
                max(case when queue_rank = 0 then expiring_less_spent end) over (
                    partition by member_id
                    order by moment, queue_rank, source, action_id
                    rows between unbounded preceding and current row
                ),
                0
            ),
            0
        ) as lost_so_far
    from unspent
),

expired as (
    select
        *,
        lost_so_far - coalesce(
            lag(lost_so_far) over (partition by member_id order by moment, queue_rank, source, action_id), 0
        ) as lost_points
    from lost
),

movements as (
    select
        source,
        action_id,
        member_id,
        campaign_id,
        occurred_at,
        case when points > 0 then 'earned' else 'spent' end as movement,
        case when points > 0 then 1 else 3 end as movement_rank,
        points,
        expires_at,
        event_day as day
    from given
    union all
    select
        source,
        action_id,
        member_id,
        campaign_id,
        expires_at as occurred_at,
        'expired' as movement,
        2 as movement_rank,
        -lost_points as points,
        cast(null as timestamp) as expires_at,
        {{ local_day('expires_at') }} as day
    from expired
    where queue_rank = 0 and lost_points > 0
),

summed as (
    select
        movements.*,
        sum(movements.points) over (
            partition by movements.member_id
            order by movements.occurred_at, movements.movement_rank, movements.source, movements.action_id
            rows between unbounded preceding and current row
        ) as balance
    from movements
    cross join build
    where movements.day <= build.through_day
),

balanced as (
    select
        *,
        balance < 0 as is_overdrawn
    from summed
),

final as (
    select
        source,
        action_id,
        movement,
        member_id,
        campaign_id,
        cast(points as bigint) as points,
        cast(balance as bigint) as balance,
        is_overdrawn,
        occurred_at,
        expires_at,
        day
    from balanced
)

select * from final
