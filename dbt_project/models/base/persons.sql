-- The person's id is the smallest of its ids: it depends on nothing but the links.
with

links as (
    select * from {{ ref('identity_links') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

standing as (
    select
        links.member_a,
        links.member_b,
        coalesce(links.valid_from, links.event_day) as linked_day
    from links
    cross join build
    where {{ link_stands('build.through_day') }}
),

both_ways as (
    select
        member_a as member_id,
        member_b as other_id,
        linked_day
    from standing
    union all
    select
        member_b as member_id,
        member_a as other_id,
        linked_day
    from standing
),

components as (
    {{ connected_components('both_ways') }}
),

linked as (
    select
        member_id,
        min(linked_day) as linked_day
    from both_ways
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
