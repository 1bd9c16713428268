-- A day's active members are not known where a log that they rest on is withheld, and only there; MAU says how many of
-- its days are so.
with

days as (
    select * from {{ ref('community_days') }}
),

withheld as (
    select distinct day from {{ ref('held_out_days') }}
    where not keeps_earlier and log in {{ activity_logs() }}
),

counted as (
    select
        days.day,
        days.dau,
        days.mau_days_missing,
        count(withheld.day) as n_missing,
        count(withheld.day) filter (where withheld.day = days.day) as n_today
    from days
    left join withheld on withheld.day between {{ add_days('days.day', -29) }} and days.day
    group by days.day, days.dau, days.mau_days_missing
)

select * from counted
where (dau is null) <> (n_today = 1) or mau_days_missing <> n_missing
