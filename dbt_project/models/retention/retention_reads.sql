with

interactions as (
    select * from {{ ref('int_content__member_interactions') }}
    where member_id is not null
),

build as (
    select through_day from {{ source('control', 'build') }}
),

final as (
    select
        interactions.member_id,
        interactions.content_id,
        min(interactions.day) as first_day
    from interactions
    cross join build
    where interactions.day between {{ add_days('build.through_day', -179) }} and build.through_day
    group by interactions.member_id, interactions.content_id
)

select * from final
