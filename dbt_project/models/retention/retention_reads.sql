-- Nobody asks where no piece may be suggested.
with

pieces as (
    select * from {{ ref('retention_pieces') }}
),

build as (
    select through_day from {{ source('control', 'build') }}
),

window_days as (
    select {{ each_day(add_days('through_day', -179), 'through_day') }} as day
    from build
),

logged as (
    select
        member_id,
        content_id,
        day
    from {{ ref('int_interactions__content_member_days') }}
    where member_id is not null and day in (select window_days.day from window_days)
),

content as (
    select * from {{ ref('stg_lake__content') }}
    where author_id is not null
),

excluded_spans as (
    select * from {{ ref('int_members__excluded_spans') }}
),

unioned as (
    select * from logged
    union all
    select
        author_id as member_id,
        parent_id as content_id,
        published_day as day
    from content
    where parent_id is not null and published_day in (select window_days.day from window_days)
    union all
    -- Nobody needs to be sent what they wrote, however long ago.
    select
        author_id as member_id,
        content_id,
        published_day as day
    from content
    where parent_id is null and published_day <= (select build.through_day from build)
),

final as (
    select
        unioned.member_id,
        unioned.content_id,
        min(unioned.day) as first_day
    from unioned
    left join excluded_spans
        on
            unioned.member_id = excluded_spans.member_id
            and unioned.day between excluded_spans.from_day and excluded_spans.to_day
    where excluded_spans.member_id is null and {{ has_rows('pieces') }}
    group by unioned.member_id, unioned.content_id
)

select * from final
