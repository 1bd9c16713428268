with

members as (
    select * from {{ ref('int_churn_members') }}
    where is_active or is_due
),

window_days as (
    {{ days_before_features(30) }}
),

known_days as (
    select * from {{ ref('int_churn_known_days') }}
    where n_reads > 0 and day in (select window_days.day from window_days)
),

final as (
    select
        members.member_id,
        members.as_of_day,
        cast(sum(known_days.n_reads) as bigint) as reads_30,
        count(distinct known_days.day) as read_days_30
    from members
    inner join known_days
        on
            members.member_id = known_days.member_id
            and members.as_of_day >= known_days.day
            and known_days.day > {{ add_days('members.as_of_day', -30) }}
            and members.as_of_day >= known_days.known_from
            and members.as_of_day < known_days.known_to
    group by members.member_id, members.as_of_day
)

select * from final
