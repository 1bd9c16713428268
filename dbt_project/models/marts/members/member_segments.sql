{% set window = 30 if 30 in engagement_windows() else engagement_windows() | min %}

with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

lifecycles as (
    select * from {{ ref('int_members__lifecycles') }}
),

needs as (
    select * from {{ ref('int_members__period_needs') }}
),

-- Only the few days that end a period; the fact is far too long to be read whole.
scores as (
    select * from {{ ref('fct_member_engagement') }}
    where window_days = {{ window }} and day in (select periods.day from periods)
),

described as (
    select
        lifecycles.member_id,
        lifecycles.role,
        needs.need,
        needs.need_source,
        lifecycles.lifecycle,
        lifecycles.day,
        coalesce(scores.activity_level, 'silent') as activity_level
    from lifecycles
    left join needs on lifecycles.member_id = needs.member_id and lifecycles.day = needs.day
    left join scores on lifecycles.member_id = scores.member_id and lifecycles.day = scores.day
),

ranked as (
    select
        *,
        case activity_level when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end as level_rank
    from described
),

earlier as (
    select
        ranked.member_id,
        ranked.role,
        ranked.need,
        ranked.activity_level,
        ranked.lifecycle,
        ranked.level_rank,
        periods.day
    from periods
    inner join ranked on periods.previous_day = ranked.day
),

moved as (
    select
        ranked.role,
        ranked.need,
        ranked.need_source,
        ranked.activity_level,
        ranked.lifecycle,
        earlier.role as previous_role,
        earlier.need as previous_need,
        earlier.activity_level as previous_activity_level,
        earlier.lifecycle as previous_lifecycle,
        coalesce(ranked.member_id, earlier.member_id) as member_id,
        coalesce(ranked.day, earlier.day) as day,
        case
            when ranked.member_id is null then 'left'
            when earlier.member_id is null then 'entered'
            when ranked.level_rank > earlier.level_rank then 'up'
            when ranked.level_rank < earlier.level_rank then 'down'
            else 'held'
        end as step_taken
    from ranked
    full outer join earlier on ranked.member_id = earlier.member_id and ranked.day = earlier.day
),

-- In the first period nobody is known to have come or stayed.
dated as (
    select
        moved.*,
        periods.is_complete,
        case when periods.previous_day is not null then moved.step_taken end as move
    from moved
    inner join periods on moved.day = periods.day
),

final as (
    select
        member_id,
        day,
        role,
        need,
        need_source,
        activity_level,
        lifecycle,
        previous_role,
        previous_need,
        previous_activity_level,
        previous_lifecycle,
        move,
        is_complete
    from dated
)

select * from final
