with

days as (
    select distinct day from {{ ref('stale_as_of_days') }}
),

community_days as (
    select * from {{ ref('community_days') }}
),

final as (
    select
        days.day,
        today.dau - today.wau as dau_over_wau,
        today.wau - today.mau as wau_over_mau,
        coalesce(yesterday.mau, 0)
        + today.new_members + today.resurrected_members - today.lost_members - today.mau as growth_gap,
        case when today.day is null then 1 else 0 end as missing_days
    from days
    left join community_days as today on days.day = today.day
    left join community_days as yesterday on days.day = {{ add_days('yesterday.day', 1) }}
)

select * from final
