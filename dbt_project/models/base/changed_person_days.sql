{{ config(post_hook=["{{ keep_pending('persons') }}"]) }}

-- Interactions are stored under the person that their member was when they were last built, so that person's days are
-- read again.
with

persons as (
    select
        member_id,
        person_id
    from {{ ref('persons') }}
),

completed as (
    select
        member_id,
        person_id
    from {{ source('state', 'completed_persons') }}
),

compared as (
    select
        coalesce(persons.person_id, completed.member_id) as person_id,
        coalesce(completed.person_id, persons.member_id) as completed_person_id
    from persons
    full outer join completed on persons.member_id = completed.member_id
),

changed_persons as (
    select distinct completed_person_id as member_id
    from compared
    where person_id <> completed_person_id
),

stored as (
    select interactions.day
    from {{ source('state', 'built_interaction_days') }} as interactions
    inner join changed_persons on interactions.member_id = changed_persons.member_id
),

-- An unfinished run may have stored them under the person of now, and built nothing else of those days.
pending as (
    select day
    from {{ source('state', 'pending_days') }}
    where kind = 'persons'
),

final as (
    select day from stored
    union
    select day from pending
)

select * from final
