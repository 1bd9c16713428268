-- The person's id is the smallest of its ids: it depends on nothing but the links.
with

components as (
    {{ connected_components(ref('linked_ids')) }}
),

linked as (
    select
        member_id,
        min(linked_day) as linked_day
    from {{ ref('linked_ids') }}
    group by member_id
),

final as (
    select
        components.member_id,
        components.person_id,
        linked.linked_day
    from components
    inner join linked on components.member_id = linked.member_id
)

select * from final
