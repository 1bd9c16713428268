with

persons as (
    select * from {{ ref('int_members__persons') }}
),

final as (
    select
        member_id,
        person_id,
        member_id = person_id as is_person,
        linked_day
    from persons
)

select * from final
