with

content as (
    select * from {{ ref('stg_lake__content') }}
),

flagged as (
    select
        *,
        deleted_at is not null as is_deleted
    from content
),

final as (
    select
        content_id,
        kind,
        title,
        author_id,
        parent_id,
        root_id,
        accepted_answer_id,
        channel,
        tags,
        access,
        price_minor,
        n_chars,
        is_deleted,
        published_at,
        published_day
    from flagged
)

select * from final
