with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

engagement as (
    select * from {{ ref('fct_member_engagement') }}
    where day in (select periods.day from periods)
),

windows as (
    select w.window_days
    from (values ({{ engagement_windows() | join('), (') }})) as w (window_days)
),

bins as (
    select
        b.least_interactions,
        b.most_interactions
    from (
        values (0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, null)
    ) as b (least_interactions, most_interactions)
),

counted as (
    select
        engagement.day,
        engagement.window_days,
        bins.least_interactions,
        count(*) as n_members,
        sum(engagement.interactions) as n_interactions
    from engagement
    inner join bins
        on
            engagement.interactions >= bins.least_interactions
            and (bins.most_interactions is null or engagement.interactions <= bins.most_interactions)
    group by engagement.day, engagement.window_days, bins.least_interactions
),

grid as (
    select
        periods.day,
        windows.window_days,
        bins.least_interactions,
        bins.most_interactions
    from periods
    cross join windows
    cross join bins
),

filled as (
    select
        grid.day,
        cast(grid.window_days as integer) as window_days,
        cast(grid.least_interactions as bigint) as least_interactions,
        cast(grid.most_interactions as bigint) as most_interactions,
        cast(coalesce(counted.n_members, 0) as bigint) as n_members,
        cast(coalesce(counted.n_interactions, 0) as bigint) as n_interactions,
        cast(sum(coalesce(counted.n_members, 0)) over as_of as bigint) as n_active_members,
        cast(sum(coalesce(counted.n_interactions, 0)) over as_of as double) as n_interactions_in_all
    from grid
    left join counted
        on
            grid.day = counted.day
            and grid.window_days = counted.window_days
            and grid.least_interactions = counted.least_interactions
    window as_of as (partition by grid.day, grid.window_days)
),

shared as (
    select
        *,
        cast(n_members as double) / nullif(n_active_members, 0) as share_of_active,
        cast(n_interactions as double) / nullif(n_interactions_in_all, 0) as share_of_interactions
    from filled
),

final as (
    select
        day,
        window_days,
        least_interactions,
        most_interactions,
        n_members,
        n_interactions,
        n_active_members,
        share_of_active,
        share_of_interactions
    from shared
)

select * from final
