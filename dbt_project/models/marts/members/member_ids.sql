with

persons as (
    select * from {{ ref('persons') }}
),

final as (
    select
        member_id,
        person_id,
        linked_day,
        member_id = person_id as is_person
    from persons
)

select * from final
