with

acts as (
    select * from {{ ref('int_content__member_acts') }}
    where member_id is not null
),

build as (
    select through_day from {{ source('control', 'build') }}
),

final as (
    select
        acts.member_id,
        acts.content_id,
        min(acts.day) as first_day
    from acts
    cross join build
    where acts.day between {{ add_days('build.through_day', -179) }} and build.through_day
    group by acts.member_id, acts.content_id
)

select * from final
