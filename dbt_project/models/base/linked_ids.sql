-- Both ways, as whoever looks for the ids of a person goes from any of them.
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

final as (
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
)

select * from final
