with

members as (
    select * from {{ ref('int_churn_members') }}
    where is_active or is_due
),

known_days as (
    select * from {{ ref('int_churn_known_days') }}
    where n_contents + n_interactions > 0
),

final as (
    select
        members.member_id,
        members.as_of_day,
        known_days.day,
        {{ days_since('members.as_of_day', 'known_days.day') }} as age,
        known_days.n_contents,
        known_days.n_interactions,
        known_days.n_replies,
        known_days.n_starts
    from members
    inner join known_days
        on
            members.member_id = known_days.member_id
            and members.as_of_day >= known_days.day
            and members.as_of_day >= known_days.known_from
            and members.as_of_day < known_days.known_to
)

select * from final
