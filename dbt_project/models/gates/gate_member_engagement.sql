with

days as (
    select day from {{ days_to_build('window') }}
),

engagement as (
    select * from {{ ref('fct_member_engagement') }}
    where day in (select days.day from days)
),

community_days as (
    select * from {{ ref('community_days') }}
),

counted as (
    select
        day,
        count(*) - count(distinct member_id || '/' || window_days) as n_duplicate_keys,
        min(engagement) as min_engagement,
        count(*) filter (where window_days = 30) as n_active_30,
        max(active_days - observed_days) as active_over_observed
    from engagement
    group by day
),

final as (
    select
        days.day,
        coalesce(counted.n_duplicate_keys, 0) as n_duplicate_keys,
        counted.min_engagement,
        case
            when {{ (30 in engagement_windows()) | lower }} then coalesce(counted.n_active_30, 0) - community_days.mau
        end as active_members_gap,
        coalesce(counted.active_over_observed, 0) as active_over_observed
    from days
    left join counted on days.day = counted.day
    left join community_days on days.day = community_days.day
)

select * from final
