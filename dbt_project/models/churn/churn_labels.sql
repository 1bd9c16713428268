with

members as (
    select
        member_id,
        as_of_day,
        definition,
        {{ add_days('as_of_day', 'days_to_term_end') }} as term_end
    from {{ ref('churn_features') }}
),

member_days as (
    select
        member_id,
        day,
        is_active
    from {{ ref('fct_member_days') }}
),

-- The person known at the cut-off may since have turned out to be another one, whose id the interactions now carry.
persons as (
    select * from {{ ref('int_churn_persons') }}
    where known_to = cast('9999-12-31' as date)
),

payer_spans as (
    select * from {{ ref('int_subscriptions__payer_spans') }}
),

last_day as (
    select max(day) as day from member_days
),

active_members as (
    select
        members.member_id,
        members.as_of_day,
        members.definition,
        coalesce(persons.person_id, members.member_id) as person_id,
        {{ add_days('members.as_of_day', horizon_days()) }} as known_day
    from members
    inner join last_day on {{ add_days('members.as_of_day', horizon_days()) }} <= last_day.day
    left join persons on members.member_id = persons.member_id
    where members.definition = 'inactivity'
),

inactivity as (
    select
        active_members.member_id,
        active_members.as_of_day,
        active_members.definition,
        active_members.known_day,
        count(member_days.day) = 0 as is_churned
    from active_members
    left join member_days
        on
            active_members.person_id = member_days.member_id
            and active_members.as_of_day < member_days.day
            and active_members.known_day >= member_days.day
            and member_days.is_active
    group by active_members.member_id, active_members.as_of_day, active_members.definition, active_members.known_day
),

-- All terms of an as-of day are told together: those that end first are not like the others.
due_payers as (
    select
        members.member_id,
        members.as_of_day,
        members.definition,
        members.term_end,
        coalesce(persons.person_id, members.member_id) as person_id,
        {{ add_days('members.term_end', grace_days()) }} as known_day
    from members
    inner join last_day on {{ add_days('members.as_of_day', horizon_days() + grace_days()) }} <= last_day.day
    left join persons on members.member_id = persons.member_id
    where members.definition = 'lapse'
),

lapse as (
    select
        due_payers.member_id,
        due_payers.as_of_day,
        due_payers.definition,
        due_payers.known_day,
        count(payer_spans.member_id) = 0 as is_churned
    from due_payers
    left join payer_spans
        on
            due_payers.person_id = payer_spans.member_id
            and due_payers.known_day >= payer_spans.from_day
            and due_payers.term_end < payer_spans.until_day
    group by due_payers.member_id, due_payers.as_of_day, due_payers.definition, due_payers.known_day
),

labels as (
    select * from inactivity
    union all
    select * from lapse
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
