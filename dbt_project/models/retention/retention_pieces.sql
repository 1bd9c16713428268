with

content as (
    select * from {{ ref('dim_content') }}
),

final as (
    select
        content_id,
        kind,
        title,
        published_day
    from content
    where not is_deleted and kind in {{ in_list(var('suggested_kinds')) }}
)

select * from final
