-- Looked at on the as-of days alone: between two of them nobody asks. An id once linked has a span for any day.
with

feature_days as (
    select distinct as_of_day from {{ source('control', 'feature_days') }}
),

components as (
    {{ connected_components(ref('int_churn_linked_ids'), by=['as_of_day']) }}
),

ids as (
    select distinct member_id from {{ ref('int_churn_linked_ids') }}
),

known as (
    select
        ids.member_id,
        feature_days.as_of_day,
        coalesce(components.person_id, ids.member_id) as person_id
    from ids
    cross join feature_days
    left join components
        on ids.member_id = components.member_id and feature_days.as_of_day = components.as_of_day
),

compared as (
    select
        *,
        lag(person_id) over (partition by member_id order by as_of_day) as previous_person_id
    from known
),

changes as (
    select
        member_id,
        person_id,
        as_of_day,
        previous_person_id,
        lead(as_of_day) over (partition by member_id order by as_of_day) as next_day
    from compared
    where previous_person_id is distinct from person_id
),

final as (
    select
        member_id,
        person_id,
        case when previous_person_id is null then cast('0001-01-01' as date) else as_of_day end as known_from,
        coalesce(next_day, cast('9999-12-31' as date)) as known_to
    from changes
)

select * from final
