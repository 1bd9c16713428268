-- DAU counted from the member-days themselves equals DAU counted from change points.
with

days as (
    select * from {{ ref('community_days') }}
),

counted as (
    select
        day,
        count(*) filter (where is_active) as dau
    from {{ ref('fct_member_days') }}
    group by day
)

select
    days.day,
    days.dau,
    counted.dau as counted_dau
from days
left join counted on days.day = counted.day
where days.dau <> coalesce(counted.dau, 0)
