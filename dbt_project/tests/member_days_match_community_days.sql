-- DAU counted from the member-days themselves equals DAU counted from change points, on every rebuilt day.
with

rebuilt as (
    select day from {{ days_to_build(59) }}
),

days as (
    select * from {{ ref('community_days') }}
    where day in (select rebuilt.day from rebuilt)
),

counted as (
    select
        day,
        count(*) filter (where is_active) as dau
    from {{ ref('fct_member_days') }}
    where day in (select rebuilt.day from rebuilt)
    group by day
)

select
    days.day,
    days.dau,
    counted.dau as counted_dau
from days
left join counted on days.day = counted.day
where days.dau <> coalesce(counted.dau, 0)
