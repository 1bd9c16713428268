-- A key that is there twice, or a member who is missing, shows in the sums: every score counts at least one active day.
with

days as (
    select day from {{ days_to_build('window') }}
),

windows as (
    select w.window_days
    from (values ({{ engagement_windows() | join('), (') }})) as w (window_days)
),

engagement as (
    select * from {{ ref('fct_member_engagement') }}
    where day in (select days.day from days)
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where
        is_active
        and day between
        (select {{ add_days('min(days.day)', 1 - engagement_windows() | max) }} from days)
        and (select max(days.day) from days)
),

community_days as (
    select * from {{ ref('community_days') }}
),

day_totals as (
    select
        day,
        sum(n_contents) as contents,
        sum(n_interactions) as interactions,
        count(*) as active_days
    from member_days
    group by day
),

expected as (
    select
        days.day,
        windows.window_days,
        coalesce(sum(day_totals.contents), 0) as contents,
        coalesce(sum(day_totals.interactions), 0) as interactions,
        coalesce(sum(day_totals.active_days), 0) as active_days
    from days
    cross join windows
    left join day_totals
        on day_totals.day between {{ add_days('days.day', '1 - windows.window_days') }} and days.day
    group by days.day, windows.window_days
),

counted as (
    select
        day,
        window_days,
        count(*) as n_members,
        sum(contents) as contents,
        sum(interactions) as interactions,
        sum(active_days) as active_days,
        min(engagement) as min_engagement,
        max(active_days - observed_days) as active_over_observed
    from engagement
    group by day, window_days
),

compared as (
    select
        expected.day,
        counted.min_engagement,
        counted.active_over_observed,
        case when expected.window_days = 30 then coalesce(counted.n_members, 0) end as n_active_30,
        abs(expected.contents - coalesce(counted.contents, 0))
        + abs(expected.interactions - coalesce(counted.interactions, 0))
        + abs(expected.active_days - coalesce(counted.active_days, 0)) as sums_gap
    from expected
    left join counted on expected.day = counted.day and expected.window_days = counted.window_days
),

of_day as (
    select
        day,
        min(min_engagement) as min_engagement,
        max(n_active_30) as n_active_30,
        cast(sum(sums_gap) as bigint) as sums_gap,
        max(active_over_observed) as active_over_observed
    from compared
    group by day
),

final as (
    select
        of_day.day,
        of_day.min_engagement,
        of_day.sums_gap,
        of_day.n_active_30 - community_days.mau as active_members_gap,
        coalesce(of_day.active_over_observed, 0) as active_over_observed
    from of_day
    left join community_days on of_day.day = community_days.day
)

select * from final
