with

content as (
    select * from {{ ref('stg_lake__content') }}
),

parts as (
    select
        content_id,
        {{ each_part('tags', '|') }} as tag
    from content
),

named as (
    select
        content_id,
        lower({{ shown_name('tag') }}) as tag
    from parts
),

final as (
    select distinct
        content_id,
        tag
    from named
    where tag is not null
)

select * from final
