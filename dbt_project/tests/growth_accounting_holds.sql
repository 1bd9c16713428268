-- MAU(t) = MAU(t-1) + new + resurrected - lost, to the unit, on every day.
with

days as (
    select * from {{ ref('community_days') }}
),

balanced as (
    select
        today.day,
        today.mau,
        coalesce(yesterday.mau, 0) + today.new_members + today.resurrected_members - today.lost_members as expected_mau
    from days as today
    left join days as yesterday on today.day = {{ add_days('yesterday.day', 1) }}
)

select * from balanced
where mau <> expected_mau
