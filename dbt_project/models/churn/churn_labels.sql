{% set horizon = env_var('GUILDBOOK_CHURN_HORIZON_DAYS', '30') | int %}

with

members as (
    select
        member_id,
        as_of_day,
        {{ add_days('as_of_day', horizon) }} as known_day
    from {{ ref('churn_features') }}
),

member_days as (
    select
        member_id,
        day,
        is_active
    from {{ ref('fct_member_days') }}
),

-- Who it was known to be at the cut-off may since have turned out to be somebody else, under whose id the acts lie now.
persons as (
    select * from {{ ref('int_churn_persons') }}
    where known_to = cast('9999-12-31' as date)
),

last_day as (
    select max(day) as day from member_days
),

due as (
    select
        members.*,
        coalesce(persons.person_id, members.member_id) as person_id
    from members
    inner join last_day on members.known_day <= last_day.day
    left join persons on members.member_id = persons.member_id
),

labels as (
    select
        due.member_id,
        due.as_of_day,
        due.known_day,
        'inactivity' as definition,
        count(member_days.day) = 0 as is_churned
    from due
    left join member_days
        on
            due.person_id = member_days.member_id
            and due.as_of_day < member_days.day
            and due.known_day >= member_days.day
            and member_days.is_active
    group by due.member_id, due.as_of_day, due.known_day
),

final as (
    select
        member_id,
        as_of_day,
        definition,
        is_churned,
        known_day
    from labels
)

select * from final
